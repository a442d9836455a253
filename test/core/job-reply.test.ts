import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type JobItem, jobReply, progressReply } from '../../src/core/job-reply.ts';
import { bodyOf } from '../../src/core/markdown.ts';
import { say } from '../../src/core/text.ts';

const heading = say`Deactivating users`;
const job = { id: 'k7mq2', heading, path: 'user deactivate-all', takesList: true, resumable: false };
const items = (count: number, state: JobItem['state'], note?: string): readonly JobItem[] =>
  Array.from({ length: count }, (_, at) => ({ target: `@${state}${at}:x`, state, note }));

describe('progressReply', () => {
  it('is one line of counts, and how to stop the job', () => {
    const counts = { done: 1_120, skipped: 3, failed: 1 };
    expect(bodyOf(progressReply({ id: 'k7mq2', heading, total: 4_300, counts }).blocks)).toBe(
      '⏳ Deactivating users: 1,120 of 4,300 done, 3 skipped, 1 failed\n\nJob `k7mq2`; `job cancel k7mq2` stops it.',
    );
  });

  it('says nothing of stopping a job that has ended', () => {
    const ended = progressReply({ id: 'k7mq2', heading, total: 3, counts: { done: 3 }, ended: true });
    expect(bodyOf(ended.blocks)).toBe('🏁 Deactivating users: 3 of 3 done');
  });
});

describe('jobReply', () => {
  it('is short when all went well', () => {
    const ended = jobReply({ ...job, state: 'finished', items: items(300, 'done') });
    expect(ended.outcome).toBe('done');
    expect(bodyOf(ended.blocks)).toBe('✅ Deactivating users: 300 of 300 done.');
  });

  it('says what came of each item of a short job, and not of each of a long one', () => {
    const body = (count: number) =>
      bodyOf(jobReply({ ...job, state: 'finished', items: items(count, 'done', '3 files deleted') }).blocks);
    expect(body(2)).toBe(
      '✅ Deactivating users: 2 of 2 done.\n\n- `@done0:x`: 3 files deleted\n- `@done1:x`: 3 files deleted',
    );
    expect(body(11)).toBe('✅ Deactivating users: 11 of 11 done.');
  });

  it('groups what was left out by its reason', () => {
    const body = bodyOf(
      jobReply({
        ...job,
        state: 'finished',
        items: [...items(7, 'skipped', 'is an admin'), { target: '@bot:x', state: 'skipped', note: 'is the bot' }],
      }).blocks,
    );
    expect(body).toContain(
      '✅ Deactivating users: 0 of 8 done, 8 skipped.\n\nSkipped:\n\n- is an admin (7): `@skipped0:x`',
    );
    expect(body).toContain('`@skipped4:x`, and 2 more\n- is the bot (1): `@bot:x`');
  });

  it('gives what failed or was not begun as a list to paste, and keeps out what may have been done', () => {
    const ended = jobReply({
      ...job,
      state: 'cancelled',
      items: [
        ...items(2, 'done'),
        ...items(2, 'failed', 'no such user'),
        ...items(1, 'unknown', 'no answer'),
        ...items(2, 'pending'),
      ],
    });
    expect(
      bodyOf(ended.blocks),
    ).toBe(`⚠️ Deactivating users: 2 of 7 done, 2 failed, 1 unknown, 2 not begun. The job was cancelled.

Failed:

- no such user (2): \`@failed0:x\`, \`@failed1:x\`

Outcome unknown, may have been done; look before doing it again:

- no answer (1): \`@unknown0:x\`

What failed or was not begun, to be pasted below the same command:

\`\`\`
@failed0:x
@failed1:x
@pending0:x
@pending1:x
\`\`\``);
    expect(ended.outcome).toBe('unknown');
  });

  it('has every target that was not done in a file when they are many', () => {
    const { blocks, outcome } = jobReply({ ...job, state: 'finished', items: items(50, 'failed', 'no') });
    const file = blocks.find((block) => block.kind === 'attachment');
    expect(file?.filename).toBe('user-deactivate-all-report.csv');
    expect(parse(String(file?.content))).toHaveLength(51);
    expect(outcome).toBe('failed');
  });
});
