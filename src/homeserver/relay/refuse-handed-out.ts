import { handedOutMark } from '../../core/mask-secrets.ts';
import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';

/** The text, unless a message stands in it in which the bot handed out a secret. Throws Problem('rejected') then. */
export function refuseHandedOut(text: string): string {
  if (!text.includes(handedOutMark)) return text;
  throw new Problem(
    'rejected',
    say`The homeserver's answer holds a message in which I handed out a secret, so it is not shown.`,
  );
}
