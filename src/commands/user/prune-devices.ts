import { z } from 'zod';
import { count, localUser, text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import type { Device } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import { accountMarks } from './account-marks.ts';
import { deviceNote } from './device-note.ts';
import { endDevices } from './end-devices.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';
import { refuseGuest } from './refuse-guest.ts';

const dayMs = 86_400_000;

/** A session of which it is known when it was last seen. */
const isSession = ({ dehydrated, lastSeenAt }: Device): boolean => !dehydrated && lastSeenAt !== undefined;

/** Why a device stays; undefined where it may go. `surviving`: how many of the most recently seen ones stay anyway. */
function whyKept(devices: readonly Device[], seenBefore: number, surviving: number): Map<string, Text | undefined> {
  const recent = devices
    .filter(isSession)
    .toSorted((one, other) => (other.lastSeenAt ?? 0) - (one.lastSeenAt ?? 0))
    .slice(0, surviving)
    .map(({ deviceId }) => deviceId);
  return new Map(
    devices.map(({ deviceId, dehydrated, lastSeenAt }) => {
      if (dehydrated) return [deviceId, say`dehydrated: no session, it takes in keys`];
      // No record is not "never": the server keeps these times only so long, and not of everything.
      if (lastSeenAt === undefined) return [deviceId, say`the server has no record of when it was last seen`];
      if (lastSeenAt > seenBefore) return [deviceId, say`seen since`];
      if (recent.includes(deviceId)) return [deviceId, say`among the ${surviving} most recently seen, which survive`];
      return [deviceId, undefined];
    }),
  );
}

export default command({
  path: 'user prune-devices',
  summary: 'Delete the devices of a local account that were not seen for long.',
  cautions: [
    'Dehydrated devices and those of which the server has no last-seen time are left alone.',
    'Keys of encrypted messages that are only on such a device are lost.',
  ],
  input: () =>
    z.object({
      user: localUser.describe('Whose devices.'),
      minDays: count(0, 36_500).default(90).describe('Only those not seen for so many days.'),
      minSurviving: count(0).default(1).describe('So many of the most recently seen ones survive.'),
      deviceId: text.optional().describe('Only this one.'),
    }),
  positionals: ['user'],
  short: { d: 'minDays', s: 'minSurviving', i: 'deviceId' },
  examples: [
    ['See what it would do', '!admin user prune-devices bob --dry-run'],
    ['Not seen for a year, even if none is left', '!admin user prune-devices bob -d 365 -s 0 --dry-run'],
  ],
  danger: 'confirm',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'adminRoom', 'clock'],

  async plan({ user, minDays, minSurviving, deviceId: only }, { users, adminRoom, clock }, asker) {
    notTheBot(user, adminRoom.botId, 'prune devices of');
    const account = await localAccount(users, user);
    refuseGuest(account);
    const devices = await users.devices(user);
    if (only !== undefined && !devices.some(({ deviceId }) => deviceId === only)) {
      throw new Problem(
        'not-found',
        say`${code(user)} has no device ${code(only)}; nothing was deleted.`,
        say`Its devices: ${commandLine(`user devices ${user}`)}`,
      );
    }
    const marks = accountMarks(account, asker);
    const now = clock();
    const seenBefore = now - minDays * dayMs;
    const kept = whyKept(devices, seenBefore, minSurviving);
    const looked = devices.filter(({ deviceId }) => only === undefined || deviceId === only);
    const old = looked.filter(({ deviceId }) => kept.get(deviceId) === undefined);
    return {
      title: say`Delete ${counted(old.length, 'device')} of ${code(user)}, not seen for ${counted(minDays, 'day')}.`,
      targets: old.map((device) => ({ id: device.deviceId, note: deviceNote(device, now) })),
      skipped: looked.flatMap((device) => {
        const why = kept.get(device.deviceId);
        if (why === undefined) return [];
        return [{ id: device.deviceId, why: isSession(device) ? joined([why, deviceNote(device, now)], '; ') : why }];
      }),
      cautions: [
        ...(marks.length > 0 ? [say`${code(user)}: ${joined(marks)}`] : []),
        say`Their sessions end. Keys of encrypted messages that are only there are lost, and with them those messages.`,
      ],
      frozen: { devices: old.map(({ deviceId }) => deviceId), seenBefore },
    };
  },

  async run({ user, minSurviving }, { users, adminRoom }, _asker, frozen) {
    notTheBot(user, adminRoom.botId, 'prune devices of');
    refuseGuest(await localAccount(users, user));
    const { devices: planned, seenBefore } = frozen ?? { devices: [], seenBefore: 0 };
    const kept = whyKept(await users.devices(user), seenBefore, minSurviving);
    const going = planned.filter((id) => kept.has(id) && kept.get(id) === undefined);
    const left = new Set((await endDevices(users, user, going)).map(({ deviceId }) => deviceId));
    const gone = going.filter((id) => !left.has(id));
    const notes = planned.flatMap((id) => {
      if (gone.includes(id)) return [];
      if (going.includes(id)) return [say`${code(id)} is still there`];
      return [say`${code(id)}: ${kept.get(id) ?? say`gone already`}`];
    });
    const said = say`Deleted ${counted(gone.length, 'device')} of ${code(user)}; it has ${left.size.toLocaleString('en')} left.`;
    return reply.done(notes.length === 0 ? said : say`${said} Left out: ${joined(notes, '; ')}.`, {
      change: { before: { devices: [...kept.keys()] }, after: { devices: [...left] } },
    });
  },

  again: 'safe',
});
