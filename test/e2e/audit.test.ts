import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';
import { column } from './tables.ts';

describeWithSynapse('the audit trail', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'audit' });
    room = await openAdminRoom(server);
    for (const name of ['ann', 'ben', 'cas', 'dan']) await room.ask(`create-user ${name} typed-in-${name}-1`);
    await room.ask('user lock ann');
    await room.ask('user unlock ann');
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });
  const path = () => join(room.dataDir, 'castellan.db');
  const user = (name: string) => `@${name}:${server.serverName}`;

  /** Stops the bot, changes the file as somebody with a shell can, and starts it again. */
  async function tampered<T>(change: (db: Database.Database) => void, look: () => Promise<T>): Promise<T> {
    await room.bot().kill();
    const kept = `${path()}.kept`;
    const db = new Database(path());
    db.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(path(), kept);
    for (const { name } of db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all() as {
      name: string;
    }[])
      db.exec(`DROP TRIGGER ${name}`);
    db.pragma('foreign_keys = OFF');
    change(db);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    await room.start();
    try {
      return await look();
    } finally {
      await room.bot().kill();
      for (const side of ['', '-wal', '-shm']) rmSync(`${path()}${side}`, { force: true });
      copyFileSync(kept, path());
      rmSync(kept);
      await room.start();
    }
  }

  test('an act has an intent before it and an outcome after it, without its secret', async () => {
    const records = JSON.parse(
      /```json\n([\s\S]*)\n```/.exec(await room.ask(`audit list --target ${user('ann')} -r -o json`))?.[1] ?? '[]',
    );
    expect(records.map((one: { kind: string; command: string }) => `${one.kind} ${one.command}`)).toEqual([
      'intent user create-user',
      'outcome user create-user',
      'intent user lock',
      'outcome user lock',
      'intent user unlock',
      'outcome user unlock',
    ]);
    expect(JSON.stringify(records)).not.toContain('typed-in');
  });

  test('list filters by user, command, target and time, and pages', async () => {
    expect(await room.ask('audit list --command "user lock"')).toContain('2 records');
    expect(await room.ask(`audit list --user ${room.admin.userId} --limit 3`)).toContain('1–3 of 12');
    expect(await room.ask(`audit list --target ${user('nobody')}`)).toContain('no such record');
    // As people type: without the server, by another name, in another case.
    const numbers = async (target: string) => column(await room.ask(`audit list --target ${target}`), 'No.');
    expect(await numbers('ann')).toEqual(await numbers(user('ann')));
    expect(await room.ask('audit list --target @ann')).toContain('6 records');
    for (const name of ['"User Create_User"', 'create-user', '"users create"'])
      expect(await room.ask(`audit list --command ${name}`)).toContain('8 records');
    expect(await room.ask('audit list --command "user lokc"')).toMatch(/❌ There is no command .*user lokc/);
    expect(await room.ask('audit list --since 2020-01-01 --until 2020-02-01')).toContain('no such record');
    expect(await room.ask('audit list --since 2020-01-01 --until 2100-01-01')).toContain('12 records');
    // The moment of one of them: both sides hold it.
    const times = fromStore(room.dataDir, 'SELECT seq, at FROM audit ORDER BY seq');
    const at = Number(times[8]?.at);
    const from = times.filter((one) => Number(one.at) >= at).map(({ seq }) => String(seq));
    const before = times.filter((one) => Number(one.at) <= at).map(({ seq }) => String(seq));
    expect(from.length).toBeLessThan(12);
    expect(before.length).toBeLessThan(12);
    expect(column(await room.ask(`audit list -r --since ${at}`), 'No.')).toEqual(from);
    expect(column(await room.ask(`audit list -r --until ${at}`), 'No.')).toEqual(before);
    expect(await room.ask('audit list --since 2021-01-01 --until 2020-02-01')).toContain('must lie before');
    const first = await room.ask('audit list --limit 1');
    expect(first).toContain('user unlock');
    expect(await room.ask('audit list --limit 1 -r')).toContain('user create-user');
  });

  test('show tells all of one record', async () => {
    const one = await room.ask('audit show 1');
    expect(one).toContain('user create-user');
    expect(one).toContain(user('ann'));
    expect(one).toMatch(/[0-9a-f]{64}/);
    expect(await room.ask('audit show 4000')).toContain('no record 4000');
    expect(await room.ask('audit show x')).toContain('❌');
  });

  test('export gives one record a line, oldest first', async () => {
    const eventId = await room.admin.send(room.roomId, '!admin audit export');
    await room.answerTo(eventId);
    const file = await room.admin.waitForEvent(
      room.roomId,
      (event) => event.content.msgtype === 'm.file' && event.content['dev.castellan.for'] === eventId,
    );
    const text = Buffer.from(await room.admin.download(String(file.content.url))).toString();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, at) => at + 1));
    expect(text).not.toContain('typed-in');
  });

  test('verify finds it in order, and anchored by the answers in the room', async () => {
    expect(await room.ask('audit verify')).toMatch(
      /records are in order\. [\d,]+ answers of mine in this room fit to it, up to record 12/,
    );
  });

  const changes: readonly (readonly [string, (db: Database.Database) => void, RegExp])[] = [
    [
      'altered',
      (db) => db.exec(`UPDATE audit SET record = replace(record, 'ben', 'bob') WHERE seq = 3`),
      /Record 3 is \*\*altered/,
    ],
    [
      'taken out',
      (db) => db.exec('DELETE FROM audit WHERE seq = 5; DELETE FROM audit_target WHERE seq = 5'),
      /Record 5 is \*\*missing/,
    ],
    [
      'put in',
      (db) => db.exec(`INSERT INTO audit SELECT max(seq) + 1, at, actor, command, hash, record FROM audit`),
      /Record 13 is/,
    ],
    [
      'changed places',
      (db) =>
        db.exec(
          'UPDATE audit SET seq = 1000 WHERE seq = 7; UPDATE audit SET seq = 7 WHERE seq = 8; UPDATE audit SET seq = 8 WHERE seq = 1000',
        ),
      /Record 7 is/,
    ],
    [
      'cut off with care',
      (db) => db.exec('DELETE FROM audit_target WHERE seq > 8; DELETE FROM audit WHERE seq > 8'),
      /Record 9 is \*\*missing/,
    ],
  ];
  test.each(changes)('verify finds a record that was %s', async (_, change, expected) => {
    expect(await tampered(change, () => room.ask('audit verify'))).toMatch(expected);
  });

  test('verify finds a trail that was written anew as a whole, by what the room says of it', async () => {
    const answer = await tampered(rewriteAll, () => room.ask('audit verify'));
    expect(answer).toMatch(/Record 4 is \*\*altered/);
  });

  function rewriteAll(db: Database.Database): void {
    const rows = db.prepare('SELECT record FROM audit ORDER BY seq').all() as { record: string }[];
    db.exec('DELETE FROM audit_target; DELETE FROM audit');
    db.close();
    let now = 0;
    const store = openStore(path(), { clock: () => now });
    for (const { record } of rows) {
      const { seq: _, at, previous: __, ...entry } = JSON.parse(record.replaceAll('ben', 'bob'));
      now = at;
      store.audit.append(entry);
    }
    expect(store.audit.verify().firstBad).toBeUndefined();
    store.close();
    const again = new Database(path());
    Object.assign(db, { pragma: again.pragma.bind(again), close: again.close.bind(again) });
  }

  test('left alone it is in order again', async () => {
    expect(await room.ask('audit verify')).toContain('in order');
    expect(readFileSync(path()).length).toBeGreaterThan(0);
  });

  test('two processes that write at once make one chain', async () => {
    const stores = [openStore(path(), { clock: Date.now }), openStore(path(), { clock: Date.now })];
    for (let n = 0; n < 50; n += 1) {
      for (const store of stores)
        store.audit.append({ kind: 'note', actor: 'x', source: '$x', command: 'x', input: null, targets: [] });
    }
    for (const store of stores) store.close();
    expect(await room.ask('audit verify')).toContain('in order');
  });

  test('viewers and moderators do not read it', async () => {
    room.configure({ roles: { [room.admin.userId]: 'moderator' } });
    await room.bot().kill();
    await room.start();
    for (const line of [
      'audit list',
      'audit show 1',
      'audit verify',
      'audit export',
      'bot backup',
      'bot config',
      'bot doctor',
    ])
      expect(await room.ask(line)).toContain('needs the role admin');
  });
});
