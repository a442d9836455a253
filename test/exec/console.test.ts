import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AdminRoom, openAdminRoom } from '../e2e/admin-room.ts';
import { loginPassword, registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const prompt = /castellan> $/;

describeWithSynapse('castellan console', () => {
  let server: Synapse;
  let room: AdminRoom;
  let terminal: Terminal;

  beforeAll(async () => {
    server = await startSynapse();
    room = await openAdminRoom(server, { start: false });
    for (const name of ['alexandra', 'bob', 'carol', 'dora']) await registerUser(server, name);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });
  afterEach(() => terminal?.kill());

  const open = async (columns?: number): Promise<Terminal> => {
    terminal = openTerminal(['console', '--config', room.configFile], tmpdir(), columns);
    await terminal.shows(prompt);
    return terminal;
  };
  const account = async (name: string): Promise<Record<string, unknown>> => {
    const id = encodeURIComponent(`@${name}:${server.serverName}`);
    return (await room.admin.request('GET', `/_synapse/admin/v2/users/${id}`)) as never;
  };
  const say = async (line: string, until: RegExp = prompt): Promise<string> => {
    terminal.type(`${line}\r`);
    return terminal.shows(until);
  };

  test('runs commands, with the prefix of the room or without, and tells what went wrong', async () => {
    await open();
    expect(await say('user details bob')).toContain(`@bob:${server.serverName}`);
    expect(await say('!admin user details bob')).toContain(`@bob:${server.serverName}`);
    expect(await say('user detials bob')).toContain('Did you mean');
    expect(await say('user details nobody')).toContain('@nobody:');
    terminal.type('\u0004');
    expect(await terminal.ended).toBe(0);
  });

  test('completes commands, flags, users and rooms', async () => {
    await open();
    terminal.type('us\t');
    await terminal.shows(/user /);
    terminal.type('details alex\t');
    await terminal.shows(new RegExp(`@alexandra:${server.serverName}`));
    terminal.type('\u0003');
    await terminal.shows(prompt);
    terminal.type('user list-users --guest\t');
    await terminal.shows(/--guests /);
    terminal.type('\u0003');
    await terminal.shows(prompt);
    terminal.type('room details #admi\t');
    await terminal.shows(/#admins-\S+:/);
  });

  test('draws tables to the width of the terminal', async () => {
    await open(60);
    const shown = await say('user list-users');
    const table = shown.split(/\r?\n/).filter((line) => /[│┌└├]/.test(line));
    expect(table.length).toBeGreaterThan(5);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(60);
  });

  test('asks for a yes and for the word that is to be typed', async () => {
    await open();
    await say('user logout bob', /\[y\/N\] $/);
    expect(await say('n')).toContain('Nothing was done');
    await say('user deactivate carol', /> $/);
    expect(await say('yes')).toContain('Nothing was done');
    expect((await account('carol')).deactivated).toBe(false);
    await say('user deactivate carol', /> $/);
    await say(`@carol:${server.serverName}`, /castellan> $/);
    expect((await account('carol')).deactivated).toBe(true);
  });

  test('takes a block, asks for a secret without showing it, and keeps none in its history', async () => {
    await open();
    terminal.type('user suspend-list --yes-i-want-to-do-this\r```\rbob\r```\r');
    await terminal.shows(/1 account: done[\s\S]*castellan> $/);
    expect((await account('bob')).suspended).toBe(true);
    await say('user unsuspend bob');
    await say('user reset-password bob -', /secret/);
    const shown = await say('hidden words here');
    expect(shown).not.toContain('hidden words');
    expect(await loginPassword(server, 'bob', 'hidden words here')).toBeTruthy();
    await say('user reset-password bob "typed words"');
    terminal.type('exit\r');
    await terminal.ended;
    const file = join(room.dataDir, 'console-history');
    const history = readFileSync(file, 'utf8');
    expect(history).toContain('user unsuspend bob');
    expect(history).not.toMatch(/typed words|hidden words/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('remembers what was typed, in the next console too', async () => {
    await open();
    await say('user details dora');
    await say('bot whoami');
    terminal.type('\u001b[A\u001b[A');
    await terminal.shows(/user details dora$/);
    terminal.type('\r');
    await terminal.shows(new RegExp(`@dora:${server.serverName}[\\s\\S]*castellan> $`));
    terminal.type('\u0004');
    await terminal.ended;
    await open();
    terminal.type('\u001b[A');
    await terminal.shows(/user details dora$/);
  });

  test('gives an exec on a terminal a bar for a job', async () => {
    const list = join(tmpdir(), `castellan-list-${process.pid}`);
    writeFileSync(list, 'alexandra\ndora\n');
    const argv = ['exec', '--config', room.configFile, '--body', list, '--', 'user', 'suspend-list'];
    try {
      terminal = openTerminal([...argv, '--yes-i-want-to-do-this'], tmpdir());
      expect(await terminal.ended).toBe(0);
    } finally {
      rmSync(list);
    }
    const screen = terminal.screen();
    expect(screen).toMatch(/\[\.{24}\] job \w+: 0 of 2/);
    expect(screen).toMatch(/\[#{24}\] job \w+: 2 of 2/);
    expect(screen).toContain('2 of 2 done');
  });

  test('gives an exec on a terminal the same questions', async () => {
    const argv = ['exec', '--config', room.configFile, '--', 'user', 'logout', 'alexandra'];
    terminal = openTerminal(argv, tmpdir());
    await terminal.shows(/\[y\/N\] $/);
    terminal.type('y\r');
    expect(await terminal.ended).toBe(0);
    terminal = openTerminal([...argv.slice(0, 3), '--batch', '--no-batch', ...argv.slice(3, -1), 'dora'], tmpdir());
    await terminal.shows(/\[y\/N\] $/);
    terminal.type('n\r');
    expect(await terminal.ended).toBe(3);
    terminal = openTerminal([...argv.slice(0, 3), '--batch', ...argv.slice(3, -1), 'dora'], tmpdir());
    expect(await terminal.ended).toBe(3);
  });

  test('an exec whose question is answered with Ctrl-D does nothing, and says so', async () => {
    const argv = ['exec', '--config', room.configFile, '--'];
    terminal = openTerminal([...argv, 'user', 'logout', 'dora'], tmpdir());
    await terminal.shows(/\[y\/N\] $/);
    terminal.type('\u0004');
    expect(await terminal.ended).not.toBe(0);
    await terminal.shows(/not done|Nothing was done/);
    terminal = openTerminal([...argv, 'user', 'modify', 'dora', '-p'], tmpdir());
    await terminal.shows(/The new password/);
    terminal.type('\u0004');
    expect(await terminal.ended).not.toBe(0);
    await terminal.shows(/not done|[Nn]othing was done/);
  });
});
