import { expect, test } from 'vitest';
import type { Log } from '../../src/log.ts';
import { listenIn } from '../../src/matrix/listen-in.ts';
import type { Matrix } from '../../src/matrix/matrix.ts';

const roomId = '!room:x.org';
const wire = (name: string) => ({
  event_id: `$${name}`,
  type: 'm.room.message',
  sender: '@conduit:x.org',
  origin_server_ts: 1,
  content: { body: name },
});
const log = { info() {}, warn() {}, error() {}, debug() {} } as unknown as Log;

/** A homeserver whose syncs give these events, one after the other; `limited`: the beginning of it is left out. */
function serving(syncs: readonly { readonly names: readonly string[]; readonly limited?: true }[]): Matrix {
  let at = 0;
  return {
    async request(_method: string, path: string, _body: unknown, { query }: { query: Record<string, string> }) {
      if (path.endsWith('/messages')) {
        expect([query.to, query.from]).toEqual([String(at - 1), `before ${at}`]);
        return { chunk: (syncs[at - 1]?.names ?? []).slice(0, -1).map(wire).toReversed() };
      }
      const next = syncs[at];
      at += 1;
      if (next === undefined) return new Promise(() => undefined);
      const shown = next.limited ? next.names.slice(-1) : next.names;
      const gap = next.limited ? { limited: true, prev_batch: `before ${at}` } : {};
      return {
        next_batch: String(at),
        rooms: { join: { [roomId]: { timeline: { events: shown.map(wire), ...gap } } } },
      };
    },
  } as unknown as Matrix;
}

async function heard(matrix: Matrix, onEvent: (name: string) => void = () => undefined): Promise<readonly string[]> {
  const names: string[] = [];
  const stop = new AbortController();
  const take = ({ content }: { content: Readonly<Record<string, unknown>> }) => {
    names.push(String(content.body));
    onEvent(String(content.body));
  };
  await listenIn(matrix, roomId, take, { log, signal: stop.signal });
  await new Promise((resolve) => setTimeout(resolve, 20));
  stop.abort();
  return names;
}

test('every event from now on is handed over once and in order, also where a sync leaves some out', async () => {
  const matrix = serving([
    { names: ['old', 'older'] },
    { names: ['a'] },
    { names: ['b', 'c', 'd'], limited: true },
    { names: ['e'] },
  ]);
  expect(await heard(matrix)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('an event that cannot be taken keeps no later one from being handed over', async () => {
  const matrix = serving([{ names: [] }, { names: ['a', 'b'] }, { names: ['c'] }]);
  const names = await heard(matrix, (name) => {
    if (name === 'a') throw new Error('no');
  });
  expect(names).toEqual(['a', 'b', 'c']);
});
