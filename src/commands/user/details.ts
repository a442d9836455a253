import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { localUser } from '../../core/fields.ts';
import { type Cell, reply } from '../../core/reply.ts';
import { linked } from '../../core/text.ts';
import { command } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user details',
  aliases: ['user show'],
  summary: 'Everything the server tells about one account.',
  input: () => z.object({ user: localUser.describe('Which account.') }),
  positionals: ['user'],
  examples: [['About alice', '!admin user details alice']],
  danger: 'read',
  role: 'viewer',
  needs: ['users', 'clock'],

  async run({ user }, { users, clock }) {
    const account = await localAccount(users, user);
    const rooms = await ifTold(users.joinedRooms(user));
    const devices = await ifTold(users.devices(user));
    const yesNo = (told: boolean | undefined) => (told === undefined ? null : told ? 'yes' : 'no');
    const now = clock();
    const at = (ms: number | undefined) => (ms === undefined ? 'no record' : formatTime(ms, now));
    const fields: readonly (readonly [string, Cell])[] = [
      ['User id', linked(account.userId)],
      ['Display name', account.displayname],
      ['Admin', account.admin ? 'yes' : 'no'],
      ['Deactivated', account.deactivated ? (account.erased ? 'yes, erased' : 'yes') : 'no'],
      ['Suspended', yesNo(account.suspended)],
      ['Locked', yesNo(account.locked)],
      ['Shadow-banned', yesNo(account.shadowBanned)],
      ['Guest', yesNo(account.guest)],
      ['Type', account.userType],
      ['Appservice', account.appserviceId],
      ['Created', at(account.createdAt)],
      ['Last seen', at(account.lastSeenAt)],
      ['Rooms joined', rooms?.length],
      ['Devices', devices?.length],
      ['Third-party ids', account.threepids.map(({ medium, address }) => `${medium} ${address}`).join(', ')],
      ['External ids', account.externalIds.map(({ provider, id }) => `${provider} ${id}`).join(', ')],
      ['Avatar', account.avatarUrl],
    ];
    return reply.fields(
      fields.filter(([, value]) => value !== null && value !== undefined && value !== ''),
      {
        ...account.raw,
        ...(rooms === undefined ? {} : { joined_rooms: rooms }),
        ...(devices === undefined ? {} : { devices: devices.length }),
      },
    );
  },
});
