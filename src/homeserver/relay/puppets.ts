import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Puppets } from '../puppets.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';

/** What the server does in the name of its users when it is told to. */
export function createRelayPuppets({ dialect, commander }: RelayParts): Puppets {
  const { forceLeave, forceDemote, tags, putTag, deleteTag, redactEvent } = dialect.acts;
  const absent = (method: string) => lacking(dialect, `puppets.${method}`);
  return {
    leave: forceLeave
      ? async (userId, roomId) => void (await commander.do(forceLeave(userId, roomId)))
      : absent('leave'),
    demote: forceDemote
      ? async (userId, roomId) => void (await commander.do(forceDemote(userId, roomId)))
      : absent('demote'),
    tags: tags ? (userId, roomId) => commander.do(tags(userId, roomId)) : absent('tags'),
    putTag: putTag
      ? async (userId, roomId, tag, order) => {
          if (order !== undefined)
            throw new Problem(
              'unsupported',
              say`${dialect.name} sets tags without an order: leave out ${code('--order')}.`,
            );
          await commander.do(putTag(userId, roomId, tag));
        }
      : absent('putTag'),
    deleteTag: deleteTag
      ? async (userId, roomId, tag) => void (await commander.do(deleteTag(userId, roomId, tag)))
      : absent('deleteTag'),
    setState: absent('setState'),
    redactEvent: redactEvent
      ? async (_userId, _roomId, eventId, reason) => {
          if (reason !== undefined)
            throw new Problem(
              'unsupported',
              say`${dialect.name} redacts with a reason of its own: leave out ${code('--reason')}.`,
            );
          await commander.do(redactEvent(eventId));
          return 0;
        }
      : absent('redactEvent'),
  };
}
