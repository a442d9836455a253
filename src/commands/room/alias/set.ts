import { z } from 'zod';
import { flag, localAlias, room } from '../../../core/fields.ts';
import { serverOf } from '../../../core/ids.ts';
import { Problem } from '../../../core/problem.ts';
import { reply } from '../../../core/reply.ts';
import { code, say } from '../../../core/text.ts';
import type { RoomDetails } from '../../../homeserver/rooms.ts';
import { type Capabilities, command } from '../../define.ts';
import { foundRoom } from '../found-room.ts';
import { namedRoom, roomInWords } from '../named-room.ts';
import { notTheAdminRoom } from '../not-the-admin-room.ts';
import { staleNote } from './canonical-alias.ts';
import { moveAlias } from './move-alias.ts';
import { notReserved } from './not-reserved.ts';

const needs = ['rooms', 'roomData', 'directory', 'adminRoom', 'wayBack'] as const;
type Caps = Pick<Capabilities, (typeof needs)[number]>;

/** A room that nobody is in has no server through which to join it, which a homeserver asks for. */
function serversFor(room: RoomDetails, botId: string) {
  return room.joinedMembers > 0 ? {} : { servers: [serverOf(botId)] };
}

async function taken(alias: string, roomId: string, { rooms }: Caps): Promise<Problem> {
  return new Problem(
    'exists',
    say`${code(alias)} leads to ${await namedRoom(rooms, roomId)} already; nothing was changed.`,
    say`With ${code('--force')} it is taken from there.`,
  );
}

export default command({
  path: 'room alias set',
  summary: 'Let an alias of this server lead to a room.',
  cautions: [
    'A server can only take an alias away and then give it anew: with --force it leads nowhere for a moment. When the new room is refused, it is put back.',
  ],
  input: () =>
    z.object({
      room: room.describe('The room it shall lead to, by id or alias.'),
      localpart: localAlias.describe('The alias; ours, with or without # and server.'),
      force: flag.describe('Also when it leads to another room.'),
    }),
  positionals: ['room', 'localpart'],
  short: { f: 'force' },
  examples: [
    ['A second alias for the lobby', '!admin room alias set #lobby entrance'],
    ['Take it from the room that has it', '!admin room alias set --force #lobby entrance'],
  ],
  danger: 'write',
  role: 'admin',
  needs,

  async run({ room: asked, localpart: alias, force }, caps) {
    const { rooms, roomData, directory, adminRoom, wayBack } = caps;
    notReserved(alias);
    const to = await foundRoom(rooms, asked);
    notTheAdminRoom(to.roomId, adminRoom.roomId, 'give an alias to');
    const old = await directory.find(alias);
    if (old !== undefined) notTheAdminRoom(old.roomId, adminRoom.roomId, 'take an alias from');
    const kept = wayBack.ofAlias(alias);
    if (old?.roomId === to.roomId) {
      wayBack.forgetAlias(alias);
      return reply.done(
        say`${code(alias)} leads to ${roomInWords(to)}${kept === undefined ? say` already` : say` now`}.`,
        {
          change: { before: { room: kept ?? to.roomId }, after: { room: to.roomId } },
        },
      );
    }
    if (old !== undefined && !force) throw await taken(alias, old.roomId, caps);
    const target = { roomId: to.roomId, ...serversFor(to, adminRoom.botId) };
    const from = old ?? (kept === undefined ? undefined : { roomId: kept, servers: [serverOf(adminRoom.botId)] });
    if (from === undefined) await addFree(alias, target, caps);
    else await moveAlias({ alias, from, to: target, begun: old === undefined }, caps);
    const before =
      from === undefined
        ? say``
        : say` Before, it led to ${await namedRoom(rooms, from.roomId)}.${await staleNote(roomData, from.roomId, alias)}`;
    return reply.done(say`${code(alias)} leads to ${roomInWords(to)} now.${before}`, {
      data: { alias, room_id: to.roomId, old_room_id: from?.roomId ?? null },
      change: { before: { room: from?.roomId ?? null }, after: { room: to.roomId } },
    });
  },

  again: 'safe',
  async settle({ room: asked, localpart: alias }, { rooms, directory, wayBack }) {
    const to = await rooms.resolve(asked);
    const now = await directory.find(alias);
    if (now === undefined) return wayBack.ofAlias(alias) === undefined ? 'not done' : 'unknown';
    return now.roomId === to ? 'done' : 'not done';
  },
  async complete({ room: asked, localpart: alias }, { rooms, wayBack }) {
    wayBack.forgetAlias(alias);
    return reply.done(say`${code(alias)} leads to ${roomInWords(await foundRoom(rooms, asked))} now.`);
  },
});

async function addFree(alias: string, to: Parameters<typeof moveAlias>[0]['to'], caps: Caps): Promise<void> {
  try {
    await caps.directory.add(alias, to.roomId, to.servers);
  } catch (error) {
    // Somebody was quicker.
    const now = error instanceof Problem && error.code === 'exists' ? await caps.directory.find(alias) : undefined;
    if (now === undefined) throw error;
    if (now.roomId !== to.roomId) throw await taken(alias, now.roomId, caps);
  }
}
