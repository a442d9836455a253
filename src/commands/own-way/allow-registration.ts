import { z } from 'zod';
import { choice, flag } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { reply } from '../../core/reply.ts';
import { commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';

const open = (is: boolean) => (is ? say`**open**` : say`**closed**`);

export default command({
  path: 'server allow-registration',
  flat: ['allow-registration'],
  summary: 'Whether people may make accounts for themselves: look, open, close.',
  cautions: ['It holds until the homeserver is restarted: then its configuration counts again.'],
  input: () =>
    z.object({
      allow: choice(['true', 'false']).optional().describe('Left out: how it is now.'),
      force: flag.describe('Accepted for the sake of other homeservers.'),
    }),
  positionals: ['allow'],
  examples: [['How is it now?', '!admin server allow-registration']],
  danger: 'read',
  raise: ({ allow }) => (allow === undefined ? undefined : 'confirm'),
  role: 'admin',
  needs: ['upkeep', 'adminRoom'],

  async plan({ allow }, { adminRoom }) {
    const to = allow === 'true';
    return {
      title: to
        ? say`Open the registration of accounts on ${serverOf(adminRoom.botId)}.`
        : say`Close the registration of accounts.`,
      targets: [{ id: 'registration' }],
      cautions: [
        ...(to ? [say`**Anybody** may register then, unless the configuration asks for a token.`] : []),
        say`It holds until the homeserver is restarted.`,
      ],
      instead: say`${commandLine(`server allow-registration ${!to}`)} takes it back.`,
      frozen: null,
    };
  },

  async run({ allow }, { upkeep }) {
    if (allow === undefined) {
      const now = await upkeep.registration();
      return reply.says(say`Registration is ${open(now)}.`, { data: { registration: now } });
    }
    const to = allow === 'true';
    await upkeep.setRegistration(to);
    return reply.done(say`Registration is ${open(to)} now, until the homeserver is restarted.`, {
      change: { after: { registration: to } },
    });
  },
  again: 'safe',
  settle: async ({ allow }, { upkeep }) => ((await upkeep.registration()) === (allow === 'true') ? 'done' : 'not done'),
});
