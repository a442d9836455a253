import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHost } from '../../../src/homeserver/host/host.ts';
import type { HostSettings } from '../../../src/homeserver/host/settings.ts';
import { createUndertakings } from '../../../src/homeserver/host/undertaking.ts';
import { createUndoJournal, type Kept } from '../../../src/homeserver/host/undo-journal.ts';

let folder: string;
let values: Map<string, string>;
let kept: Kept;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-recover-'));
  values = new Map();
  kept = {
    get: (name) => values.get(name),
    set: (name, value) => values.set(name, value),
    delete: (name) => values.delete(name),
  };
  writeFileSync(at('own.yaml'), 'a: 1\n');
  writeFileSync(at('irc.yaml'), 'id: irc\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const leaves = (name: string) => ['sh', '-c', 'printf x >> "$0"', at(name)];
const about = { what: 'a in own.yaml', source: '$one' };

/** The next process, with a homeserver that does not answer. */
const next = (commands: HostSettings['commands']) =>
  createHost({
    settings: { configFiles: [at('own.yaml')], dropIn: at('own.yaml'), commands, timeout: 2_000 },
    baseUrl: 'http://127.0.0.1:1',
    kept,
    secrets: [],
    clock: Date.now,
  });

/** A change cut short: its list written, its registration put aside, and an earlier change of another event before. */
function cutShort(kind: 'change' | 'caches' | 'restart', phase: 'writing' | 'begun'): void {
  const journal = createUndoJournal(kept);
  journal.write(at('own.yaml'), 'a: 2\n', 0o600, { what: 'earlier', source: '$earlier' });
  createUndertakings(kept).begin({ kind, source: '$one', since: 0, phase });
  journal.write(at('own.yaml'), 'a: 3\n', 0o600, about);
  journal.putAside(at('irc.yaml'), at('irc.yaml.aside'), about);
}

test.each(['change', 'restart'] as const)(
  'a %s cut short while it wrote is put back, and no command is run',
  async (kind) => {
    cutShort(kind, 'writing');
    const host = next({ restart: leaves('restarted'), reload: leaves('reloaded') });
    await host.recover();
    expect(readFileSync(at('own.yaml'), 'utf8')).toBe('a: 2\n');
    expect(existsSync(at('irc.yaml'))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['.own.yaml.before-0', 'irc.yaml', 'own.yaml']);
    // What was done before it still waits for its first good start, and nothing is told of this one.
    expect(host.pending()).toEqual(['earlier']);
    expect(host.outcomeOf('$one')).toBeUndefined();
    await next({ restart: leaves('restarted') }).recover();
    expect(existsSync(at('restarted'))).toBe(false);
  },
);

test('caches that were lowered are put back, and the homeserver is told to read its files again, once', async () => {
  cutShort('caches', 'writing');
  await next({ reload: leaves('reloaded') }).recover();
  expect(readFileSync(at('own.yaml'), 'utf8')).toBe('a: 2\n');
  expect(readFileSync(at('reloaded'), 'utf8')).toBe('x');
  await next({ reload: leaves('reloaded') }).recover();
  expect(readFileSync(at('reloaded'), 'utf8')).toBe('x');
});

test('without a restart command any more, everything that was not in force is put back', async () => {
  cutShort('restart', 'begun');
  await next({}).recover();
  expect(readFileSync(at('own.yaml'), 'utf8')).toBe('a: 1\n');
  expect(existsSync(at('irc.yaml'))).toBe(true);
});

test('what somebody has changed since is left, also then', async () => {
  cutShort('change', 'writing');
  writeFileSync(at('own.yaml'), 'a: by hand\n');
  await next({}).recover();
  expect(readFileSync(at('own.yaml'), 'utf8')).toBe('a: by hand\n');
});

test('a homeserver that does not come up with the new files, nor with the old ones, is said to be away', async () => {
  cutShort('restart', 'begun');
  const host = next({ restart: leaves('restarted') });
  await host.recover();
  expect(readFileSync(at('own.yaml'), 'utf8')).toBe('a: 1\n');
  expect(readFileSync(at('restarted'), 'utf8')).toBe('x');
  expect(host.outcomeOf('$one')).toMatchObject({
    state: 'away',
    why: 'It did not answer within 2 s of the restart.',
    undone: [about.what, about.what, 'earlier'],
  });
});
