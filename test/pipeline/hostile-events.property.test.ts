import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { RoomEvent } from '../../src/matrix/matrix.ts';
import { reactionOf } from '../../src/pipeline/gate.ts';
import { readingOf } from '../../src/pipeline/request.ts';
import { hostileEvent, operator, orders, plan, roomId } from './hostile-events.ts';
import { openTrappedPipeline } from './trapped-pipeline.ts';

/** How many events; `npm run test:gate` sets it. */
const count = Number(process.env.CASTELLAN_COUNT ?? 20_000);

const folder = mkdtempSync(join(tmpdir(), 'castellan-gate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command is, in other words than the program's (DESIGN.md, "What is a command"); wider rather than narrower. */
function mayCommand({ type, sender, content, stateKey, redacted, ...event }: RoomEvent): boolean {
  if (sender !== operator || event.roomId !== roomId || stateKey !== undefined || redacted) return false;
  if (type === 'm.reaction') return reactionOf(content)?.target === plan.message;
  const { msgtype, body, 'm.relates_to': relation } = content;
  if (type !== 'm.room.message' || msgtype !== 'm.text' || typeof body !== 'string') return false;
  if ('m.new_content' in content || JSON.stringify(relation)?.includes('"rel_type":"m.replace"')) return false;
  const isReply = JSON.stringify(relation)?.includes('m.in_reply_to') ?? false;
  const said = isReply ? body.replace(/^(?:>.*\n)+\n/, '') : body;
  return /^\s*(!admin(\s|$)|@castellan:example\.org(\s|:)|Castellan[:,])/iu.test(said.replaceAll('\r\n', '\n'));
}

test(`${count.toLocaleString('en')} events from those who may not command, and talk of one who may, run nothing and throw nothing`, {
  timeout: 0,
}, async () => {
  const pipeline = openTrappedPipeline(folder);
  let admitted = 0;
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(hostileEvent, async (event) => {
      expect(['command', 'unread', 'reaction', 'nothing']).toContain(readingOf(pipeline.context, event).kind);
      if (mayCommand(event)) fc.pre(false);
      taken += 1;
      if (await pipeline.take(event)) admitted += 1;
      expect(pipeline.effects.splice(0)).toEqual([]);
      expect(pipeline.stored()).toBe(0);
    }),
    // What may command is left out, and made up for: as many as are promised reach the gate.
    { numRuns: count, maxSkipsPerRun: 1 },
  );
  expect(taken).toBe(count);
  // Some came as far as the last check, so that it was asked.
  expect(admitted).toBeGreaterThan(count / 100);
});

test('the same words from the one who may command do run, so that the traps would have been heard', async () => {
  const pipeline = openTrappedPipeline(folder);
  const message = { roomId, type: 'm.room.message', sender: operator, stateKey: undefined, redacted: false } as const;
  const silent: string[] = [];
  for (const [at, body] of orders.entries()) {
    const event = { ...message, eventId: `$${at}`, content: { msgtype: 'm.text', body }, ageMs: 0, originServerTs: 0 };
    expect(mayCommand(event), body).toBe(true);
    await pipeline.take(event);
    if (pipeline.effects.splice(0).length === 0) silent.push(body);
  }
  // The only one that lacks something: the plan's word.
  expect(silent).toEqual([`!admin confirm ${plan.code}`]);
});
