import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MatrixFault } from '../src/http.ts';
import { createLog, errorFields, type LogFields } from '../src/log.ts';

const token = 'syt_"secret"_token';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-log-'));
  file = join(folder, 'bot.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => createLog({ level: 'info', file, secrets: [token] });
const text = () => readFileSync(file, 'utf8');
const lines = () =>
  text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a line is JSON with level, time, message and the fields given', () => {
  open().info({ component: 'sync', roomId: '!a:b', count: 3 }, 'caught up');
  expect(lines()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      component: 'sync',
      roomId: '!a:b',
      count: 3,
      msg: 'caught up',
    },
  ]);
});

test('a field that is not on the list is dropped, also from a child and from inside a field', () => {
  const fields = {
    body: 'geheim',
    password: 'geheim',
    userId: '@a:b',
    command: { input: 'geheim' },
    err: new Error('geheim'),
  };
  const log = open().child({ component: 'x', ...fields } as unknown as LogFields);
  log.warn(fields as unknown as LogFields, 'said');
  expect(text()).not.toContain('geheim');
  expect(lines()[0]).toEqual({ level: 'warn', time: expect.anything(), component: 'x', userId: '@a:b', msg: 'said' });
});

test('the token is replaced wherever it stands', () => {
  open().error({ code: `x ${token}` }, `sent ${token} twice: ${token}`);
  expect(text()).not.toContain('secret');
  expect(lines()[0]).toMatchObject({ code: 'x [redacted]', msg: 'sent [redacted] twice: [redacted]' });
});

test('the file is for its owner only, also one that was open before', () => {
  writeFileSync(file, '', { mode: 0o644 });
  open().info({}, 'first');
  open().info({}, 'second');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(lines().map(({ msg }) => msg)).toEqual(['first', 'second']);
});

test('what is below the level is not written', () => {
  const log = open();
  log.debug({}, 'fine');
  log.error({}, 'coarse');
  expect(lines().map(({ msg }) => msg)).toEqual(['coarse']);
});

test('of an error its kind and place are logged, and its message only where nothing from outside is in it', () => {
  const parse = () => JSON.parse('my secret');
  let syntax: unknown;
  try {
    parse();
  } catch (error) {
    syntax = error;
  }
  const told = errorFields(syntax);
  expect(told.error).toBe('SyntaxError');
  expect(told.frames).toContain('log.test.ts');
  expect(JSON.stringify(told)).not.toContain('my secret');
  expect(errorFields(new MatrixFault(403, 'M_FORBIDDEN', 'no entry'))).toMatchObject({
    status: 403,
    errcode: 'M_FORBIDDEN',
  });
  expect(JSON.stringify(errorFields(new MatrixFault(403, 'M_FORBIDDEN', 'no\n    at entry')))).not.toContain('entry');
  expect(errorFields(new TypeError('x is not a function')).error).toBe('TypeError: x is not a function');
  expect(errorFields('thrown text')).toEqual({ error: 'string' });
});
