import { z } from 'zod';
import { listing, listingShort, localUser } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { compareFields } from '../compare-fields.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user pushers',
  summary: 'Where an account is told about new messages: apps and mail addresses.',
  cautions: ['The keys of push services are masked: whoever has one can send to that device.'],
  input: () =>
    z.object({
      user: localUser.describe('Whose pushers.'),
      ...listing(['app_id', 'app_display_name', 'device_display_name', 'kind']),
    }),
  positionals: ['user'],
  short: listingShort,
  examples: [['Which apps notify alice?', '!admin user pushers alice']],
  danger: 'read',
  role: 'moderator',
  needs: ['users', 'sessions'],

  async run(input, { users, sessions }) {
    await localAccount(users, input.user);
    const { sort = 'app_id' } = input;
    const all = (await sessions.pushers(input.user)).toSorted((one, other) =>
      compareFields(one.raw[sort], other.raw[sort]),
    );
    if (all.length === 0) {
      return reply.says(say`${code(input.user)} has no pusher: no app and no mail tells it of messages.`, { data: [] });
    }
    if (input.reverse) all.reverse();
    const { rows, page } = cut(all, input);
    return reply.listing(
      {
        columns: [
          { key: 'app', title: 'App' },
          { key: 'device', title: 'Device' },
          { key: 'kind', title: 'Kind' },
          { key: 'goesTo', title: 'Goes to' },
          { key: 'appId', title: 'App id' },
          { key: 'language', title: 'Language' },
          { key: 'profileTag', title: 'Profile tag' },
        ],
        show: ['app', 'device', 'kind', 'goesTo', 'appId', 'language', 'profileTag'],
        rows: rows.map((pusher) => ({
          app: pusher.appName,
          device: pusher.deviceName,
          kind: pusher.kind,
          goesTo: pusher.kind === 'email' ? pusher.key : pusher.gateway,
          appId: pusher.appId,
          language: pusher.language,
          profileTag: pusher.profileTag,
        })),
        data: rows.map(({ raw }) => raw),
        page,
      },
      say`${code(input.user)} has ${counted(all.length, 'pusher')}.`,
    );
  },
});
