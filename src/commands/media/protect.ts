import { z } from 'zod';
import { text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { type AnyCommand, command } from '../define.ts';
import { foundFile } from './found-file.ts';
import { ownMxc } from './own-mxc.ts';

const input = () => z.object({ media: text.describe('Its media id, or its address.') });

function protection(name: 'protect' | 'unprotect', summary: string, to: boolean): AnyCommand {
  return command({
    path: `media ${name}`,
    summary,
    cautions: to ? ['A file that is in quarantine already stays there.'] : [],
    input,
    positionals: ['media'],
    examples: [['One file', `!admin media ${name} abcDEF`]],
    danger: 'write',
    role: 'moderator',
    needs: ['files', 'adminRoom'],

    async run({ media }, { files, adminRoom }) {
      const mxc = ownMxc(media, adminRoom.botId);
      const before = await foundFile(files, mxc);
      await files.setProtected(mxc, to);
      const after = await foundFile(files, mxc);
      if (after.protected !== to) throw new Problem('rejected', say`The server has not changed ${code(mxc)}.`);
      const change = { before: { protected: before.protected }, after: { protected: to } };
      if (before.protected === to)
        return reply.done(to ? say`${code(mxc)} was protected already.` : say`${code(mxc)} was not protected.`, {
          change,
        });
      return reply.done(
        to ? say`No quarantine takes ${code(mxc)} now.` : say`A quarantine can take ${code(mxc)} again.`,
        { change },
      );
    },
    again: 'safe',
  });
}

export const protect = protection('protect', 'Keep a local file from being quarantined.', true);
export const unprotect = protection('unprotect', 'Let a local file be quarantined again.', false);
