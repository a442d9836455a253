import { Problem } from '../../core/problem.ts';
import { counted } from '../../core/text.ts';
import type { DeletionOrder, DeletionResult } from '../../homeserver/deletions.ts';
import type { ItemResult, Step } from '../define.ts';
import { deletionNote } from './deletion-note.ts';
import type { DeletionCaps } from './follow-deletion.ts';

const lookMs = 2000;
/** So long nothing moves while people are still in the room: nothing is going on any more. */
const stillWithPeopleMs = 60_000;
/** So long its history may take, which shows nothing. */
const stillWithoutPeopleMs = 15 * 60_000;

/**
 * Deletes a room by one blocking request. Where its answer is lost the homeserver goes on all the same, so it is not
 * asked again: the room itself is watched until it is as it should be, or nothing has moved for long.
 */
export async function deleteAtOnce(
  { rooms, deletions }: DeletionCaps,
  roomId: string,
  order: DeletionOrder,
  step: Step,
): Promise<ItemResult> {
  let answer: DeletionResult | undefined;
  if (step.kept !== 'asked') {
    step.keep('asked');
    step.says('The homeserver deletes it in one go and tells nothing until it has ended.');
    try {
      answer = await deletions.runAtOnce(roomId, order);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'unknown-outcome') {
        step.keep(null);
        throw error;
      }
    }
  }
  return answer === undefined ? watched() : judged(answer);

  async function state() {
    const room = await rooms.get(roomId);
    const left = room?.joinedLocalMembers ?? 0;
    return { left, reached: order.purge ? room === undefined : left === 0 };
  }

  async function judged(result: DeletionResult): Promise<ItemResult> {
    const { left, reached } = await state();
    if (reached) return { state: 'done', note: deletionNote(result) };
    const note = left > 0 ? `${counted(left, 'local member')} still in it` : 'the room is still there';
    return { state: 'failed', note: `the homeserver calls it complete, but ${note}` };
  }

  async function watched(): Promise<ItemResult> {
    let before: number | undefined;
    for (let still = 0; ; still += lookMs) {
      const { left, reached } = await state();
      if (reached && order.block && !(await rooms.isBlocked(roomId))) await rooms.setBlocked(roomId, true);
      if (reached) return { state: 'done', note: 'the answer of the homeserver was lost; I looked, and it is done' };
      if (left !== before) still = 0;
      before = left;
      const people =
        left > 0 ? `${counted(left, 'local member')} still in it` : 'nobody from here is in it, but it is still there';
      if (step.cancelled() || still >= (left > 0 ? stillWithPeopleMs : stillWithoutPeopleMs))
        return { state: 'unknown', note: `the answer of the homeserver was lost, and ${people}` };
      step.says(`The answer of the homeserver was lost; ${people}.`);
      await step.wait(lookMs);
    }
  }
}
