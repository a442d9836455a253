import { hash } from 'node:crypto';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { AuditVerdict } from '../../src/store/store.ts';
import { alice, auditEntry } from './samples.ts';
import { makeStore } from './store-file.ts';

/** Ten records, edited by `edit` past the store and its triggers, and what the store then says. */
function verdictAfter(edit: (db: Database.Database) => void): AuditVerdict {
  const { store, path } = makeStore();
  for (let n = 1; n <= 10; n += 1) store.audit.append(auditEntry(`$e${n}`, { targets: [`@t${n}:one.test`, alice] }));
  const db = new Database(path);
  const triggers = db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.pragma('foreign_keys = OFF');
  edit(db);
  db.close();
  return store.audit.verify();
}

/** Writes a record's text anew and, as a forger would, its hash with it. */
function rewrite(db: Database.Database, seq: number, change: (record: Record<string, unknown>) => void): void {
  const text = db.prepare<[number], string>('SELECT record FROM audit WHERE seq = ?').pluck().get(seq) ?? '{}';
  const record = JSON.parse(text);
  change(record);
  const next = JSON.stringify(record);
  db.prepare('UPDATE audit SET record = ?, hash = ? WHERE seq = ?').run(next, hash('sha256', next), seq);
}

const moveBy = (db: Database.Database, condition: string, by: number) => {
  // Over negative numbers, since a number is never there twice, also for a moment.
  db.exec(`UPDATE audit SET seq = -seq WHERE ${condition}; UPDATE audit SET seq = -seq + (${by}) WHERE seq < 0`);
  db.exec(
    `UPDATE audit_target SET seq = -seq WHERE ${condition}; UPDATE audit_target SET seq = -seq + (${by}) WHERE seq < 0`,
  );
};

test('each record holds the hash of the one before, and its own over its sorted text', () => {
  const { store, time } = makeStore();
  const first = store.audit.append(auditEntry('$a', { plan: 'K7', outcome: 'done', detail: { b: 1, a: [null, 'x'] } }));
  time.now += 5;
  const second = store.audit.append(auditEntry('$b', { kind: 'note', input: null, targets: [] }));
  expect(first).toEqual({
    ...auditEntry('$a', { plan: 'K7', outcome: 'done', detail: { b: 1, a: [null, 'x'] } }),
    seq: 1,
    at: 1_000_000,
    previous: '0'.repeat(64),
    hash: hash(
      'sha256',
      `{"actor":"${alice}","at":1000000,"command":"user deactivate","detail":{"a":[null,"x"],"b":1},"input":{"username":"bob"},"kind":"intent","outcome":"done","plan":"K7","previous":"${'0'.repeat(64)}","seq":1,"source":"$a","targets":["@bob:one.test"]}`,
    ),
  });
  expect(second).toMatchObject({ seq: 2, at: 1_000_005, previous: first.hash });
  expect(store.audit.get(1)).toEqual(first);
  expect(store.audit.get(3)).toBeUndefined();
  expect(store.audit.verify()).toEqual({ records: 2, head: { seq: 2, hash: second.hash }, firstBad: undefined });
});

test('an empty trail is in order', () => {
  const { store } = makeStore();
  expect(store.audit.verify()).toEqual({ records: 0, head: undefined, firstBad: undefined });
  expect(store.audit.verify([{ seq: 1, hash: 'x' }]).firstBad).toEqual({ seq: 1, why: 'missing' });
});

