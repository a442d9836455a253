import type { Asker } from '../commands/asker.ts';
import type { ItemSummary } from '../commands/local.ts';
import { Problem } from '../core/problem.ts';
import { code, commandLine, say } from '../core/text.ts';
import { allow } from '../pipeline/authorize.ts';
import type { Context } from '../pipeline/context.ts';
import { frozenOf } from '../pipeline/plan-store.ts';
import { storedInput } from '../pipeline/stored-input.ts';
import type { JobRow } from '../store/store.ts';
import { cancelKey } from './cancel-key.ts';

/**
 * What a cancelled job has not done yet. Throws Problem where it cannot be gone on with: it is over or under way, its
 * secrets are gone, or whoever asks may not give its command.
 */
export async function leftOf(context: Context, id: string, asker: Asker): Promise<readonly ItemSummary[]> {
  const { store, catalog, caps, authorizer } = context;
  const row = store.jobs.get(id);
  if (row === undefined) throw new Problem('not-found', say`There is no job ${code(id)}.`);
  if (row.state !== 'cancelled') throw notCancelled(row);
  const left = store.jobs.items(id, ['running', 'stepped', 'pending']);
  if (left.length === 0) {
    throw new Problem(
      'conflict',
      say`Nothing is left of the job ${code(id)}: it was cancelled when all of it was begun.`,
      say`What failed stands in its report, to be pasted below the same command.`,
    );
  }
  const command = catalog.commands.find(({ path }) => path === row.command);
  if (command?.job === undefined) {
    throw new Problem('unsupported', say`The command ${code(row.command)} does not exist any more.`);
  }
  const input = await storedInput(context, command, row.input, row.source, frozenOf(row.frozen).heldSecret).catch(
    (error) => {
      throw error instanceof Problem && error.code === 'secret-gone' ? secretGone(row) : error;
    },
  );
  await allow(asker.role, command, input, caps, authorizer);
  return left.map(({ target, state, note }) => ({ target, state, note }));
}

/** Queues a cancelled job again, as the job of whoever asks. Twice for one command is once. */
export async function resumeJob(context: Context, id: string, asker: Asker): Promise<void> {
  const { store } = context;
  if (store.jobs.get(id)?.resumedBy === asker.source) return;
  await leftOf(context, id, asker);
  store.values.delete(cancelKey(id));
  store.jobs.resume(id, asker.userId, asker.source);
  context.wake.jobs();
}

function notCancelled({ id, state }: JobRow): Problem {
  if (state === 'finished') {
    return new Problem(
      'conflict',
      say`The job ${code(id)} has been gone through to its end, so there is nothing to go on with.`,
      say`What failed stands in its report, to be pasted below the same command.`,
    );
  }
  return new Problem(
    'conflict',
    say`The job ${code(id)} is not over: it ${state === 'queued' ? 'waits for its turn' : 'is under way'}.`,
    say`${commandLine(`job show ${id}`)} tells how far it is.`,
  );
}

function secretGone({ id }: JobRow): Problem {
  return new Problem(
    'secret-gone',
    say`The job ${code(id)} cannot be gone on with: secrets stood in the message that began it, which was removed from the room, and I keep no copy of them.`,
    say`Its report lists what was not begun, for a new command.`,
  );
}
