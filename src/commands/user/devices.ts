import { z } from 'zod';
import { listing, listingShort, localUser } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { compareFields } from '../compare-fields.ts';
import { command } from '../define.ts';
import { lastSeen } from './device-note.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user devices',
  summary: 'The devices of an account, which are its sessions.',
  cautions: ['A device without a last-seen time is one of which the server has no record.'],
  input: () =>
    z.object({
      user: localUser.describe('Whose devices.'),
      ...listing(['last_seen_ts', 'device_id', 'display_name', 'last_seen_ip', 'last_seen_user_agent']),
    }),
  positionals: ['user'],
  short: listingShort,
  examples: [["Alice's devices", '!admin user devices alice']],
  danger: 'read',
  role: 'moderator',
  needs: ['users', 'clock'],

  async run(input, { users, clock }) {
    await localAccount(users, input.user);
    const { sort = 'last_seen_ts' } = input;
    const all = (await users.devices(input.user)).toSorted((one, other) =>
      compareFields(one.raw[sort], other.raw[sort]),
    );
    if (all.length === 0) {
      return reply.says(say`${code(input.user)} has no device: it is logged in nowhere.`, { data: [] });
    }
    if (input.reverse) all.reverse();
    const { rows, page } = cut(all, input);
    const now = clock();
    return reply.listing(
      {
        columns: [
          { key: 'device', title: 'Device' },
          { key: 'name', title: 'Name' },
          { key: 'lastSeen', title: 'Last seen' },
          { key: 'ip', title: 'IP' },
          { key: 'userAgent', title: 'User agent' },
          { key: 'dehydrated', title: 'Dehydrated' },
          { key: 'lastSeenTs', title: 'Last seen (ms)' },
        ],
        show: ['device', 'name', 'lastSeen', 'ip', 'userAgent', 'dehydrated'],
        rows: rows.map((device) => ({
          device: device.deviceId,
          name: device.displayName,
          lastSeen: lastSeen(device, now),
          ip: device.lastSeenIp,
          userAgent: device.userAgent,
          dehydrated: device.dehydrated,
          lastSeenTs: device.lastSeenAt,
        })),
        data: rows.map(({ raw }) => raw),
        page,
      },
      say`${code(input.user)} has ${counted(all.length, 'device')}.`,
    );
  },
});
