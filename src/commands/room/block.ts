import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, say } from '../../core/text.ts';
import type { Rooms } from '../../homeserver/rooms.ts';
import { command, type Settled } from '../define.ts';
import { notTheAdminRoom } from './not-the-admin-room.ts';
import { roomIdOf } from './room-id-of.ts';

export const block = command({
  path: 'room block',
  summary: 'Keep the people of this server from joining a room; those who are in it stay.',
  cautions: [
    '`room unblock` takes it back. A room that this server has never seen can be blocked by its id.',
    '`room moderation ban-room` also takes out who is in it.',
  ],
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['Nobody else joins', '!admin room block #lobby']],
  danger: 'write',
  role: 'moderator',
  needs: ['rooms', 'adminRoom'],

  async run({ room: asked }, { rooms, adminRoom }) {
    const roomId = await roomIdOf(rooms, asked);
    notTheAdminRoom(roomId, adminRoom.roomId, 'block');
    const [found, by] = await Promise.all([rooms.get(roomId), rooms.blockedBy(roomId)]);
    if (by !== undefined) return reply.done(say`${code(roomId)} was blocked already${byWhom(by)}.`);
    await rooms.setBlocked(roomId, true);
    const change = { before: { blocked: false }, after: { blocked: true } };
    const seen =
      found === undefined
        ? say`which this server has never seen: nobody of this server can join it.`
        : say`nobody of this server can join it any more. ${stays(found.joinedLocalMembers)}`;
    return reply.done(say`Blocked ${code(roomId)}, ${seen} ${commandLine(`room unblock ${roomId}`)} takes it back.`, {
      change,
    });
  },
  again: 'safe',
  settle: ({ room: asked }, { rooms }) => settled(rooms, asked, true),
});

export const unblock = command({
  path: 'room unblock',
  summary: 'Let the people of this server join a blocked room again.',
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['Let people join it again', '!admin room unblock #lobby']],
  danger: 'write',
  role: 'moderator',
  needs: ['rooms', 'ledger'],

  async run({ room: asked }, { rooms, ledger }, asker) {
    const roomId = await roomIdOf(rooms, asked);
    const by = await rooms.blockedBy(roomId);
    const banned = ledger.get('ban', roomId) !== undefined;
    if (banned && asker.role === 'moderator') {
      throw new Problem('forbidden', say`${code(roomId)} was banned, which takes an admin to undo; nothing was done.`);
    }
    const still = banned
      ? say` It still stands in my record of banned rooms; ${commandLine(`room moderation unban-room ${roomId}`)} takes it out of there.`
      : say``;
    if (by === undefined) return reply.done(say`${code(roomId)} was not blocked.${still}`);
    await rooms.setBlocked(roomId, false);
    const change = { before: { blocked: true, by }, after: { blocked: false } };
    return reply.done(say`Nothing keeps the people of this server from joining ${code(roomId)} any more.${still}`, {
      change,
    });
  },
  again: 'safe',
  settle: ({ room: asked }, { rooms }) => settled(rooms, asked, false),
});

async function settled(rooms: Rooms, asked: string, to: boolean): Promise<Settled> {
  return (await rooms.isBlocked(await roomIdOf(rooms, asked))) === to ? 'done' : 'not done';
}

const byWhom = (by: string) => (by === '' ? say`` : say`, by ${code(by)}`);

const stays = (members: number | null) =>
  members === null || members === 0
    ? say``
    : say`${counted(members, 'local member is', 'local members are')} in it and stay.`;
