import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { Problem } from '../../src/core/problem.ts';
import { createAudit } from '../../src/store/audit.ts';
import { connect } from '../../src/store/connection.ts';
import { migrate } from '../../src/store/migrate.ts';
import { migrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/open.ts';
import { start } from './processes.ts';
import { auditEntry, inboxEvent } from './samples.ts';
import { makeStore, storeFile } from './store-file.ts';

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

function problemOf(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('the folder and every file of the store are for their owner only', () => {
  const umask = process.umask(0);
  onTestFinished(() => void process.umask(umask));
  const { store, path } = makeStore();
  store.values.set('a', 'b');
  expect(mode(dirname(path))).toBe('700');
  expect(
    readdirSync(dirname(path))
      .sort()
      .map((name) => [name, mode(join(dirname(path), name))]),
  ).toEqual([
    ['castellan.db', '600'],
    ['castellan.db-lock', '600'],
    ['castellan.db-shm', '600'],
    ['castellan.db-wal', '600'],
  ]);
});

test('files that others could read are made private again', () => {
  const { store, path } = makeStore();
  store.values.set('a', 'b');
  for (const file of [path, `${path}-wal`, `${path}-shm`]) chmodSync(file, 0o644);
  makeStore(path);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(mode(file)).toBe('600');
});

test('a store is opened with the settings that durability rests on', () => {
  const { db } = connect(storeFile(), { clock: () => 0 });
  const settings = ['journal_mode', 'synchronous', 'secure_delete', 'foreign_keys', 'busy_timeout'];
  expect(settings.map((name) => db.pragma(name, { simple: true }))).toEqual(['wal', 2, 1, 1, 5000]);
  db.close();
});

test('a closed store is one file, and its log is empty where another has it open', () => {
  const { store, path } = makeStore();
  const { store: other } = makeStore(path);
  store.values.set('a', 'b');
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  store.close();
  store.close();
  expect(statSync(`${path}-wal`).size).toBe(0);
  other.close();
  expect(existsSync(`${path}-wal`)).toBe(false);
  expect(makeStore(path).store.values.get('a')).toBe('b');
});

test('a store that is open twice in a process keeps its log while another process comes and goes', async () => {
  const { store, path } = makeStore();
  makeStore(path);
  const reader = () => start('value-reader.ts', path, 'a');
  expect(await reader().ended()).toBe(0);
  store.values.set('a', 'b');
  const second = reader();
  await second.ended();
  expect(second.lines).toEqual(['b']);
});

test('what was deleted, or was in an event beyond its ids, is found in no file', () => {
  const { store, path } = makeStore();
  const canary = 'correct-horse-battery-staple';
  const event = { ...inboxEvent('$a'), body: canary, content: { body: canary } };
  store.inbox.receive(event);
  store.values.set('a', canary);
  store.values.delete('a');
  store.close();
  for (const name of readdirSync(dirname(path))) {
    expect(readFileSync(join(dirname(path), name)).includes(canary), name).toBe(false);
  }
  expect(readFileSync(path).includes('$a')).toBe(true);
});

test('an empty file gets the whole schema, step by step', () => {
  const path = storeFile();
  mkdirSync(dirname(path));
  const db = new Database(path);
  migrate(db, path, ['CREATE TABLE one (a)']);
  expect(db.pragma('user_version', { simple: true })).toBe(1);
  migrate(db, path, ['CREATE TABLE one (a)', 'ALTER TABLE one ADD COLUMN b; INSERT INTO one VALUES (1, 2)']);
  migrate(db, path, ['CREATE TABLE one (a)', 'ALTER TABLE one ADD COLUMN b; INSERT INTO one VALUES (1, 2)']);
  expect(db.pragma('user_version', { simple: true })).toBe(2);
  expect(db.prepare('SELECT * FROM one').all()).toEqual([{ a: 1, b: 2 }]);
  db.close();
});

test('a migration that fails leaves nothing of itself', () => {
  const path = storeFile();
  mkdirSync(dirname(path));
  const db = new Database(path);
  expect(() => migrate(db, path, ['CREATE TABLE one (a)', 'CREATE TABLE two (a); nonsense'])).toThrow(/nonsense/);
  expect(db.pragma('user_version', { simple: true })).toBe(1);
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()).toEqual(['one']);
  db.close();
});

test('a database of a newer version is refused and left as it is', () => {
  const { store, path } = makeStore();
  store.close();
  const db = new Database(path);
  db.pragma(`user_version = ${migrations.length + 1}`);
  db.close();
  const problem = problemOf(() => openStore(path, { clock: () => 0 }));
  expect(problem.code).toBe('conflict');
  expect(problem.message).toContain(`schema ${migrations.length + 1}`);
  expect(problemOf(() => openStore(path, { clock: () => 0, readonly: true })).code).toBe('conflict');
});

test('a store opened to read takes no write', () => {
  const { store, path } = makeStore();
  store.values.set('a', 'b');
  const reader = openStore(path, { clock: () => 0, readonly: true });
  onTestFinished(() => reader.close());
  expect(reader.values.get('a')).toBe('b');
  expect(problemOf(() => reader.values.set('a', 'c')).code).toBe('unavailable');
  expect(problemOf(() => reader.audit.append(auditEntry('$a'))).message).toContain('cannot be written');
  store.values.set('a', 'd');
  expect(reader.values.get('a')).toBe('d');
  expect(problemOf(() => openStore(storeFile(), { clock: () => 0, readonly: true })).code).toBe('not-found');
});

test('a full disk is said in words, and the trail stays in order', () => {
  const connection = connect(storeFile(), { clock: () => 0 });
  const audit = createAudit(connection);
  audit.append(auditEntry('$a'));
  const pages = Number(connection.db.pragma('page_count', { simple: true }));
  connection.db.pragma(`max_page_count = ${pages}`);
  const problem = problemOf(() => audit.append(auditEntry('$b', { detail: 'x'.repeat(10_000) })));
  expect(problem.code).toBe('unavailable');
  expect(problem.message).toContain('cannot be written');
  expect(audit.verify()).toMatchObject({ records: 1, firstBad: undefined });
  connection.db.pragma(`max_page_count = ${pages + 100}`);
  expect(audit.append(auditEntry('$b')).seq).toBe(2);
  connection.db.close();
});

test('a store that another connection is writing to waits, and a write that gets no turn is said in words', () => {
  const connection = connect(storeFile(), { clock: () => 0 });
  const other = new Database(connection.db.name);
  connection.db.pragma('busy_timeout = 0');
  const audit = createAudit(connection);
  other.exec('BEGIN IMMEDIATE');
  expect(problemOf(() => audit.append(auditEntry('$a'))).code).toBe('unavailable');
  other.exec('ROLLBACK');
  other.close();
  expect(audit.append(auditEntry('$a')).seq).toBe(1);
  connection.db.close();
});

test('a file that is no database, and a folder that cannot be made, are said in words', () => {
  const path = storeFile();
  mkdirSync(dirname(path));
  writeFileSync(path, 'not a database, but long enough to look like one\n'.repeat(100));
  expect(problemOf(() => openStore(path, { clock: () => 0 })).message).toContain('damaged');
  expect(readFileSync(path, 'utf8')).toContain('not a database');
  expect(problemOf(() => openStore(join(path, 'in', 'a.db'), { clock: () => 0 })).code).toBe('unavailable');
});
