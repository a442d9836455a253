import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endShellAct } from '../../src/pipeline/end-shell-act.ts';
import { shellRoom } from '../../src/pipeline/shell-door.ts';
import { openStore } from '../../src/store/open.ts';
import type { InboxRow, Store } from '../../src/store/store.ts';

const minute = 60_000;
const source = 'shell:one';
const actor = 'shell:root@host';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-shell-act-'));
  store = openStore(join(folder, 'castellan.db'), { clock: () => 0 });
  store.inbox.receive({ roomId: shellRoom, eventId: source, sender: actor, kind: 'message' });
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});
const row = () => store.inbox.get(source) as InboxRow;
const begin = () =>
  store.begin(source, { kind: 'intent', actor, source, command: 'user lock', input: null, targets: [] }, 'user lock');

test('an act of a command line that was killed is recorded as unknown by the next start of the bot', () => {
  begin();
  endShellAct(store, row(), 11 * minute);
  expect(row().outcome).toBe('unknown');
  expect(store.inbox.open()).toEqual([]);
  const [last] = store.audit.list({ limit: 1, from: 0 });
  expect(last).toMatchObject({ kind: 'outcome', outcome: 'unknown', actor, command: 'user lock' });
});

test('one that may still be at work beside the bot is left alone', () => {
  begin();
  endShellAct(store, row(), 9 * minute);
  expect(row().state).toBe('running');
});

test('one that never began has done nothing', () => {
  endShellAct(store, row(), 11 * minute);
  expect(row()).toMatchObject({ state: 'answered', outcome: 'refused' });
  expect(store.audit.count()).toBe(0);
});
