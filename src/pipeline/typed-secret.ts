import { say, type Text } from '../core/text.ts';
import type { Due } from '../store/store.ts';
import type { Context } from './context.ts';
import { removalKey } from './remove-secret.ts';

interface Powers {
  readonly redact?: unknown;
  readonly users?: unknown;
  readonly users_default?: unknown;
}

/** May the bot remove other people's messages in the room? */
async function mayRedact({ matrix, roomId }: Context): Promise<boolean> {
  const powers: Powers | undefined = await matrix.state(roomId, 'm.room.power_levels');
  const users: Record<string, unknown> = typeof powers?.users === 'object' ? { ...powers.users } : {};
  const mine = Number(users[matrix.userId] ?? powers?.users_default ?? 0);
  if (mine >= Number(powers?.redact ?? 50)) return true;
  // From room version 12 on a room's creator has all power and stands in no list.
  const create = await matrix.state(roomId, 'm.room.create');
  return create?.room_version === '12' && !(matrix.userId in users);
}

/**
 * What removes a command's message that held a typed secret: due at once, and the words that say so. Not `surely`: the
 * message was not understood, and a secret may be in it.
 */
export async function typedSecretRemoval(
  context: Context,
  eventId: string,
  surely = true,
): Promise<{ due: Due; said: Text }> {
  const due: Due = {
    key: removalKey(eventId),
    kind: 'redact',
    roomId: context.roomId,
    target: eventId,
    at: context.clock(),
  };
  // Where it cannot be asked the removal is tried all the same.
  const may = await mayRedact(context).catch(() => true);
  return {
    due,
    said: may
      ? say`🔒 Your message ${surely ? 'held' : 'may have held'} a secret: I am removing it from this room.`
      : say`⚠️ Your message ${surely ? 'holds' : 'may hold'} a secret and I may not remove it: please delete it yourself, and give me the power to redact.`,
  };
}
