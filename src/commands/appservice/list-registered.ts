import { z } from 'zod';
import { note, reply } from '../../core/reply.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'appservice list-registered',
  aliases: ['appservice list'],
  flat: ['list-appservices'],
  summary: 'The application services (bridges, bots) that the homeserver’s files name.',
  input: () => z.object({}),
  examples: [['All of them', '!admin appservice list-registered']],
  danger: 'read',
  role: 'owner',
  needs: ['host'],

  async run(_, { host }) {
    const { registered, unread } = await host.appservices();
    const listing = reply.listing(
      {
        columns: [
          { key: 'id', title: 'Id' },
          { key: 'url', title: 'Address' },
          { key: 'sender', title: 'Sender' },
          { key: 'namespaces', title: 'Users / aliases / rooms' },
          { key: 'file', title: 'File' },
        ],
        show: ['id', 'url', 'sender', 'namespaces', 'file'],
        rows: registered.map((one) => ({
          id: one.id,
          url: one.url ?? '(none)',
          sender: one.senderLocalpart,
          namespaces: `${one.namespaces.users} / ${one.namespaces.aliases} / ${one.namespaces.rooms}`,
          file: one.ours ? one.file : `${one.file} (the operator’s own)`,
        })),
        data: registered.map(({ shown, file }) => ({ ...shown, file })),
      },
      say`${counted(registered.length, 'application service')}.`,
    );
    return {
      ...listing,
      blocks: [
        ...listing.blocks,
        ...unread.map(({ file, why }) => note(say`⚠️ ${code(file)} is listed and cannot be read here: ${why}.`)),
      ],
    };
  },
});
