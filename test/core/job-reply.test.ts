import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { readList } from '../../src/core/body.ts';
import type { Field } from '../../src/core/fields.ts';
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

  it('says in its own words how far one item is, what it waits for, and that it was cancelled', () => {
    const body = (more: object) =>
      bodyOf(progressReply({ id: 'k7mq2', heading, total: 1, counts: {}, ...more }).blocks);
    const stop = 'Job `k7mq2`; `job cancel k7mq2` stops it.';
    expect(body({ said: [say`120 of 501 removed`] })).toBe(`⏳ Deactivating users\n\n120 of 501 removed\n\n${stop}`);
    expect(body({ ahead: 2 })).toBe(`⏳ Deactivating users\n\nIt waits for 2 other jobs to end.\n\n${stop}`);
    expect(body({ away: true, said: [say`120 of 501 removed`] })).toBe(
      `⏳ Deactivating users\n\nThe homeserver gives no answer at the moment; it goes on when it does.\n\n${stop}`,
    );
    expect(body({ stopping: true })).toContain('Job `k7mq2` was cancelled, and stops after what is under way.');
    expect(body({ ended: true })).toBe('🏁 Deactivating users');
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

  it.each([
    ['done', '3 members removed', '✅ Deactivating users: done.\n\n- `@done0:x`: 3 members removed', 'done'],
    ['done', undefined, '✅ Deactivating users: done.', 'done'],
    ['skipped', 'is gone', '⚠️ Deactivating users: skipped, nothing was done.\n\n- `@skipped0:x`: is gone', 'done'],
    ['failed', 'no', '❌ Deactivating users: failed.\n\n- `@failed0:x`: no', 'failed'],
    [
      'unknown',
      'no answer',
      '⚠️ Deactivating users: outcome unknown; it may have been done, so look before doing it again.\n\n- `@unknown0:x`: no answer',
      'unknown',
    ],
  ] as const)('of one item says plainly that it is %s', (state, note, words, outcome) => {
    const ended = jobReply({ ...job, takesList: false, state: 'finished', items: items(1, state, note) });
    expect(bodyOf(ended.blocks)).toBe(words);
    expect(ended.outcome).toBe(outcome);
  });

  it('of one item that was cancelled says so, and how to go on', () => {
    const ended = jobReply({
      ...job,
      takesList: false,
      resumable: true,
      state: 'cancelled',
      items: items(1, 'pending'),
    });
    expect(bodyOf(ended.blocks)).toBe(
      '⚠️ Deactivating users: not begun. The job was cancelled.\n\n`job resume k7mq2` goes on with what was not begun.',
    );
  });

  it('gives no list to paste for a command that takes none', () => {
    const { blocks } = jobReply({ ...job, takesList: false, state: 'finished', items: items(3, 'failed', 'no') });
    expect(bodyOf(blocks)).not.toContain('pasted');
  });

  it('writes each line to paste as the command takes it', () => {
    const failed = { target: '@a:x', state: 'failed', note: 'no', line: '@a:x,,"A, B"' } as const;
    const { blocks } = jobReply({ ...job, state: 'finished', items: [...items(1, 'done'), failed] });
    expect(bodyOf(blocks)).toContain('```\n@a:x,,"A, B"\n```');
  });

  it('gives a long list to paste as a file in parts that each fit into a message', () => {
    const failed = items(10_000, 'failed', 'no').map((item, at) => ({ ...item, note: `reason ${at % 20}` }));
    const { blocks } = jobReply({ ...job, state: 'finished', items: failed });
    const files = blocks.flatMap((block) => (block.kind === 'attachment' ? [block] : []));
    expect(files.map(({ filename }) => filename)).toEqual([
      'user-deactivate-all-again.txt',
      'user-deactivate-all-report.csv',
    ]);
    const content = String(files[0]?.content);
    const parts = content.split('\n\n');
    expect(parts.length).toBeGreaterThan(5);
    expect(bodyOf(blocks)).toContain(`in ${parts.length} parts, each of which fits into a message`);
    for (const [at, part] of parts.entries()) {
      expect(Buffer.byteLength(part)).toBeLessThan(21_000);
      expect(part.split('\n')[0]).toBe(`# part ${at + 1} of ${parts.length}`);
    }
    const field = { name: 'users', kind: 'localUser' } as Field;
    const read = readList(content.split('\n'), field, 'x');
    expect(read.bad).toEqual([]);
    expect(read.values).toEqual(failed.map(({ target }) => target));
    expect(bodyOf(blocks.filter(({ kind }) => kind !== 'attachment')).length).toBeLessThan(5_000);
  });

  it('has every target that was not done in a file when they are many', () => {
    const { blocks, outcome } = jobReply({ ...job, state: 'finished', items: items(50, 'failed', 'no') });
    const file = blocks.find((block) => block.kind === 'attachment');
    expect(file?.filename).toBe('user-deactivate-all-report.csv');
    expect(parse(String(file?.content))).toHaveLength(51);
    expect(outcome).toBe('failed');
  });
});
