import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Config, ConfigFaults, loadConfig } from '../src/config.ts';

const token = 'syt_secret_token_of_the_bot';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(content: unknown, tokenMode = 0o600): string {
  writeFileSync(join(folder, 'bot.token'), `${token}\n`);
  chmodSync(join(folder, 'bot.token'), tokenMode);
  const file = join(folder, 'bot.config.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

function load(content: unknown, env: NodeJS.ProcessEnv = {}): Config {
  return loadConfig(write(content), env);
}

function faults(content: unknown, env: NodeJS.ProcessEnv = {}, tokenMode = 0o600): readonly string[] {
  try {
    loadConfig(write(content, tokenMode), env);
  } catch (error) {
    if (error instanceof ConfigFaults) return error.lines;
    throw error;
  }
  return [];
}

describe('a configuration that is right', () => {
  test('needs nothing but the token, and has the defaults of the table', () => {
    const config = load({ accessTokenFile: 'bot.token' });
    expect(config.accessToken()).toBe(token);
    expect(config).toMatchObject({
      homeserverUrl: 'http://localhost:8008',
      clientUrl: 'http://localhost:8008',
      prefix: '!admin',
      output: 'human',
      admins: [],
      roles: {},
      dataDir: join(folder, 'data'),
      backend: { type: 'synapse', adminPath: '/_synapse/admin', timeout: 60_000 },
      confirm: { ttl: 300_000 },
      secrets: { delivery: 'dm', redactAfter: 900_000 },
      jobs: { concurrency: 4, hashing: 2, join: 1, deactivate: 1, purge: 1 },
      notify: { reports: true, registrations: false, every: 30_000 },
      federation: { allowPrivateAddresses: false },
      maxCommandAge: 300_000,
      logLevel: 'info',
      health: { host: '127.0.0.1' },
    });
    for (const key of ['adminRoom', 'host', 'logFile']) expect(config).not.toHaveProperty(key);
    expect(config.health.port).toBeUndefined();
    expect(config.confirm.twoPerson).toBeUndefined();
  });

  test('may name every key', () => {
    const config = load({
      homeserverUrl: 'https://matrix.example.org/',
      clientUrl: 'https://chat.example.org',
      accessTokenFile: 'bot.token',
      adminRoom: '#admins:example.org:8448',
      prefix: '!ops',
      output: 'json',
      admins: ['@ann:example.org'],
      roles: { '@bob:example.org': 'viewer' },
      dataDir: '/var/lib/castellan',
      backend: {
        type: 'synapse',
        url: 'http://10.0.0.1:8008',
        mediaUrl: 'http://10.0.0.2',
        adminPath: '/a',
        timeout: '2m',
      },
      host: {
        configFiles: ['homeserver.yaml'],
        dropIn: '/etc/drop.yaml',
        appserviceDir: 'as',
        commands: { restart: ['systemctl', 'restart', 'synapse'], reload: ['a'], stop: ['b'], check: ['c'] },
        healthUrl: 'http://localhost:8008/health',
        metricsUrl: 'http://localhost:9000/_synapse/metrics',
        timeout: '90s',
      },
      confirm: { ttl: '1h30m', twoPerson: 10 },
      secrets: { delivery: 'none', redactAfter: '1d' },
      jobs: { concurrency: 8, hashing: 1, join: 4, deactivate: 2, purge: 3 },
      notify: { reports: false, registrations: true, every: '5m' },
      federation: { allowPrivateAddresses: true },
      maxCommandAge: '1m',
      logLevel: 'debug',
      logFile: 'bot.log',
      health: { port: 9090, host: '::1' },
    });
    expect(config.homeserverUrl).toBe('https://matrix.example.org');
    expect(config.backend.timeout).toBe(120_000);
    expect(config.confirm).toEqual({ ttl: 5_400_000, twoPerson: 10 });
    expect(config.dataDir).toBe('/var/lib/castellan');
    expect(config.logFile).toBe(join(folder, 'bot.log'));
    expect(config.host?.configFiles).toEqual([join(folder, 'homeserver.yaml')]);
    expect(config.host?.appserviceDir).toBe(join(folder, 'as'));
  });

  test('reads a relay', () => {
    const backend = { type: 'relay', dialect: 'palpo', room: '!abc', prefix: '!admin', serverUser: '@palpo:x.org' };
    expect(load({ accessTokenFile: 'bot.token', backend }).backend).toMatchObject({ ...backend, timeout: 60_000 });
  });

  test('takes the token of the environment before the file', () => {
    expect(load({ accessTokenFile: 'absent' }, { CASTELLAN_ACCESS_TOKEN: 'other' }).accessToken()).toBe('other');
    expect(load({}, { CASTELLAN_ACCESS_TOKEN: 'other' }).accessToken()).toBe('other');
  });

  test('shows the token in no print, copy or JSON of it', () => {
    const config = load({ accessTokenFile: 'bot.token' });
    for (const shown of [
      inspect(config, { depth: 9, showHidden: true }),
      JSON.stringify(config),
      String(config),
      inspect({ ...config }),
    ])
      expect(shown).not.toContain(token);
  });
});

describe('a configuration that is wrong', () => {
  test('lists all its faults at once, each with its key and what is expected', () => {
    const lines = faults({
      homeserverUrl: 'matrix.example.org',
      clientUrl: 'https://user:pass@example.org',
      adminRoom: 'admins',
      prefix: 'a b',
      output: 'yaml',
      admins: ['alice'],
      roles: { bob: 'viewer', '@bob:x.org': 'boss' },
      dataDir: '',
      backend: { type: 'dendrite' },
      host: { commands: { restart: 'systemctl restart synapse' } },
      confirm: { ttl: '5 minutes' },
      secrets: { redactAfter: 15 },
      jobs: { hashing: 0 },
      notify: { reports: 'yes' },
      maxCommandAge: '0s',
      logLevel: 'loud',
      health: { port: 70000 },
    });
    const keys = lines.map((line) => line.slice(0, line.indexOf(': ')));
    expect(keys).toEqual([
      'homeserverUrl',
      'clientUrl',
      'adminRoom',
      'prefix',
      'output',
      'admins.0',
      'roles.bob',
      'roles.@bob:x.org',
      'dataDir',
      'backend.type',
      'host.commands.restart',
      'confirm.ttl',
      'secrets.redactAfter',
      'jobs.hashing',
      'notify.reports',
      'maxCommandAge',
      'logLevel',
      'health.port',
      'accessTokenFile',
    ]);
    for (const line of lines) expect(line).toMatch(/expected/);
  });

  test.each([
    [
      '',
      { homeserverURL: 'x' },
      'homeserverURL: unknown key, perhaps "homeserverUrl" was meant; known here: homeserverUrl,',
    ],
    [
      'backend',
      { backend: { type: 'synapse', uri: 'x' } },
      'backend.uri: unknown key, perhaps "url" was meant; known here: type, url,',
    ],
    ['a relay', { backend: { type: 'relay', dialect: 'palpo', url: 'x' } }, 'backend.url: unknown key'],
    ['host', { host: { sudo: true } }, 'host.sudo: unknown key; known here: configFiles,'],
    ['host.commands', { host: { commands: { kill: [] } } }, 'host.commands.kill: unknown key'],
    ['confirm', { confirm: { a: 1 } }, 'confirm.a: unknown key'],
    ['secrets', { secrets: { a: 1 } }, 'secrets.a: unknown key'],
    ['jobs', { jobs: { a: 1 } }, 'jobs.a: unknown key'],
    ['notify', { notify: { a: 1 } }, 'notify.a: unknown key'],
    ['federation', { federation: { a: 1 } }, 'federation.a: unknown key'],
    ['health', { health: { a: 1 } }, 'health.a: unknown key'],
  ])('has no unknown key at any level: %s', (_where, content, begins) => {
    const lines = faults({ accessTokenFile: 'bot.token', ...content });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.startsWith(begins), lines[0]).toBe(true);
  });

  test('repeats no value, since a secret may stand in the wrong place', () => {
    const lines = faults({
      accessTokenFile: 'bot.token',
      homeserverUrl: token,
      adminRoom: token,
      admins: [token],
      logLevel: token,
      accessToken: token,
    });
    expect(lines).toHaveLength(5);
    expect(lines.join('\n')).not.toContain(token);
  });

  test.each([
    ['{ "a": 1,\n  "b": tru }', 'line 2, column 8: this is not JSON'],
    ['{\n  "prefix": "!admin",\n}', 'line 3, column 1: this is not JSON'],
    ['', 'line 1, column 1: this is not JSON'],
    ['{"a": "b"', 'line 1, column 10: this is not JSON'],
    ['{"a": "b}\n', 'line 1, column 7: this is not JSON'],
    ['{"a": 01}', 'line 1, column 8: this is not JSON'],
    ['{} {}', 'line 1, column 4: this is not JSON'],
    ["{'a': 1}", 'line 1, column 2: this is not JSON'],
    ['{ // a comment\n}', 'line 1, column 3: this is not JSON'],
  ])('says where it stops being JSON: %j', (text, line) => {
    expect(faults(text)).toEqual([line]);
  });

  test.each(['null', '[]', '"x"', '3'])('is no object but %s', (text) => {
    expect(faults(text)[0]).toBe('the file: has the wrong type, expected an object in { }');
  });

  test('is not there', () => {
    expect(() => loadConfig(join(folder, 'absent.json'), {})).toThrow(/absent\.json.*\n.*there is no such file/);
  });
});

describe('a token file', () => {
  test.each(['0640', '0604', '0620', '0644'])('of mode %s is refused, and the way to mend it named', (mode) => {
    const lines = faults({ accessTokenFile: 'bot.token' }, {}, Number.parseInt(mode, 8));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`accessTokenFile: ${join(folder, 'bot.token')} is open to others (mode ${mode})`);
    expect(lines[0]).toContain(`chmod 600 ${join(folder, 'bot.token')}`);
    expect(lines[0]).not.toContain(token);
  });

  test.each(['0600', '0400'])('of mode %s is read', (mode) => {
    expect(faults({ accessTokenFile: 'bot.token' }, {}, Number.parseInt(mode, 8))).toEqual([]);
  });

  test('has its faults told with those of the rest', () => {
    const lines = faults({ accessTokenFile: 'absent', logLevel: 'loud' });
    expect(lines).toHaveLength(2);
    expect(lines[1]).toBe(`accessTokenFile: ${join(folder, 'absent')} cannot be read: there is no such file`);
  });

  test('must hold one word', () => {
    const file = write({ accessTokenFile: 'bot.token' });
    writeFileSync(join(folder, 'bot.token'), 'two words\n');
    expect(() => loadConfig(file, {})).toThrow(/holds no token/);
  });
});

test('the configurations that the README shows for each dialect are right', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = readme
    .split('```json\n')
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf('```')));
  const shown = blocks
    .filter((json) => json.includes('"relay"'))
    .map((json) => json.replace('castellan.token', 'bot.token'));
  const dialects = shown
    .map((json) => load(json).backend)
    .map((backend) => backend.type === 'relay' && backend.dialect);
  expect(dialects).toEqual(['conduit', 'continuwuity', 'tuwunel', 'palpo']);
});
