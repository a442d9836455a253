import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { room } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { type Cell, reply } from '../../core/reply.ts';
import { linked } from '../../core/text.ts';
import { command } from '../define.ts';
import { disabledSince } from '../federation/room-acl.ts';
import { foundRoom } from './found-room.ts';

const yesNo = (value: boolean | null) => (value === null ? null : value ? 'yes' : 'no');

export default command({
  path: 'room details',
  aliases: ['room show'],
  summary: 'Everything the server tells about one room.',
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['By alias', '!admin room details #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData', 'ledger', 'adminRoom', 'clock'],

  async run({ room: asked }, caps) {
    const { rooms, adminRoom, clock } = caps;
    const found = await foundRoom(rooms, asked);
    const disabled = await disabledSince(found.roomId, caps);
    const aliases = await rooms.aliases(found.roomId);
    const fields: readonly (readonly [string, Cell])[] = [
      ['Room id', linked(found.roomId, { via: serverOf(adminRoom.botId) })],
      ['Name', found.name],
      ['Canonical alias', found.canonicalAlias],
      ['Local aliases', aliases.join(', ')],
      ['Topic', found.topic],
      ['Members', found.joinedMembers],
      ['Members from this server', found.joinedLocalMembers],
      ['Creator', found.creator],
      ['Version', found.version],
      ['Encryption', found.encryption ?? 'none'],
      ['Join rule', found.joinRules],
      ['History visibility', found.historyVisibility],
      ['Guest access', found.guestAccess],
      ['In the directory', yesNo(found.public)],
      [
        'Federated',
        disabled === undefined ? yesNo(found.federatable) : `disabled here since ${formatTime(disabled, clock())}`,
      ],
      ['Blocked here', yesNo(found.blocked)],
      ['State events', found.stateEvents],
    ];
    return reply.fields(
      fields.filter(([, value]) => value !== null && value !== ''),
      { ...found.raw, local_aliases: aliases, blocked: found.blocked },
    );
  },
});
