import { Problem } from '../../core/problem.ts';
import { wordsOf } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Asker } from '../asker.ts';
import type { Capabilities, ItemResult, Step } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { bannedIn } from './banned.ts';
import { followDeletion } from './follow-deletion.ts';

type Caps = Pick<Capabilities, 'rooms' | 'deletions' | 'directory' | 'ledger'>;

/**
 * Bans one room: out of the directory, everybody of this server out of it, blocked, its local aliases gone. The ledger
 * knows of it before the first of these, and that it is done after the last, so that what a crash cuts short is seen.
 */
export async function banOne(caps: Caps, roomId: string, asker: Asker, step: Step): Promise<ItemResult> {
  const { rooms, ledger } = caps;
  const room = await rooms.get(roomId);
  await begin(caps, roomId, room, asker);
  const notes: string[] = [];
  if (room === undefined) notes.push('this server has never seen it; it is blocked');
  if (rooms.ban !== undefined) {
    const undone = await rooms.ban(roomId);
    if (undone !== undefined) notes.push(undone);
  } else if (room !== undefined) {
    notes.push(...(await unpublish(caps, roomId)));
    const order = { block: true, purge: false, forcePurge: false };
    const result = await followDeletion(caps, roomId, order, step);
    if (result.state !== 'done') return result;
    notes.push(result.note ?? '', ...(await removeAliases(caps, roomId)));
    notes.push('with nobody of this server in it, its federation has ended here');
  }
  if (rooms.ban === undefined && !(await rooms.isBlocked(roomId))) await rooms.setBlocked(roomId, true);
  const entry = ledger.get('ban', roomId);
  if (entry !== undefined) ledger.put('ban', roomId, { ...bannedIn(entry), state: 'banned' }, asker);
  return { state: 'done', note: notes.filter((note) => note !== '').join('; ') };
}

async function begin(
  { rooms, directory, ledger }: Caps,
  roomId: string,
  room: RoomDetails | undefined,
  asker: Asker,
): Promise<void> {
  const before = ledger.get('ban', roomId);
  // Written by an earlier try, when the room still was as it had been.
  if (before?.source === asker.source) return;
  const earlier = before === undefined ? [] : bannedIn(before).aliases;
  const aliases = [...new Set([...(await rooms.aliases(roomId)), ...earlier])];
  const published = room !== undefined && ((await ifTold(directory.isPublished(roomId))) ?? false);
  const { name = null } = room ?? {};
  const localMembers = room?.joinedLocalMembers ?? 0;
  ledger.put('ban', roomId, { state: 'begun', name, aliases, localMembers, published }, asker);
}

/** What the server will not do is said and no reason to leave the rest undone: blocking matters most. */
async function tried(what: string, act: () => Promise<void>): Promise<string[]> {
  try {
    await act();
    return [];
  } catch (error) {
    if (!(error instanceof Problem) || (error.code !== 'rejected' && error.code !== 'forbidden')) throw error;
    return [`${what}: ${wordsOf(error.text)}`];
  }
}

async function unpublish({ directory }: Caps, roomId: string): Promise<string[]> {
  if (!(await directory.isPublished(roomId))) return [];
  return tried('still in the directory', () => directory.setPublished(roomId, false));
}

async function removeAliases({ rooms, directory }: Caps, roomId: string): Promise<string[]> {
  const aliases = await rooms.aliases(roomId);
  const faults: string[] = [];
  for (const alias of aliases) faults.push(...(await tried(`${alias} stays`, () => directory.remove(alias))));
  return aliases.length === 0 || faults.length > 0 ? faults : [`aliases removed: ${aliases.join(', ')}`];
}
