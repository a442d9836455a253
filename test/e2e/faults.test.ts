import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedOutcome, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';
import { answered, answersTo, fence } from './answered.ts';
import { emptyDisk, fillDisk } from './fill-disk.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;
const hook = fileURLToPath(new URL('./clock-hook.ts', import.meta.url));
const html = '<html><body>Bad Gateway</body></html>';

/** A command of each class, and the one request with which it acts. */
const classes = [
  { name: 'read', line: 'user details NAME', method: 'GET', path: '/v2/users/', column: undefined },
  { name: 'write', line: 'user lock NAME', method: 'PUT', path: '/v2/users/', column: 'locked' },
  {
    name: 'write that is settled',
    line: 'create-user NAME a-password-1',
    method: 'PUT',
    path: '/v2/users/',
    column: 'name',
  },
  { name: 'confirm', line: 'user make-user-admin NAME', method: 'PUT', path: '/admin', column: 'admin' },
  {
    name: 'typed',
    line: 'user deactivate NAME',
    word: 'ID',
    method: 'POST',
    path: '/v1/deactivate/',
    column: 'deactivated',
  },
  { name: 'job', line: 'user lock-list\n```\nNAME\n```', method: 'PUT', path: '/v2/users/', column: 'locked' },
] as const;
type Class = (typeof classes)[number];