test('records are listed newest first, by actor, command, target and time, page by page', () => {
  const { store, time } = makeStore();
  const add = (actor: string, command: string, targets: string[]) => {
    time.now += 10;
    store.audit.append(auditEntry('$e', { actor, command, targets }));
  };
  add('@a:x', 'user lock', ['@1:x']);
  add('@b:x', 'user lock', ['@1:x', '@2:x', '@1:x']);
  add('@a:x', 'room delete', ['!r:x']);
  add('@a:x', 'user lock', ['@2:x']);
  const found = (filter: object, limit = 10, from = 0) =>
    store.audit.list({ limit, from, ...filter }).map((record) => record.seq);
  expect(found({})).toEqual([4, 3, 2, 1]);
  expect(found({}, 2, 1)).toEqual([3, 2]);
  expect(found({ actor: '@a:x' })).toEqual([4, 3, 1]);
  expect(found({ command: 'user lock' })).toEqual([4, 2, 1]);
  expect(found({ target: '@1:x' })).toEqual([2, 1]);
  expect(found({ target: '@2:x', actor: '@a:x' })).toEqual([4]);
  expect(found({ since: 1_000_020, until: 1_000_030 })).toEqual([3, 2]);
  expect(found({ target: '@1:x', command: 'user lock', until: 1_000_010 })).toEqual([1]);
  expect(found({ actor: '@c:x' })).toEqual([]);
});

test('text with quotes, control characters, NUL and broken surrogates is kept and verifies', () => {
  const { store } = makeStore();
  const odd = 'a"b\\c\n\u0000\u202e\u{1f600}';
  store.audit.append(auditEntry(odd, { actor: odd, targets: [odd, 'half \ud83d'], input: { [odd]: 'half \ud83d' } }));
  expect(store.audit.verify().firstBad).toBeUndefined();
  expect(store.audit.list({ target: odd, limit: 1, from: 0 })[0]).toMatchObject({ actor: odd, source: odd });
  expect(store.audit.get(1)?.targets).toEqual([odd, 'half \ufffd']);
});

test('the database itself refuses to change or remove a record, or to leave a gap', () => {
  const { store, path } = makeStore();
  store.audit.append(auditEntry('$a'));
  const db = new Database(path);
  for (const sql of [
    "UPDATE audit SET actor = 'x'",
    'DELETE FROM audit',
    "INSERT OR REPLACE INTO audit (seq, at, actor, command, hash, record) VALUES (1, 1, 'x', 'x', 'x', 'x')",
    "INSERT INTO audit (seq, at, actor, command, hash, record) VALUES (3, 1, 'x', 'x', 'x', 'x')",
    "UPDATE audit_target SET target = 'x'",
    'DELETE FROM audit_target',
  ]) {
    expect(() => db.exec(sql), sql).toThrow(/append-only|no gaps/);
  }
  db.close();
});

test('a trail that was left alone is in order', () => {
  expect(verdictAfter(() => {})).toMatchObject({ records: 10, head: { seq: 10 }, firstBad: undefined });
});

