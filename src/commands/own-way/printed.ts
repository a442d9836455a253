import { cleanLines } from '../../core/clean.ts';
import { type Block, type Reply, reply } from '../../core/reply.ts';
import type { Text } from '../../core/text.ts';

const longest = 4_000;

/** What the homeserver prints, as it is, in no form that could be parsed. */
export function printed(heading: Text, text: string, filename: string): Reply {
  const clean = cleanLines(text);
  const whole: Block = { kind: 'attachment', filename, mimetype: 'text/plain', content: clean, forReading: true };
  const shown = clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
  return reply.says(heading, {
    data: { text: clean },
    blocks: [{ kind: 'code', text: shown }, ...(shown === clean ? [] : [whole])],
  });
}
