import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Deletion, DeletionOrder, DeletionResult, Deletions } from '../deletions.ts';
import { lacking, lackingNoun } from './lacking.ts';
import type { RelayParts } from './parts.ts';

/**
 * Rooms are deleted while the server takes no other command, by an order whose answer may be lost. What is remembered
 * of one is lost with the bot: the room itself tells then.
 */
export function createRelayDeletions({ matrix, dialect, commander }: RelayParts): Deletions {
  const { deleteRoom, exists, members } = dialect.acts;
  if (deleteRoom === undefined || exists === undefined) return lackingNoun(dialect, 'deletions');
  const remove = deleteRoom;
  const known = new Map<string, Deletion>();
  const isThere = (roomId: string) => commander.do(exists(roomId));

  /** The people of this server who are in it, and so will be taken out. */
  async function locals(roomId: string): Promise<readonly string[]> {
    if (members === undefined) return [];
    try {
      return (await commander.do(members(roomId))).filter((userId) => serverOf(userId) === matrix.serverName);
    } catch (error) {
      // A name that spoils the list must not keep the room from being deleted.
      if (error instanceof Problem && error.code === 'unavailable') return [];
      throw error;
    }
  }

  function requirePlain({ block, purge, newRoom }: DeletionOrder): void {
    const asked = block ? '--block' : purge ? (newRoom === undefined ? undefined : '-u') : '--no-purge';
    if (asked === undefined) return;
    throw new Problem(
      'unsupported',
      say`${dialect.name} takes no ${code(asked)} when it deletes a room. Nothing was done.`,
      say`Leave it out.`,
    );
  }

  function note(roomId: string, state: Deletion['state'], removed: readonly string[], error?: string): Deletion {
    const result: DeletionResult = { removed, notRemoved: [], movedAliases: [], newRoomId: null };
    const deletion = { ...result, deleteId: roomId, roomId, state, error, changedAt: undefined, raw: { state } };
    known.set(roomId, deletion);
    return deletion;
  }

  async function start(roomId: string, order: DeletionOrder): Promise<Deletion> {
    requirePlain(order);
    const removed = await locals(roomId);
    try {
      await commander.do(remove(roomId, order.forcePurge));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'unknown-outcome') throw error;
      // The server may still be at it: what is asked next is answered when it has ended.
      return note(roomId, 'active', removed);
    }
    return note(roomId, 'complete', removed);
  }

  async function get(roomId: string): Promise<Deletion | undefined> {
    const deletion = known.get(roomId);
    if (deletion?.state !== 'active') return deletion;
    return (await isThere(roomId))
      ? note(roomId, 'failed', [], 'its answer was lost, and the room is still there')
      : note(roomId, 'complete', deletion.removed);
  }

  return {
    start: async (roomId, order) => (await start(roomId, order)).deleteId,
    async runAtOnce(roomId, order) {
      const deletion = await start(roomId, order);
      return (await get(roomId)) ?? deletion;
    },
    get,
    async ofRoom(roomId) {
      const deletion = await get(roomId);
      return deletion === undefined ? [] : [deletion];
    },
    remains: lacking(dialect, 'deletions.remains'),
  };
}
