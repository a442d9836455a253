import { jsonFault } from './json-fault.ts';
import { Problem } from './problem.ts';
import { say } from './text.ts';

/** Throws Problem with the place of the fault; nothing of the text is repeated, since it may hold a secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const fault = jsonFault(text);
    const where = fault === undefined ? say`` : say`: line ${fault.line}, column ${fault.column}`;
    throw new Problem(
      'usage',
      say`That is no valid JSON${where}.`,
      say`A comma behind the last item, single quotes and comments are not possible in JSON.`,
    );
  }
}
