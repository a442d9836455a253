import { z } from 'zod';
import { listing, listingShort, room } from '../../core/fields.ts';
import { cut } from '../../core/page.ts';
import { reply } from '../../core/reply.ts';
import { counted, joined, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';

const sorts = ['mxc', 'origin'] as const;

export default command({
  path: 'room media',
  summary: 'The files that the messages of a room name.',
  cautions: ['Files in encrypted messages cannot be listed: the server cannot read where they are.'],
  input: z.object({ room: room.describe('Its id or alias.'), ...listing(sorts) }),
  positionals: ['room'],
  short: listingShort,
  examples: [['Of the lobby', '!admin room media #lobby']],
  danger: 'read',
  role: 'viewer',
  needs: ['rooms', 'roomData'],

  async run(input, { rooms, roomData }) {
    const found = await foundRoom(rooms, input.room);
    const { local, remote, partial } = await roomData.media(found.roomId);
    const all = [
      ...local.map((mxc) => ({ mxc, origin: 'local' })),
      ...remote.map((mxc) => ({ mxc, origin: 'remote' })),
    ];
    const { sort } = input;
    if (sort !== undefined) all.sort((one, other) => one[sort].localeCompare(other[sort]));
    if (input.reverse) all.reverse();
    const { rows, page } = cut(all, input);
    const lacking = joined(
      [
        ...(found.encryption === null
          ? []
          : [say` The room is encrypted: files in encrypted messages cannot be listed.`]),
        ...(partial
          ? [say` The server's own list failed, so I read the messages: files of redacted ones are missing.`]
          : []),
      ],
      '',
    );
    return reply.listing(
      {
        columns: [
          { key: 'mxc', title: 'File' },
          { key: 'origin', title: 'Origin' },
        ],
        show: ['mxc', 'origin'],
        rows,
        data: rows,
        page,
      },
      say`${counted(local.length, 'local file')} and ${counted(remote.length, 'remote one')} in ${roomInWords(found)}.${lacking}`,
    );
  },
});
