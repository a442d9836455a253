import { z } from 'zod';
import { localUser, room, text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { clipped } from '../../core/shown.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { taggedRoom } from './tagged-room.ts';

export default command({
  path: 'user delete-room-tag',
  summary: "Take one of an account's tags off a room.",
  input: () =>
    z.object({
      user: localUser.describe('Whose tag.'),
      room: room.describe('Of which room, by id or alias.'),
      tag: text.describe('Which one.'),
    }),
  positionals: ['user', 'room', 'tag'],
  examples: [['No favourite any more', '!admin user delete-room-tag bob #lobby m.favourite']],
  danger: 'write',
  role: 'admin',
  needs: ['users', 'rooms', 'puppets', 'adminRoom'],

  async run({ user, room: asked, tag }, caps) {
    const { roomId, inWords } = await taggedRoom(user, asked, caps);
    const before = await caps.puppets.tags(user, roomId);
    if (!before.has(tag)) {
      throw new Problem(
        'not-found',
        say`For ${code(user)}, ${inWords} has no tag ${clipped(tag)}. Nothing was done.`,
        say`${commandLine(`user get-room-tags ${user} ${roomId}`)} shows those it has.`,
      );
    }
    await caps.puppets.deleteTag(user, roomId, tag);
    return reply.done(say`For ${code(user)}, ${inWords} is not tagged ${clipped(tag)} any more.`, {
      change: { before: { tag, order: before.get(tag) ?? null }, after: null },
    });
  },

  async settle({ user, room: asked, tag }, caps) {
    const { roomId } = await taggedRoom(user, asked, caps);
    return (await caps.puppets.tags(user, roomId)).has(tag) ? 'not done' : 'done';
  },
});