describeWithSynapse('when things fail in the middle', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let made = 0;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-clock-'));
  const clockFile = join(folder, 'offset');
  const clockIsOffBy = (ms: number) => writeFileSync(clockFile, String(ms));

  beforeAll(async () => {
    clockIsOffBy(0);
    server = await startSynapse({ name: 'faults' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, {
      config: { backend: { type: 'synapse', url: between.url, timeout: '1s' } },
      bot: { nodeArguments: ['--import', hook], env: { CASTELLAN_CLOCK_FILE: clockFile } },
    });
    // So that it is not asked for in the middle of an outage.
    await fence(room);
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const idOf = (name: string) => `@${name}:${server.serverName}`;
  /** Whether the server has it that the command of this class took effect. */
  function isDone({ column }: Class, name: string): boolean {
    if (column === undefined) return false;
    return Boolean(server.queryDatabase(`SELECT ${column} AS so FROM users WHERE name = ?`, idOf(name))[0]?.so);
  }

  /** A name for a class; the account is there unless the command makes it. */
  async function subject({ line }: Class): Promise<string> {
    made += 1;
    const name = `subject-${made}`;
    if (!line.startsWith('create-user')) await registerUser(server, name);
    return name;
  }

  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1];

  /** Gives the command up to where nothing but the yes is missing; returns the line that acts. */
  async function ready(one: Class, name: string): Promise<string> {
    const line = one.line.replace('NAME', name);
    if (/^(read|write)/.test(one.name)) return line;
    const code = codeIn(await room.ask(line));
    return `confirm ${code}${'word' in one ? ` ${idOf(name)}` : ''}`;
  }

  /** The last word on a command: its answer, or the report of its job. */
  async function outcomeOf(eventId: string): Promise<string> {
    const answer = bodyOf(await room.answerTo(eventId));
    const job = /job cancel ([a-z0-9]+)/.exec(answer)?.[1];
    if (job === undefined) return answer;
    return bodyOf(await room.admin.waitForEvent(room.roomId, ({ content }) => content['dev.castellan.job'] === job));
  }

  /** Each of these has one answer, and each job one report; a message that is edited in place is one. */
  async function expectAnsweredOnce(eventIds: readonly string[]): Promise<void> {
    // What came twice would have come before this.
    await fence(room);
    const isEdit = ({ content }: RoomEvent) => JSON.stringify(content['m.relates_to']).includes('"m.replace"');
    const said = (await answersTo(room, eventIds)).filter((event) => !isEdit(event));
    const answers = said.filter(({ content }) => content['dev.castellan.job'] === undefined);
    expect(answers.map(({ content }) => content['dev.castellan.for']).sort()).toEqual([...eventIds].sort());
    const jobs = answers.flatMap((event) => /job cancel ([a-z0-9]+)/.exec(bodyOf(event))?.slice(1) ?? []);
    const reports = (await room.admin.messages(room.roomId)).flatMap(({ content }) =>
      jobs.includes(String(content['dev.castellan.job'])) ? [content['dev.castellan.job']] : [],
    );
    expect(reports.sort()).toEqual(jobs.sort());
  }

  /** The one request with which a command of this class acts. */
  const actsOn =
    (one: Class, name: string) =>
    ({ method, path }: ScriptedRequest): boolean =>
      method === one.method && path.includes(one.path) && path.includes(part(idOf(name)));

  /** An item of a job is tried so often, and who is found to be an admin is made one again: both change nothing more. */
  const repeated: Readonly<Record<string, number>> = { job: 3, confirm: 2 };

  /** It left the bot once, and once more for each time that it was refused before it was done. */
  async function expectDoneOnce(one: Class, name: string, refused = 0): Promise<void> {
    if (one.name === 'read') return;
    const sent = between.requests.filter(actsOn(one, name)).length - refused;
    if (one.name in repeated) expect(sent, one.name).toBeLessThanOrEqual(repeated[one.name] ?? 1);
    else expect(sent, one.name).toBe(1);
    const invites = (await room.admin.messages(room.roomId)).filter((event) => event.state_key === idOf(name));
    expect(invites.length, one.name).toBeLessThanOrEqual(one.name === 'confirm' ? 1 : 0);
  }

  /** What was said agrees with what is. */
  function expectHonest(one: Class, name: string, said: string): void {
    const seen = `${one.name}: ${said}`;
    if (one.column === undefined) expect(said.startsWith('❌'), seen).toBe(!said.includes(name));
    else expect(isDone(one, name), seen).toBe(said.startsWith('✅'));
  }

  /** Carries the request out and then answers something else. */
  const doneThen =
    (outcome: ScriptedOutcome) =>
    async ({ method, path, headers, body }: ScriptedRequest): Promise<ScriptedOutcome> => {
      const authorization = String(headers.authorization);
      await fetch(server.url + path, { method, headers: { authorization }, ...(method === 'GET' ? {} : { body }) });
      return outcome;
    };

  type Fault = (request: ScriptedRequest) => ScriptedOutcome | Promise<ScriptedOutcome>;
  const faults: readonly [string, Fault][] = [
    [
      '429, with a time to wait',
      () => ({ status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', error: 'x', retry_after_ms: 50 } }),
    ],
    ['502 with HTML before it is done', () => ({ status: 502, body: html })],
    ['502 with HTML after it is done', doneThen({ status: 502, body: html })],
    ['an answer cut short after it is done', doneThen({ status: 200, body: '{"name": "@su' })],
    ['a connection that breaks before it is done', () => 'reset'],
    ['a connection that breaks after it is done', () => 'lose'],
    ['a black hole', () => 'hang'],
    ['a black hole after it is done', doneThen('hang')],
  ];

  test.each(faults)(
    'a command of each class meets %s: what is said is what is, and nothing is done twice',
    async (what, fault) => {
      const met = new Set<string>();
      const asked: string[] = [];
      for (const one of classes) {
        const name = await subject(one);
        const line = await ready(one, name);
        const acts = actsOn(one, name);
        between.requests.length = 0;
        between.handlers.push((request) => {
          if (met.has(name) || !acts(request)) return undefined;
          met.add(name);
          return fault(request);
        });
        const eventId = await room.admin.send(room.roomId, `!admin ${line}`);
        expectHonest(one, name, await outcomeOf(eventId));
        expect(met).toContain(name);
        await expectDoneOnce(one, name, what.startsWith('429') ? 1 : 0);
        asked.push(eventId);
      }
      await expectAnsweredOnce(asked);
    },
  );

  test.each(classes)('Synapse is killed while it does a $name: it is answered after Synapse is back', async (one) => {
    const name = await subject(one);
    const line = await ready(one, name);
    const killed = Promise.withResolvers<void>();
    const acts = actsOn(one, name);
    let over = false;
    between.requests.length = 0;
    between.handlers.push(async (request) => {
      if (over || !acts(request)) return undefined;
      over = true;
      await server.kill();
      killed.resolve();
      return 'reset';
    });
    const eventId = await room.admin.send(room.roomId, `!admin ${line}`);
    await killed.promise;
    await server.restart();
    expectHonest(one, name, await outcomeOf(eventId));
    await expectDoneOnce(one, name);
    await expectAnsweredOnce([eventId]);
  });

  describe('a full disk', () => {
    test('nothing is done without a record, and that is said; where there is room again, all goes on', async () => {
      const waiting: { one: Class; name: string; line: string }[] = [];
      for (const one of classes.filter(({ column }) => column !== undefined)) {
        const name = await subject(one);
        waiting.push({ one, name, line: await ready(one, name) });
      }
      fillDisk(room.bot());
      const ids: string[] = [];
      for (const { line } of waiting) ids.push(await room.admin.send(room.roomId, `!admin ${line}`));
      for (const id of ids) expect(bodyOf(await room.answerTo(id))).toContain('database cannot be written');
      emptyDisk(room.bot());
      await fence(room);
      expect(waiting.map(({ one, name }) => isDone(one, name))).toEqual(waiting.map(() => false));
      for (const { line } of waiting) {
        const again = await room.admin.send(room.roomId, `!admin ${line}`);
        ids.push(again);
        expect(await outcomeOf(again)).toMatch(/^✅/);
      }
      expect(waiting.map(({ one, name }) => isDone(one, name))).toEqual(waiting.map(() => true));
      await expectAnsweredOnce(ids);
    });

    test('one that fills up while the server acts keeps the answer back until there is room again', async () => {
      for (const one of classes.filter(({ name }) => name === 'typed' || name === 'write that is settled')) {
        const name = await subject(one);
        const line = await ready(one, name);
        const acts = actsOn(one, name);
        between.handlers.push((request) => {
          if (acts(request)) fillDisk(room.bot());
          return undefined;
        });
        const eventId = await room.admin.send(room.roomId, `!admin ${line}`);
        while (!isDone(one, name)) await room.admin.admin('GET', '/v1/server_version');
        between.handlers.length = 0;
        expect(await answered(room, [eventId])).toEqual([]);
        emptyDisk(room.bot());
        expect(await outcomeOf(eventId)).toMatch(/^✅/);
        expect(await answered(room, [eventId])).toEqual([eventId]);
      }
    });
  });

  describe('a clock that jumps', () => {
    const day = 86_400_000;
    afterEach(() => clockIsOffBy(0));
    const [, lock, create, , deactivate, job] = classes as unknown as [Class, Class, Class, Class, Class, Class];

    test.each([
      ['forward', 30 * day],
      ['back', -30 * day],
    ])('%s, between commands: each is run once and answered, and the audit trail stays in order', async (_, ms) => {
      const subjects: { one: Class; name: string; id: string }[] = [];
      for (const [at, one] of [lock, create, job].entries()) {
        const name = await subject(one);
        clockIsOffBy(at % 2 === 0 ? 0 : ms);
        const line = await ready(one, name);
        const id = await room.admin.send(room.roomId, `!admin ${line}`);
        expect(await outcomeOf(id)).toMatch(/^✅/);
        subjects.push({ one, name, id });
      }
      clockIsOffBy(ms);
      await room.bot().kill();
      await room.start();
      await expectAnsweredOnce(subjects.map(({ id }) => id));
      const store = openStore(join(room.dataDir, 'castellan.db'), { clock: Date.now, readonly: true });
      try {
        expect(store.audit.verify().firstBad).toBeUndefined();
      } finally {
        store.close();
      }
    });

    test('forward, while a plan waits: it has expired, and nothing is done', async () => {
      const name = await subject(deactivate);
      const line = await ready(deactivate, name);
      clockIsOffBy(day);
      expect(await room.ask(line)).toContain('expired');
      expect(isDone(deactivate, name)).toBe(false);
    });

    test('in whatever way: the age of a command is what the server says', async () => {
      clockIsOffBy(-day);
      const name = await subject(lock);
      expect(await room.ask(await ready(lock, name))).toMatch(/^✅/);
      clockIsOffBy(day);
      expect(await room.ask(`user unlock ${name}`)).toMatch(/^✅/);
      expect(fromStore(room.dataDir, "SELECT * FROM inbox WHERE state <> 'answered'")).toEqual([]);
    });
  });
});
