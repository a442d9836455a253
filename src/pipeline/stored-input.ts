import type { AnyCommand } from '../commands/define.ts';
import type { Json } from '../core/json.ts';
import { Problem } from '../core/problem.ts';
import { withSecrets } from '../core/secret-fields.ts';
import { say } from '../core/text.ts';
import type { Context } from './context.ts';
import { readingOf } from './request.ts';
import { isFromShell } from './shell-door.ts';

const gone = () =>
  new Problem(
    'secret-gone',
    say`The message with the secret is not in the room any more, and I keep no copy of secrets. Nothing was done.`,
    say`Send the command again.`,
  );

/**
 * The input of a plan or job as it was validated. Secrets are never stored: they are read again from the message
 * `source` in the room. Throws Problem('secret-gone') where it was removed.
 */
export async function storedInput(
  context: Context,
  command: AnyCommand,
  stored: Json,
  source: string,
  heldSecret: boolean,
): Promise<Record<string, unknown>> {
  if (!heldSecret) return { ...(stored as Readonly<Record<string, Json>>) };
  const typed = context.typed?.get(source);
  if (typed !== undefined) return withSecrets(command, stored, typed);
  if (isFromShell(source)) throw gone();
  const event = await context.matrix.event(context.roomId, source);
  if (event === undefined || event.redacted) throw gone();
  const reading = readingOf(context, event);
  if (reading.kind !== 'command') throw gone();
  return withSecrets(command, stored, reading.read.input);
}
