import { z } from 'zod';
import { localUser, secret } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { notTheBot } from '../user/not-the-bot.ts';

export default command({
  path: 'matrix login',
  summary: 'Log in with a password, as any client does, and get the token.',
  cautions: [
    'It makes a new device, which the user sees; `user login` makes none and needs no password.',
    'The password is removed from the room with its message; the token comes to you in a direct message.',
  ],
  input: () =>
    z.object({
      user: localUser.describe('Who logs in.'),
      password: secret.optional().describe('Her password.'),
    }),
  positionals: ['user'],
  short: { p: 'password' },
  examples: [['See what it would do', '!admin matrix login alice -p "her password" --dry-run']],
  danger: 'confirm',
  role: 'owner',
  needs: ['raw', 'adminRoom'],
  makesSecret: () => true,

  async plan({ user, password }, { adminRoom }) {
    notTheBot(user, adminRoom.botId, 'log in as');
    if (password === undefined)
      throw new Problem('usage', say`I can ask for a password on a terminal only; here, give it with ${code('-p')}.`);
    return {
      title: say`Log in as ${code(user)} with the password you gave.`,
      targets: [{ id: user }],
      cautions: [say`It makes a new device, which ${code(user)} sees among the others.`],
      instead: say`${commandLine(`user login ${user}`)} makes a token without a device.`,
      frozen: null,
    };
  },

  async run({ user, password }, { raw }) {
    const { token, deviceId } = await raw.logIn(user, password ?? '');
    return reply.done(
      say`Logged in as ${code(user)}, on the new device ${code(deviceId)}. ${commandLine(`user delete-device ${user} ${deviceId}`)} ends it.`,
      {
        secrets: [{ label: say`Access token of ${code(user)}`, value: token }],
        change: { before: null, after: { device: deviceId } },
      },
    );
  },

  // Which device is the new one, the server does not say.
  settle: async () => 'unknown',
});