test.each<[string, (db: Database.Database) => void, AuditVerdict['firstBad']]>([
  [
    'a changed text',
    (db) => db.exec(`UPDATE audit SET record = replace(record, 'bob', 'eve') WHERE seq = 5`),
    { seq: 5, why: 'altered' },
  ],
  ['a changed hash', (db) => db.exec(`UPDATE audit SET hash = 'x' WHERE seq = 5`), { seq: 5, why: 'altered' }],
  [
    'a changed actor to search by',
    (db) => db.exec(`UPDATE audit SET actor = '@x:y' WHERE seq = 5`),
    { seq: 5, why: 'altered' },
  ],
  [
    'a changed command to search by',
    (db) => db.exec(`UPDATE audit SET command = 'help' WHERE seq = 5`),
    { seq: 5, why: 'altered' },
  ],
  ['a changed time to search by', (db) => db.exec('UPDATE audit SET at = 1 WHERE seq = 5'), { seq: 5, why: 'altered' }],
  [
    'a target that is not found any more',
    (db) => db.exec(`DELETE FROM audit_target WHERE target = '@t5:one.test'`),
    { seq: 5, why: 'altered' },
  ],
  [
    'a changed target',
    (db) => db.exec(`UPDATE audit_target SET target = '@x:y' WHERE target = '@t5:one.test'`),
    { seq: 5, why: 'altered' },
  ],
  [
    'a text that is no record',
    (db) =>
      rewrite(db, 5, (record) => {
        record.targets = 5;
      }),
    { seq: 5, why: 'altered' },
  ],
  [
    'a record rewritten with its hash',
    (db) =>
      rewrite(db, 5, (record) => {
        record.actor = alice;
        record.outcome = 'done';
      }),
    { seq: 5, why: 'altered' },
  ],
  [
    'a record rewritten to follow another',
    (db) =>
      rewrite(db, 5, (record) => {
        record.previous = 'x';
      }),
    { seq: 5, why: 'out of order' },
  ],
  ['a deleted record', (db) => db.exec('DELETE FROM audit WHERE seq = 5'), { seq: 5, why: 'missing' }],
  ['a deleted first record', (db) => db.exec('DELETE FROM audit WHERE seq = 1'), { seq: 1, why: 'missing' }],
  [
    'a deleted record whose followers moved up',
    (db) => {
      db.exec('DELETE FROM audit_target WHERE seq = 5; DELETE FROM audit WHERE seq = 5');
      moveBy(db, 'seq > 5', -1);
    },
    { seq: 5, why: 'out of order' },
  ],
  [
    'an inserted record',
    (db) => {
      moveBy(db, 'seq >= 5', 1);
      db.exec(`INSERT INTO audit SELECT 5, at, actor, command, hash, record FROM audit WHERE seq = 2`);
    },
    { seq: 5, why: 'out of order' },
  ],
  [
    'an inserted record made to follow',
    (db) => {
      moveBy(db, 'seq >= 5', 1);
      db.exec(`INSERT INTO audit SELECT 5, at, actor, command, hash, record FROM audit WHERE seq = 2;
      INSERT INTO audit_target SELECT target, 5 FROM audit_target WHERE seq = 2`);
      const before = db.prepare<[], string>('SELECT hash FROM audit WHERE seq = 4').pluck().get();
      rewrite(db, 5, (record) => {
        record.seq = 5;
        record.previous = before;
      });
    },
    { seq: 6, why: 'out of order' },
  ],
  [
    'two records that changed places',
    (db) =>
      db.exec(
        'UPDATE audit SET seq = 99 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 99',
      ),
    { seq: 5, why: 'out of order' },
  ],
  [
    'two records that changed places, rewritten with their hashes',
    (db) => {
      db.exec(
        'UPDATE audit SET seq = 99 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 99',
      );
      for (const seq of [5, 6])
        rewrite(db, seq, (record) => {
          record.seq = seq;
        });
    },
    { seq: 5, why: 'out of order' },
  ],
  ['an end cut off in haste', (db) => db.exec('DELETE FROM audit WHERE seq > 8'), { seq: 9, why: 'missing' }],
])('verify finds %s', (_, edit, firstBad) => {
  expect(verdictAfter(edit).firstBad).toEqual(firstBad);
});

test('an end cut off with care, or rewritten, is found by an anchor from outside only', () => {
  const { store, path } = makeStore();
  const records = Array.from({ length: 10 }, (_, n) => store.audit.append(auditEntry(`$e${n}`)));
  const [eighth, tenth] = [records[7], records[9]];
  if (eighth === undefined || tenth === undefined) throw new Error('ten records are there');
  expect(store.audit.verify([tenth]).firstBad).toBeUndefined();
  const db = new Database(path);
  db.exec('DROP TRIGGER audit_no_delete; DROP TRIGGER audit_target_no_delete');
  db.exec('DELETE FROM audit_target WHERE seq > 8; DELETE FROM audit WHERE seq > 8');
  db.close();
  expect(store.audit.verify()).toEqual({ records: 8, head: { seq: 8, hash: eighth.hash }, firstBad: undefined });
  expect(store.audit.verify([eighth]).firstBad).toBeUndefined();
  expect(store.audit.verify([tenth]).firstBad).toEqual({ seq: 9, why: 'missing' });
  store.audit.append(auditEntry('$x'));
  store.audit.append(auditEntry('$y'));
  expect(store.audit.verify().firstBad).toBeUndefined();
  expect(store.audit.verify([tenth]).firstBad).toEqual({ seq: 10, why: 'altered' });
});
