import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { counted } from '../../core/text.ts';
import type { Deletion, DeletionOrder, DeletionResult, Deletions } from '../../homeserver/deletions.ts';
import type { Rooms } from '../../homeserver/rooms.ts';
import type { ItemResult, Step } from '../define.ts';
import { deletionNote } from './deletion-note.ts';
import { isUnderWay } from './deletion-under-way.ts';

const firstLookMs = 200;
const longestLookMs = 2000;
/** Said when nothing has moved for so long. */
const stillMs = 20_000;
/** After so long without a move it is looked whether the room is still there. */
const goneMs = 1_500;
/** Deletions ordered by somebody else that are waited for, before ours is given up. */
const mostRounds = 5;

/** What a step keeps of the deletion it follows. */
const kept = once(() =>
  z.object({
    /** Members from this server, to say how far it is. */
    members: z.number(),
    round: z.number(),
    /** Deletions of this room that were there before ours was ordered. */
    before: z.array(z.string()),
    ordered: z.boolean(),
    following: z.object({ deleteId: z.string(), ours: z.boolean() }).nullable(),
  }),
);
type Kept = z.output<ReturnType<typeof kept>>;

export type DeletionCaps = { readonly rooms: Rooms; readonly deletions: Deletions };

/**
 * Has a room deleted and follows that to its end, over restarts of the bot and of the homeserver, without ever ordering
 * it twice. One that is under way already is followed first. The room's own state has the last word.
 */
export async function followDeletion(
  { rooms, deletions }: DeletionCaps,
  roomId: string,
  order: DeletionOrder,
  step: Step,
): Promise<ItemResult> {
  for (;;) {
    const { deleteId, ours } = await underWay();
    const ended = await itsEnd(deleteId);
    if (ended === 'left') {
      const look = `room delete-status ${deleteId}`;
      return { state: 'unknown', note: `the homeserver goes on with it by itself; see “${look}”` };
    }
    const result = await judged(ended, ours);
    if (result !== undefined) return result;
    const { members, round } = known();
    if (round >= mostRounds)
      return { state: 'failed', note: 'somebody else keeps ordering its deletion in another way' };
    step.keep({ members, round: round + 1, before: [], ordered: false, following: null });
  }

  function known(): Kept {
    return kept().parse(step.kept);
  }

  /** The deletion to follow; ordered here where there is none. */
  async function underWay(): Promise<NonNullable<Kept['following']>> {
    if (step.kept === undefined) {
      const room = await rooms.get(roomId);
      step.keep({ members: room?.joinedLocalMembers ?? 0, round: 1, before: [], ordered: false, following: null });
    }
    const now = known();
    if (now.following !== null) return now.following;
    const all = await deletions.ofRoom(roomId);
    const fresh = now.ordered ? all.find(({ deleteId }) => !now.before.includes(deleteId)) : undefined;
    const open = fresh ?? all.find(isUnderWay);
    if (open !== undefined) return follow({ deleteId: open.deleteId, ours: fresh !== undefined });
    const before = all.map(({ deleteId }) => deleteId);
    // Kept before the order goes out: after a stop or a lost answer a deletion that was not there before is ours.
    step.keep({ ...now, before, ordered: true });
    try {
      return follow({ deleteId: await deletions.start(roomId, order), ours: true });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'conflict') throw error;
      // Somebody was faster: looked up again, as not ours.
      step.keep({ ...now, ordered: false });
      throw new Problem('unavailable', error.text);
    }
  }

  function follow(following: NonNullable<Kept['following']>) {
    step.keep({ ...known(), following });
    return following;
  }

  /** `left`: the job was cancelled, which does not stop the homeserver. `undefined`: it has forgotten the deletion. */
  async function itsEnd(deleteId: string): Promise<Deletion | undefined | 'left'> {
    let moved = '';
    let still = 0;
    for (let wait = firstLookMs; ; wait = Math.min(wait * 2, longestLookMs)) {
      const now = await deletions.get(deleteId);
      if (now === undefined || !isUnderWay(now)) return now;
      const progress = howFar(now, known().members, order.purge);
      still = progress === moved ? still + wait : 0;
      moved = progress;
      step.says(
        still < stillMs
          ? progress
          : `${progress} (nothing has moved for a while: back from a restart, the homeserver takes some minutes to go on)`,
      );
      // Its history goes last, so that where it is gone all is done; a server back from a restart may take long to say so.
      if (order.purge && still >= goneMs && (await rooms.get(roomId)) === undefined) return now;
      if (step.cancelled()) return 'left';
      await step.wait(wait);
    }
  }

  /** `undefined`: what somebody else ordered was not what is wanted here, so that it is ordered anew. */
  async function judged(ended: Deletion | undefined, ours: boolean): Promise<ItemResult | undefined> {
    const room = await rooms.get(roomId);
    const left = room?.joinedLocalMembers ?? 0;
    const reached = order.purge ? room === undefined : left === 0;
    const failed = ended?.state === 'failed' || ended?.state === 'cancelled';
    if (!reached || (failed && room !== undefined)) {
      if (!ours) return undefined;
      return { state: 'failed', note: whyNot(ended, left) };
    }
    // What somebody else ordered may have been without.
    if (order.block && !(await rooms.isBlocked(roomId))) await rooms.setBlocked(roomId, true);
    const result: DeletionResult = ended ?? { removed: [], notRemoved: [], movedAliases: [], newRoomId: null };
    const whose = ours ? [] : ['it was under way already, ordered by somebody else'];
    return { state: 'done', note: [...whose, deletionNote(result)].join('; ') };
  }
}

function howFar({ state, removed }: Deletion, members: number, purge: boolean): string {
  if (state === 'scheduled') return 'It waits for its turn at the homeserver.';
  if (removed.length < members)
    return `${removed.length.toLocaleString('en')} of ${counted(members, 'local member')} removed.`;
  return `${counted(removed.length, 'person', 'people')} removed${purge ? '; its history is being deleted' : ''}.`;
}

function whyNot(ended: Deletion | undefined, left: number): string {
  if (ended?.state === 'failed')
    return `the homeserver gave up: ${ended.error?.split('\n', 1)[0] ?? 'it does not say why'}`;
  if (ended?.state === 'cancelled') return 'it was called off on the homeserver';
  if (left === 0) return 'the homeserver calls it complete, but the room is still there';
  const people = counted(left, 'local member');
  const who = ended?.notRemoved.slice(0, 5) ?? [];
  if (who.length > 0) return `${people} could not be removed, among them ${who.join(', ')}`;
  return `${people} still in it: somebody may have joined again, which --block prevents`;
}
