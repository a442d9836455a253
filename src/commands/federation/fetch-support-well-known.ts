import { z } from 'zod';
import { server } from '../../core/fields.ts';
import { type Block, reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'federation fetch-support-well-known',
  summary: 'Whom to ask at another server, as it publishes.',
  cautions: ['The bot asks the web site of that name itself; only public addresses are asked.'],
  input: () => z.object({ server: server.describe('Its name.') }),
  positionals: ['server'],
  examples: [['Who runs it?', '!admin federation fetch-support-well-known matrix.org']],
  danger: 'read',
  role: 'viewer',
  needs: ['wellKnown'],

  async run({ server: name }, { wellKnown }) {
    const found = await wellKnown.support(name);
    if (found === undefined) {
      return reply.says(say`${code(name)} publishes no support information.`, { data: null });
    }
    const contacts: Block[] =
      found.contacts.length === 0
        ? []
        : [
            {
              kind: 'listing',
              listing: {
                columns: [
                  { key: 'role', title: 'Role' },
                  { key: 'user', title: 'User' },
                  { key: 'mail', title: 'Mail' },
                ],
                show: ['role', 'user', 'mail'],
                rows: found.contacts.map(({ role, matrixId, email }) => ({
                  role: role?.replace(/^m\.role\./, ''),
                  user: matrixId,
                  mail: email,
                })),
              },
            },
          ];
    const page: Block[] =
      found.page === undefined ? [] : [{ kind: 'paragraph', text: say`Its support page: ${code(found.page)}` }];
    return reply.says(say`${code(name)} names ${counted(found.contacts.length, 'contact')}.`, {
      blocks: [...contacts, ...page],
      data: found.raw,
    });
  },
});
