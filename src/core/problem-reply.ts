import type { Problem } from './problem.ts';
import { paragraph, type Reply } from './reply.ts';
import { joined, say, wordsOf } from './text.ts';

/** A problem as the person sees it: what happened, and below it what to do now. */
export function problemReply({ code, text, hint }: Problem): Reply {
  const unknown = code === 'unknown-outcome';
  return {
    outcome: unknown ? 'unknown' : 'failed',
    blocks: [
      paragraph(joined([unknown ? say`⚠️` : say`❌`, text], ' ')),
      ...(hint === undefined ? [] : [paragraph(hint)]),
    ],
    data: { error: { code, text: wordsOf(text), ...(hint === undefined ? {} : { hint: wordsOf(hint) }) } },
  };
}
