import { z } from 'zod';
import { room } from '../../../core/fields.ts';
import { Problem } from '../../../core/problem.ts';
import { reply } from '../../../core/reply.ts';
import { code, say } from '../../../core/text.ts';
import type { Directory } from '../../../homeserver/directory.ts';
import type { RoomDetails } from '../../../homeserver/rooms.ts';
import { command } from '../../define.ts';
import { foundRoom } from '../found-room.ts';
import { roomInWords } from '../named-room.ts';
import { notTheAdminRoom } from '../not-the-admin-room.ts';

const input = () => z.object({ room: room.describe('Its id or alias.') });

/** Sets it and looks; returns how it was before. */
async function setPublished(directory: Directory, roomId: string, published: boolean): Promise<boolean> {
  const before = await directory.isPublished(roomId);
  if (before !== published) await directory.setPublished(roomId, published);
  if (before === published || (await directory.isPublished(roomId)) === published) return before;
  throw new Problem('rejected', say`The homeserver said yes, but ${code(roomId)} is listed as it was before.`);
}

/** Clients are shown only rooms that one can come into or look into. */
function hiddenNote({ joinRules, historyVisibility, joinedMembers }: RoomDetails) {
  if (joinedMembers === 0) return say` Nobody is in it, so the directory does not show it.`;
  const open = joinRules === 'public' || joinRules?.startsWith('knock') || historyVisibility === 'world_readable';
  return open ? say`` : say` As long as one can join it by invitation only, the directory does not show it.`;
}

export const publish = command({
  path: 'room directory publish',
  aliases: ['room publish'],
  summary: 'List a room in the public directory.',
  cautions: [
    'By default Synapse lets nobody publish rooms, server admins included: the setting is room_list_publication_rules.',
  ],
  input,
  positionals: ['room'],
  examples: [['The lobby', '!admin room directory publish #lobby']],
  danger: 'write',
  role: 'admin',
  needs: ['rooms', 'directory', 'adminRoom'],
  async run({ room: asked }, { rooms, directory, adminRoom }) {
    const found = await foundRoom(rooms, asked);
    notTheAdminRoom(found.roomId, adminRoom.roomId, 'publish');
    const before = await setPublished(directory, found.roomId, true);
    const words = before ? say`is in the public directory already` : say`is in the public directory now`;
    return reply.done(say`${roomInWords(found)} ${words}.${hiddenNote(found)}`, {
      change: { before: { published: before }, after: { published: true } },
    });
  },
  again: 'safe',
});

export const unpublish = command({
  path: 'room directory unpublish',
  aliases: ['room unpublish'],
  summary: 'Take a room out of the public directory.',
  input,
  positionals: ['room'],
  examples: [['The lobby', '!admin room directory unpublish #lobby']],
  danger: 'write',
  role: 'admin',
  needs: ['rooms', 'directory', 'adminRoom'],
  async run({ room: asked }, { rooms, directory, adminRoom }) {
    const found = await foundRoom(rooms, asked);
    notTheAdminRoom(found.roomId, adminRoom.roomId, 'unpublish');
    const before = await setPublished(directory, found.roomId, false);
    const words = before ? say`is out of the public directory` : say`was not in the public directory`;
    return reply.done(say`${roomInWords(found)} ${words}.`, {
      change: { before: { published: before }, after: { published: false } },
    });
  },
  again: 'safe',
});
