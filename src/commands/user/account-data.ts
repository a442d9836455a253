import { z } from 'zod';
import { formatBytes } from '../../core/display.ts';
import { listing, listingShort, localUser } from '../../core/fields.ts';
import { maskAccountData } from '../../core/mask-account-data.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

interface Row {
  readonly room: string | undefined;
  readonly type: string;
  readonly content: unknown;
}

export default command({
  path: 'user account-data',
  summary: 'What the clients of an account keep on the server.',
  cautions: ['The table says what there is and how large; `-o json` gives it, with tokens and encrypted keys masked.'],
  input: () => z.object({ user: localUser.describe('Whose.'), ...listing(['type', 'size']) }),
  positionals: ['user'],
  short: listingShort,
  examples: [['Of alice', '!admin user account-data alice']],
  danger: 'read',
  role: 'admin',
  needs: ['users', 'accounts'],

  async run(input, { users, accounts }) {
    await localAccount(users, input.user);
    const { global, rooms } = await accounts.accountData(input.user);
    const all: Row[] = [
      ...Object.entries(global).map(([type, content]) => ({ room: undefined, type, content })),
      ...Object.entries(rooms).flatMap(([room, types]) =>
        Object.entries(types).map(([type, content]) => ({ room, type, content })),
      ),
    ];
    const size = ({ content }: Row) => Buffer.byteLength(JSON.stringify(content));
    if (input.sort === 'type') all.sort((one, other) => (one.type < other.type ? -1 : 1));
    if (input.sort === 'size') all.sort((one, other) => size(other) - size(one));
    if (input.reverse) all.reverse();
    const { rows, page } = cut(all, input);
    return reply.listing(
      {
        columns: [
          { key: 'type', title: 'Type' },
          { key: 'room', title: 'Room' },
          { key: 'size', title: 'Size', align: 'right' },
        ],
        show: ['type', 'room', 'size'],
        rows: rows.map((row) => ({ type: row.type, room: row.room, size: formatBytes(size(row)) })),
        data: rows.map(({ type, room, content }) => ({
          type,
          room_id: room ?? null,
          content: maskAccountData(content),
        })),
        page,
      },
      say`${code(input.user)} keeps ${counted(all.length, 'piece')} of account data.`,
    );
  },
});
