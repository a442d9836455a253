import { z } from 'zod';
import { paragraph, reply } from '../../core/reply.ts';
import { counted, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'audit verify',
  summary: 'Whether the audit trail is as it was written: no record altered, removed, put in, moved or cut off.',
  cautions: [
    'Each record holds the hash of the one before. My answers in this room hold hashes too, so that a trail that was rewritten as a whole does not fit to them.',
  ],
  input: () => z.object({}),
  examples: [['Is it whole?', '!admin audit verify']],
  danger: 'read',
  role: 'admin',
  needs: ['audit'],

  async run(_, { audit }) {
    const verdict = await audit.verify();
    const { records, firstBad, anchors, anchoredTo } = verdict;
    if (firstBad !== undefined) {
      return {
        outcome: 'failed',
        data: verdict,
        notify: true,
        blocks: [
          paragraph(
            say`❌ Record ${firstBad.seq} is **${firstBad.why}**: from it on the audit trail cannot be trusted.`,
          ),
          paragraph(say`Keep a copy of the store as it is, and find out who could write to its folder.`),
        ],
      };
    }
    const anchored =
      anchoredTo === 0
        ? say`None of my answers in this room vouches for it yet.`
        : say`${counted(anchors, 'answer', 'answers')} of mine in this room fit to it, up to record ${anchoredTo}.`;
    return reply.done(say`${counted(records, 'record is', 'records are')} in order. ${anchored}`, { data: verdict });
  },
});
