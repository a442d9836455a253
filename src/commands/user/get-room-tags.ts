import { z } from 'zod';
import { localUser, room } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { taggedRoom } from './tagged-room.ts';

export default command({
  path: 'user get-room-tags',
  summary: 'The tags that an account has given a room.',
  input: () =>
    z.object({
      user: localUser.describe('Whose tags.'),
      room: room.describe('Of which room, by id or alias.'),
    }),
  positionals: ['user', 'room'],
  examples: [["Bob's tags of the lobby", '!admin user get-room-tags bob #lobby']],
  danger: 'read',
  role: 'admin',
  needs: ['users', 'rooms', 'puppets', 'adminRoom'],

  async run({ user, room: asked }, caps) {
    const { roomId, inWords } = await taggedRoom(user, asked, caps);
    const tags = [...(await caps.puppets.tags(user, roomId))].map(([tag, order]) => ({ tag, order: order ?? null }));
    if (tags.length === 0) return reply.says(say`${code(user)} has given ${inWords} no tag.`, { data: [] });
    return reply.listing(
      {
        columns: [
          { key: 'tag', title: 'Tag' },
          { key: 'order', title: 'Order', align: 'right' },
        ],
        show: ['tag', 'order'],
        rows: tags,
      },
      say`Tags that ${code(user)} has given ${inWords}:`,
    );
  },
});
