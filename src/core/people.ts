import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { say } from './text.ts';

/** Characters; a homeserver takes a longer name for an account, which then can join no room (Synapse, MAX_DISPLAYNAME_LEN). */
const longestDisplayName = 256;

/** A mail address as homeservers keep it (MSC2265): in lower case. */
export function parseEmail(text: string): string {
  if (!/^[^\s@]+@[^\s@]+$/.test(text))
    throw new Problem('usage', say`${clipped(text)} is no mail address; one looks like \`alice@example.org\`.`);
  return text.toLowerCase();
}

export function parseDisplayName(text: string): string {
  const length = [...text].length;
  if (length > longestDisplayName)
    throw new Problem(
      'usage',
      say`The display name has ${length.toLocaleString('en')} characters; ${longestDisplayName} are possible.`,
    );
  return text;
}
