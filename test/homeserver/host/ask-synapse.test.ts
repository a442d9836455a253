import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { wordsOf } from '../../../src/core/text.ts';
import { askSynapse } from '../../../src/homeserver/host/ask-synapse.ts';
import { configMask } from '../../../src/homeserver/host/mask-config.ts';

const path = process.env.PATH ?? '';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-ask-'));
  process.env.PATH = `${folder}${delimiter}${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, text: string): string {
  const at = join(folder, name);
  writeFileSync(at, text);
  chmodSync(at, 0o755);
  return at;
}

/** A Synapse as its package installs it: its program names the Python that has it. */
function installed(script: string): void {
  program('python3.99', `#!/bin/sh\necho "$@" > ${join(folder, 'asked')}\n${script}\n`);
  program('synapse_homeserver', `#!${join(folder, 'python3.99')}\nprint("never run")\n`);
}

async function asked(check?: readonly string[]) {
  const mask = configMask({ form_secret: 'planted-form' });
  const { faults, notes } = await askSynapse({ check, configFiles: ['/a.yaml', '/conf.d'], timeoutMs: 20_000, mask });
  return { faults: faults.map(wordsOf).join(), notes: notes.map(wordsOf).join() };
}

test('the Python of an installed Synapse is asked about all the files, and says yes', async () => {
  installed('echo fine');
  expect(await asked()).toEqual({ faults: '', notes: '' });
  expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('-m synapse.config -c /a.yaml -c /conf.d\n');
});

test('what it says against them is told, secrets masked', async () => {
  installed('echo "Error in configuration at max_upload_size: planted-form" >&2; exit 1');
  const { faults } = await asked();
  expect(faults).toContain('Synapse would not start');
  expect(faults).toContain('Error in configuration at max_upload_size: •••');
});

test.each([
  ['may not read a key', 'echo "PermissionError: homeserver.signing.key" >&2; exit 1'],
  ['has no Synapse', 'echo "No module named synapse" >&2; exit 1'],
  ['says nothing', 'exit 1'],
])('one that %s says nothing against the files', async (_, script) => {
  installed(script);
  const { faults, notes } = await asked();
  expect(faults).toBe('');
  expect(notes).toContain('host.commands.check');
});

test.each(['#!/usr/bin/env python3', '#!/bin/sh', 'no program'])(
  'a wrapper that begins with %s is not run',
  async (line) => {
    program('synapse_homeserver', `${line}\ntouch ${join(folder, 'run')}\n`);
    expect((await asked()).notes).toContain('host.commands.check');
    expect(() => readFileSync(join(folder, 'run'))).toThrow();
  },
);

test('the operator’s own check comes first', async () => {
  installed('exit 1');
  expect(await asked(['true'])).toEqual({ faults: '', notes: '' });
  expect((await asked(['false'])).faults).toContain('The check says no (it ended with status 1)');
  expect(() => readFileSync(join(folder, 'asked'))).toThrow();
});
