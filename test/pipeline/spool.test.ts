import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvOfListing, jsonOf, type Output } from '../../src/core/output.ts';
import { renderReply } from '../../src/core/render.ts';
import { type Listing, paragraph, type Reply, reply, type StreamedRow } from '../../src/core/reply.ts';
import { say } from '../../src/core/text.ts';
import { createSpool } from '../../src/pipeline/spool.ts';

const shape = {
  columns: [
    { key: 'user', title: 'User' },
    { key: 'name', title: 'Name' },
  ],
  show: ['user', 'name'],
};
const rowOf = (at: number): StreamedRow => ({
  cells: { user: `@u${at}:example.org`, name: 'Äpfel, "B"' },
  data: { name: `@u${at}:example.org`, nested: { at } },
});

/** `fails`: after so many batches. */
async function* batchesOf(count: number, fails = Number.POSITIVE_INFINITY) {
  for (let from = 0; from < count; from += 500) {
    if (from / 500 >= fails) throw new Error('no more');
    yield Array.from({ length: Math.min(500, count - from) }, (_, at) => rowOf(from + at));
  }
}

function streamed(count: number, fails?: number): Reply {
  return {
    outcome: 'done',
    blocks: [paragraph(say`Below.`)],
    stream: {
      ...shape,
      batches: batchesOf(count, fails),
      end: (shown) => ({
        page: { from: 0, total: shown, more: false },
        above: [paragraph(say`Above.`)],
        none: shown === 0 ? say`Nobody.` : undefined,
      }),
    },
  };
}

function heldAtOnce(count: number): Reply {
  const rows = Array.from({ length: count }, (_, at) => rowOf(at));
  const listing: Listing = {
    ...shape,
    rows: rows.map(({ cells }) => cells),
    data: rows.map(({ data }) => data),
    page: { from: 0, total: count, more: false },
  };
  return {
    ...reply.listing(listing, say`Above.`),
    blocks: [...reply.listing(listing, say`Above.`).blocks, paragraph(say`Below.`)],
  };
}

describe('the spool', () => {
  let parent: string;
  let folder: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'castellan-spool-'));
    folder = join(parent, 'spool');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const files = () => (existsSync(folder) ? readdirSync(folder) : []);
  const options = (output: Output) => ({ output, prefix: '!admin', path: 'user list-users' });

  it.each(['human', 'csv', 'json'] as const)('-o %s of a short list is what it would be without it', async (output) => {
    for (const count of [1, 3, 400, 2_000]) {
      const { reply: taken } = await createSpool(folder).take(streamed(count), output);
      expect(renderReply(taken, options(output))).toEqual(renderReply(heldAtOnce(count), options(output)));
    }
    expect(files()).toEqual([]);
  });

  it.each(['human', 'csv', 'json'] as const)(
    '-o %s of a long list has the same message, and its file is on disk',
    async (output) => {
      const spool = createSpool(folder);
      const { reply: taken, remove } = await spool.take(streamed(4_321), output);
      const { content, attachments } = renderReply(taken, options(output));
      const held = renderReply(heldAtOnce(4_321), options(output));
      expect(content).toEqual(held.content);
      expect(attachments.map(({ filename, mimetype }) => ({ filename, mimetype }))).toEqual(
        held.attachments.map(({ filename, mimetype }) => ({ filename, mimetype })),
      );
      const [file] = attachments;
      if (typeof file?.content !== 'object') throw new Error('it was held');
      const { path, size } = file.content;
      expect(readFileSync(path, 'utf8')).toBe(held.attachments[0]?.content);
      expect(size).toBe(statSync(path).size);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      await remove();
      expect(files()).toEqual([]);
    },
  );

  it('holds no more rows than a message can show', async () => {
    const { reply: taken, remove } = await createSpool(folder).take(streamed(20_000), 'csv');
    const [, block] = taken.blocks;
    if (block?.kind !== 'listing') throw new Error('no listing');
    expect(block.listing.rows.length).toBeLessThanOrEqual(2_000);
    expect(block.listing.data).toBeUndefined();
    expect(block.listing.whole?.rows).toBe(20_000);
    await remove();
  });

  it('leaves no file where the rows stop coming', async () => {
    await expect(createSpool(folder).take(streamed(9_000, 8), 'csv')).rejects.toThrow('no more');
    expect(files()).toEqual([]);
  });

  it('removes what a bot that was killed has left', () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'left'), 'over');
    createSpool(folder);
    expect(files()).toEqual([]);
  });

  it('says it where the disk does not take the file', async () => {
    const spool = createSpool(folder);
    writeFileSync(folder, 'in the way');
    await expect(spool.take(streamed(9_000), 'csv')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('gives an empty list its own answer, and other replies back as they are', async () => {
    const spool = createSpool(folder);
    const { reply: taken } = await spool.take(streamed(0), 'json');
    expect(jsonOf(taken)).toBe('[]');
    expect(renderReply(taken, options('human')).content.body).toBe('Nobody.\n\nBelow.');
    const plain = reply.says(say`Hello.`);
    expect((await spool.take(plain, 'human')).reply).toBe(plain);
    expect(csvOfListing({ ...shape, rows: [] })).toBe('user,name\r\n');
  });
});
