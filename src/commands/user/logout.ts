import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';
import { accountMarks } from './account-marks.ts';
import { endDevices } from './end-devices.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';
import { refuseGuest } from './refuse-guest.ts';

/** Whoever logs in while sessions end is ended too, but somebody who never stops is only reported. */
const mostRounds = 3;

const lost = say`Keys of encrypted messages that are only on its devices are lost, and with them those messages.`;

function withoutDevice(userId: string): Text {
  return say`Tokens made with ${commandLine(`user login ${userId}`)} have no device: they go on until they expire.`;
}

export default command({
  path: 'user logout',
  summary: 'End all sessions of a local account by deleting its devices.',
  cautions: [
    'Keys of encrypted messages that are only on its devices are lost.',
    'Tokens made with `user login` have no device: they go on until they expire.',
    'Its password stays, so it can log in again; `user reset-password` and `user lock` prevent that.',
  ],
  input: () => z.object({ user: localUser.describe('Whose sessions.') }),
  positionals: ['user'],
  examples: [['Log bob out everywhere', '!admin user logout bob']],
  danger: 'confirm',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'adminRoom'],

  async plan({ user }, { users, adminRoom }, asker) {
    notTheBot(user, adminRoom.botId, 'log out');
    const account = await localAccount(users, user);
    refuseGuest(account);
    const devices = users.logOut === undefined ? await users.devices(user) : undefined;
    if (devices?.length === 0) {
      const { appserviceId } = account;
      throw new Problem(
        'conflict',
        say`${code(user)} has no device: it is logged in nowhere.`,
        appserviceId === null
          ? withoutDevice(user)
          : say`It belongs to the bridge ${appserviceId}, which acts for it with its own token.`,
      );
    }
    const dehydrated = devices?.some((device) => device.dehydrated) ?? false;
    return {
      title: say`End all sessions of ${code(user)}.`,
      targets: [
        {
          id: user,
          note: joined([
            ...(devices === undefined
              ? []
              : [say`${counted(devices.length, 'device')}${dehydrated ? ', one of them dehydrated' : ''}`]),
            ...accountMarks(account, asker),
          ]),
        },
      ],
      cautions: [
        lost,
        withoutDevice(user),
        ...(user === asker.userId ? [say`**You** have to log in again to speak to me.`] : []),
      ],
      instead: say`It can log in again with its password; ${commandLine(`user devices ${user}`)} shows what it has, ${commandLine(`user delete-device ${user} …`)} ends one.`,
      frozen: null,
    };
  },

  async run({ user }, { users, adminRoom }) {
    notTheBot(user, adminRoom.botId, 'log out');
    refuseGuest(await localAccount(users, user));
    if (users.logOut !== undefined) {
      await users.logOut(user);
      return reply.done(say`${code(user)} is logged out everywhere. ${withoutDevice(user)}`, {
        change: { after: { sessions: 'ended' } },
      });
    }
    const before = await users.devices(user);
    let left = before;
    const ended = new Set<string>();
    for (let round = 0; left.length > 0 && round < mostRounds; round += 1) {
      const ids = left.map(({ deviceId }) => deviceId);
      for (const id of ids) ended.add(id);
      left = await endDevices(users, user, ids);
    }
    const change = { before: { devices: [...ended] }, after: { devices: left.map(({ deviceId }) => deviceId) } };
    if (left.length > 0) {
      return reply.says(
        say`⚠️ ${code(user)} still has ${counted(left.length, 'device')}: it logs in again as fast as its sessions end. ${commandLine(`user lock ${user}`)} stops that.`,
        { change },
      );
    }
    return reply.done(
      say`${code(user)} is logged out: ${counted(ended.size, 'device')} deleted, none is left. ${withoutDevice(user)}`,
      { change },
    );
  },

  again: 'safe',
  settle: async ({ user }, { users }) => ((await users.devices(user)).length === 0 ? 'done' : 'not done'),
});
