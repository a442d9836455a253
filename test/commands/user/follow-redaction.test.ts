import { describe, expect, test } from 'vitest';
import { followRedaction } from '../../../src/commands/user/follow-redaction.ts';
import type { Json } from '../../../src/core/json.ts';
import type { Redaction, Redactions } from '../../../src/homeserver/redactions.ts';

/** A homeserver at work, one message or refusal at a time, by the script of a test. */
function atWork(rooms: Readonly<Record<string, number>>) {
  const readable = new Map(
    Object.entries(rooms).map(([roomId, count]) => [
      roomId,
      Array.from({ length: count }, (_, at) => ({ eventId: `$${roomId}-${at + 1}`, nth: at + 1 })),
    ]),
  );
  const totals = new Map(Object.entries(rooms));
  const refused = new Map<string, string>();
  let state: Redaction['state'] | undefined;
  const redactions: Redactions = {
    async start() {
      state = 'scheduled';
      return 'one';
    },
    async ofUser() {
      if (state === undefined) return [];
      return [{ redactionId: 'one', userId: '@a:b', state, refused, error: undefined, changedAt: 0, raw: {} }];
    },
    get: async () => undefined,
    written: async (_, roomId) => ({ total: totals.get(roomId) ?? 0, readable: readable.get(roomId) ?? [] }),
    redact: async () => undefined,
  };
  return {
    redactions,
    redacts: (roomId: string, count: number) => readable.set(roomId, (readable.get(roomId) ?? []).slice(0, -count)),
    refuses: (roomId: string) => refused.set(readable.get(roomId)?.at(-1)?.eventId ?? '', '403: no'),
    becomes(next: Redaction['state']) {
      state = next;
    },
  };
}

/** Follows it; before each look after the first the next act of the script is done. Returns what was said. */
async function followed(
  server: ReturnType<typeof atWork>,
  rooms: readonly string[],
  limit: number,
  script: readonly (() => void)[],
): Promise<{ said: readonly string[]; result: Awaited<ReturnType<typeof followRedaction>> }> {
  const said: string[] = [];
  const acts = [...script];
  let kept: Json | undefined;
  const result = await followRedaction(
    server.redactions,
    '@a:b',
    { rooms, limit, reason: undefined },
    {
      get kept() {
        return kept;
      },
      keep(data) {
        kept = data;
      },
      says: (text) => said.push(text),
      cancelled: () => false,
      async wait() {
        acts.shift()?.();
      },
    },
  );
  return { said, result };
}

describe('the progress of a redaction', () => {
  test('counts messages, rooms and refusals as the homeserver goes through them', async () => {
    const server = atWork({ '!one': 3, '!two': 2 });
    const { said, result } = await followed(server, ['!one', '!two'], 1000, [
      () => server.becomes('active'),
      () => server.redacts('!one', 2),
      () => server.refuses('!one'),
      () => server.redacts('!two', 1),
      () => {
        server.redacts('!two', 1);
        server.becomes('complete');
      },
    ]);
    expect(said).toEqual([
      'It waits for its turn at the homeserver.',
      '0 of 5 messages redacted, room 1 of 2, 0 refused.',
      '2 of 5 messages redacted, room 1 of 2, 0 refused.',
      '2 of 5 messages redacted, room 2 of 2, 1 refused.',
      '3 of 5 messages redacted, room 2 of 2, 1 refused.',
    ]);
    expect(result).toMatchObject({ redacted: 4, rooms: 2, left: [], redactionId: 'one' });
    expect([...result.refused]).toEqual([['$!one-1', '403: no']]);
  });

  test('goes on to the next room where the limit was hit', async () => {
    const server = atWork({ '!one': 5, '!two': 2 });
    const { said, result } = await followed(server, ['!one', '!two'], 2, [
      () => {
        server.becomes('active');
        server.redacts('!one', 2);
      },
      () => {
        server.redacts('!two', 2);
        server.becomes('complete');
      },
    ]);
    expect(said.at(-1)).toBe('2 of 4 messages redacted, room 2 of 2, 0 refused.');
    expect(result.left).toEqual([{ roomId: '!one', beyond: 3, missed: 0, total: 5 }]);
  });

  test('says so when nothing moves for long, as after a restart of the homeserver', async () => {
    const server = atWork({ '!one': 1 });
    const idle = Array.from({ length: 20 }, () => () => server.becomes('active'));
    const { said } = await followed(server, ['!one'], 10, [...idle, () => server.becomes('complete')]);
    expect(said.at(-1)).toContain('Nothing has moved for a while');
    expect(said[5]).not.toContain('Nothing has moved');
  });
});
