import { z } from 'zod';
import { localUser, text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, joined, say } from '../../core/text.ts';
import type { Device, Users } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import { accountMarks } from './account-marks.ts';
import { deviceNote } from './device-note.ts';
import { endDevices } from './end-devices.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';
import { refuseGuest } from './refuse-guest.ts';

/** Synapse takes the deletion of an unknown device for a success. */
async function deviceOf(users: Users, userId: string, deviceId: string): Promise<Device> {
  const found = (await users.devices(userId)).find((device) => device.deviceId === deviceId);
  if (found) return found;
  throw new Problem(
    'not-found',
    say`${code(userId)} has no device ${code(deviceId)}; nothing was deleted.`,
    say`Its devices: ${commandLine(`user devices ${userId}`)}`,
  );
}

export default command({
  path: 'user delete-device',
  summary: 'End one session of a local account by deleting its device.',
  cautions: ['Keys of encrypted messages that are only on that device are lost.'],
  input: () =>
    z.object({
      user: localUser.describe('Whose device.'),
      device: text.describe('Its id, as `user devices` shows it.'),
    }),
  positionals: ['user', 'device'],
  examples: [['See what it would do', '!admin user delete-device bob ABCDEFGHIJ --dry-run']],
  danger: 'confirm',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'adminRoom', 'clock'],

  async plan({ user, device }, { users, adminRoom, clock }, asker) {
    notTheBot(user, adminRoom.botId, 'delete devices of');
    const account = await localAccount(users, user);
    refuseGuest(account);
    const found = await deviceOf(users, user, device);
    const marks = accountMarks(account, asker);
    return {
      title: say`Delete the device ${code(device)} of ${code(user)}.`,
      targets: [{ id: device, note: deviceNote(found, clock()) }],
      cautions: [
        ...(marks.length > 0 ? [say`${code(user)}: ${joined(marks)}`] : []),
        found.dehydrated
          ? say`It is dehydrated: keys that were sent to the account while it was logged out are lost.`
          : say`Its session ends. Keys of encrypted messages that are only there are lost, and with them those messages.`,
      ],
      frozen: null,
    };
  },

  async run({ user, device }, { users, adminRoom }) {
    notTheBot(user, adminRoom.botId, 'delete devices of');
    refuseGuest(await localAccount(users, user));
    const found = await deviceOf(users, user, device);
    const left = await endDevices(users, user, [device]);
    if (left.some(({ deviceId }) => deviceId === device)) {
      throw new Problem('conflict', say`${code(user)} still has the device ${code(device)}: it came back at once.`);
    }
    return reply.done(say`Deleted the device ${code(device)} of ${code(user)}, and with it its session.`, {
      change: { before: { device, name: found.displayName, lastSeenAt: found.lastSeenAt ?? null }, after: null },
    });
  },

  async settle({ user, device }, { users }) {
    return (await users.devices(user)).some(({ deviceId }) => deviceId === device) ? 'not done' : 'done';
  },
});
