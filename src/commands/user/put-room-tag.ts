import { z } from 'zod';
import { localUser, room, text } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { orderOf, requireTag } from './tag-rules.ts';
import { taggedRoom } from './tagged-room.ts';

export default command({
  path: 'user put-room-tag',
  summary: 'Tag a room for an account, as its own clients do: favourite, low priority, or a tag of its own.',
  input: () =>
    z.object({
      user: localUser.describe('For whom.'),
      room: room.describe('Which room, by id or alias.'),
      tag: text.describe('`m.favourite`, `m.lowpriority`, `m.server_notice`, or one that begins with `u.`.'),
      order: text.optional().describe('Its place among rooms of that tag, from 0 to 1.'),
    }),
  positionals: ['user', 'room', 'tag'],
  examples: [
    ["Among bob's favourites", '!admin user put-room-tag bob #lobby m.favourite'],
    ['As the first of them', '!admin user put-room-tag bob #lobby m.favourite --order 0'],
    ['A tag of its own', '!admin user put-room-tag bob #lobby u.work'],
  ],
  danger: 'write',
  role: 'admin',
  needs: ['users', 'rooms', 'puppets', 'adminRoom'],

  async run({ user, room: asked, tag, order: place }, caps) {
    requireTag(tag);
    const order = orderOf(place);
    const { roomId, inWords } = await taggedRoom(user, asked, caps);
    await caps.puppets.putTag(user, roomId, tag, order);
    const where = order === undefined ? say`` : say` at ${order}`;
    return reply.done(say`For ${code(user)}, ${inWords} is tagged ${code(tag)}${where} now.`, {
      change: { after: { tag, order: order ?? null } },
    });
  },
  again: 'safe',
});
