import { readFileSync } from 'node:fs';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { readStandardInput } from '../standard-input.ts';

/** The text of a file, or of standard input for "-". Throws Problem `usage` where it cannot be read or is not UTF-8. */
export async function readText(file: string, what: string): Promise<string> {
  const from = file === '-' ? 'standard input' : file;
  let bytes: Buffer;
  try {
    bytes = file === '-' ? await readStandardInput() : readFileSync(file);
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
