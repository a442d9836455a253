import { z } from 'zod';
import { cleanLines } from '../../core/clean.ts';
import { text } from '../../core/fields.ts';
import { type Block, paragraph, type Reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { command } from '../define.ts';

/** Longer answers come as a file too. */
const longest = 4_000;

export default command({
  path: 'native',
  summary: "Send any text to the homeserver's own admin room, for what no command does.",
  cautions: [
    'For homeservers that have such a room (Conduit, continuwuity, tuwunel, Palpo). What they begin with there is put before it.',
    'Whether it was done, only its answer says. Where none comes it may have been done, and I do not send it again.',
    'What I never do to my own account and these rooms, I do not do this way either.',
  ],
  input: () =>
    z.object({
      text: text.describe('The rest of the line, as typed.'),
      block: text.optional().describe('Lines that are sent in a block below it.'),
    }),
  rest: 'text',
  body: { kind: 'text', into: 'block', required: false },
  examples: [["The homeserver's own help", '!admin native --dry-run -- users list-users']],
  danger: 'confirm',
  role: 'owner',
  audited: true,
  needs: ['native', 'adminRoom'],

  async plan({ text: words, block }) {
    const lines = block === undefined ? 0 : block.split('\n').length;
    return {
      title: say`Send ${code(words)}${lines === 0 ? '' : ` with ${lines} lines below it`} to the homeserver's own admin room.`,
      targets: [{ id: words }],
      cautions: [say`What it does only the homeserver knows: **I cannot check it, nor take it back**.`],
      frozen: null,
    };
  },

  async run({ text: words, block }, { native }): Promise<Reply> {
    const answer = await native.send(words, block === undefined ? [] : block.split('\n'));
    const shown = cleanLines(answer.text);
    const blocks: Block[] = [
      paragraph(
        answer.failed
          ? say`❌ The homeserver says that it failed:`
          : say`The homeserver answered; whether that is a success is yours to judge:`,
      ),
      { kind: 'code', text: shown.length > longest ? `${shown.slice(0, longest)}…` : shown },
      ...(answer.logs === undefined
        ? []
        : [paragraph(say`It logged meanwhile:`), { kind: 'code' as const, text: cleanLines(answer.logs) }]),
      ...(shown.length > longest
        ? [
            {
              kind: 'attachment' as const,
              filename: 'answer.txt',
              mimetype: 'text/plain',
              content: shown,
              forReading: true as const,
            },
          ]
        : []),
    ];
    return {
      outcome: answer.failed ? 'failed' : 'done',
      blocks,
      data: { answer: answer.text, failed: answer.failed },
      change: { after: { answered: true, failed: answer.failed } },
    };
  },

  settle: async () => 'unknown',
});
