import { cut, type PageInput } from '../../core/page.ts';
import { note, type Reply, reply } from '../../core/reply.ts';
import { counted, joined, say, type Text } from '../../core/text.ts';
import type { RoomData } from '../../homeserver/room-data.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import { roomInWords } from '../room/named-room.ts';

export const roomMediaSorts = ['mxc', 'origin'] as const;

export interface MediaOfRoomInput extends PageInput {
  readonly sort?: (typeof roomMediaSorts)[number] | undefined;
  readonly reverse: boolean;
}

/** What the server cannot find of a room's files. */
export function notSeen({ encryption }: RoomDetails, partial: boolean): Text {
  return joined(
    [
      ...(encryption === null ? [] : [say`The room is encrypted: files in encrypted messages cannot be listed.`]),
      ...(partial
        ? [say`The server's own list failed, so I read the messages: files of redacted ones are missing.`]
        : []),
    ],
    ' ',
  );
}

/** The files that the messages of a room name, as a listing. */
export async function mediaOfRoom(roomData: RoomData, found: RoomDetails, input: MediaOfRoomInput): Promise<Reply> {
  const { local, remote, partial } = await roomData.media(found.roomId);
  const all = [...local.map((mxc) => ({ mxc, origin: 'local' })), ...remote.map((mxc) => ({ mxc, origin: 'remote' }))];
  const { sort } = input;
  if (sort !== undefined) all.sort((one, other) => one[sort].localeCompare(other[sort]));
  if (input.reverse) all.reverse();
  const { rows, page } = cut(all, input);
  const lacking = notSeen(found, partial);
  const shown = reply.listing(
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
    say`${counted(local.length, 'local file')} and ${counted(remote.length, 'remote one')} in ${roomInWords(found)}.`,
  );
  return lacking.parts.length === 0 ? shown : { ...shown, blocks: [...shown.blocks, note(lacking)] };
}
