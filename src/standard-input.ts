import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';

/**
 * Standard input to its end. Whoever fills a pipe may be slow, and a read of its descriptor does not wait for that. A
 * terminal is read by its descriptor: it may be asked again afterwards, and its stream could not be once it has ended.
 * Throws what the system says.
 */
export async function readStandardInput(): Promise<Buffer> {
  return process.stdin.isTTY ? readFileSync(0) : buffer(process.stdin);
}
