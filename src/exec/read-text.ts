import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';

/** The text of a file, or of standard input for "-". Throws Problem `usage` where it cannot be read or is not UTF-8. */
export async function readText(file: string, what: string): Promise<string> {
  const from = file === '-' ? 'standard input' : file;
  // Whoever fills a pipe may be slow, and a read of its descriptor does not wait. A terminal is asked again afterwards,
  // and its stream could not be once it has ended.
  const stream = file === '-' && !process.stdin.isTTY;
  let bytes: Buffer;
  try {
    bytes = stream ? await buffer(process.stdin) : readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Problem('usage', say`The ${what} cannot be read from ${code(from)}: the system says ${code(why)}.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Problem('usage', say`The ${what} in ${code(from)} is not UTF-8 text; nothing was done.`);
  }
}
