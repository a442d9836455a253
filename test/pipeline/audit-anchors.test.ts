import { expect, test } from 'vitest';
import { anchorsIn } from '../../src/pipeline/audit-anchors.ts';

const botId = '@castellan:one.test';
const hash = (n: number) => n.toString(16).padStart(64, '0');
const message = (sender: string, content: object) => ({ type: 'm.room.message', sender, content });
const anchor = (n: number) => ({ 'dev.castellan.audit': { seq: n, hash: hash(n) } });

/** A room whose history is paged as a homeserver does it; `asked` counts the pages. */
function roomOf(events: readonly { type: string; sender: string; content: object }[]) {
  const room = {
    asked: 0,
    userId: botId,
    async request(_method: string, _path: string, _body?: unknown, options?: { query?: Record<string, unknown> }) {
      room.asked += 1;
      const { filter, from = '0', limit } = options?.query ?? {};
      const { senders, types } = JSON.parse(String(filter));
      const wanted = events.filter((event) => senders.includes(event.sender) && types.includes(event.type));
      const to = Number(from) + Number(limit);
      return {
        chunk: wanted.slice(Number(from), to),
        ...(to < wanted.length ? { end: String(to) } : {}),
      };
    },
  };
  return room;
}

test('anchors are read from all pages of the bot’s own messages, however much others have said', async () => {
  const flood = Array.from({ length: 50_000 }, () => message('@mallory:one.test', anchor(1)));
  const own = Array.from({ length: 250 }, (_, n) => message(botId, anchor(n + 1)));
  const room = roomOf([...own.slice(0, 10), ...flood, ...own.slice(10)]);
  expect((await anchorsIn(room, '!room')).map(({ seq }) => seq)).toEqual(own.map((_, n) => n + 1));
  expect(room.asked).toBe(3);
});

test('what is no anchor is passed over: edits, wrong hashes, answers to what was only read', async () => {
  const room = roomOf([
    message(botId, { body: 'read' }),
    message(botId, { ...anchor(2), 'm.new_content': {} }),
    message(botId, { 'dev.castellan.audit': { seq: 3, hash: 'short' } }),
    message(botId, { 'dev.castellan.audit': { seq: -1, hash: hash(1) } }),
    message(botId, anchor(4)),
  ]);
  expect(await anchorsIn(room, '!room')).toEqual([{ seq: 4, hash: hash(4) }]);
});

test('a room that never ends is not read for ever', async () => {
  const room = roomOf([]);
  let pages = 0;
  const endless = { ...room, request: async () => ({ chunk: [], end: String(++pages) }) };
  expect(await anchorsIn(endless, '!room')).toEqual([]);
  expect(pages).toBeLessThanOrEqual(1_000);
});
