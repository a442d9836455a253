import { lateNode } from '../late-node.ts';

/** Asks a person for a yes, or for one of these words, typed exactly. False where it is neither, and for Ctrl-C and Ctrl-D. */
export async function askOnTerminal(words: readonly string[] | undefined): Promise<boolean> {
  const lines = lateNode.readline().createInterface({ input: process.stdin, output: process.stderr });
  const given = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    const asked = lines.question(words === undefined ? 'Do this? [y/N] ' : '> ').catch(() => '');
    const answer = (await Promise.race([asked, given])).trim();
    return words === undefined ? /^y(es)?$/i.test(answer) : words.includes(answer);
  } finally {
    lines.close();
  }
}
