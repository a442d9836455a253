import { cpSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loginPassword, type RoomEvent } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { answered, fence } from './answered.ts';
import { changeStore, fromStore } from './store-file.ts';

describeWithSynapse('a bot that is killed and started again', () => {
  let server: Synapse;
  /** Between the bot and all of the homeserver. */
  let between: Scripted;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'restart' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url });
    // So that there is a direct room to be killed at.
    await room.ask('create-user first');
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  const send = (line: string) => room.admin.send(room.roomId, `!admin ${line}`);
  const exists = (localpart: string) =>
    server.queryDatabase('SELECT name FROM users WHERE name = ?', `@${localpart}:${server.serverName}`).length === 1;

  /** Kills the bot at the first request that fits, before or after the homeserver has done what it says. */
  function killAt(when: 'before' | 'after', fits: (request: ScriptedRequest) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let done = false;
    between.handlers.push(async (request) => {
      if (done || !fits(request)) return undefined;
      done = true;
      const { method, path, headers, body } = request;
      if (when === 'after') {
        const authorization = String(headers.authorization);
        const answer = await fetch(server.url + path, {
          method,
          headers: { authorization },
          ...(method === 'GET' ? {} : { body }),
        });
        if (!answer.ok) throw new Error(`the homeserver said ${answer.status} to ${method} ${path}`);
      }
      await room.bot().kill();
      resolve();
      return 'reset';
    });
    return promise;
  }

  const puts = (part: string) => (request: ScriptedRequest) =>
    request.method !== 'GET' && decodeURIComponent(request.path).includes(part);
  const sendsTo = (roomId: () => string) => (request: ScriptedRequest) =>
    request.method === 'PUT' && decodeURIComponent(request.path).includes(`/rooms/${roomId()}/send/m.room.message`);

  const directRoom = () =>
    String(
      fromStore(room.dataDir, 'SELECT value FROM value WHERE name = ?', `direct-room:${room.admin.userId}`)[0]?.value,
    );

  /** Messages with a password for this account that stand in the direct room. */
  async function secretsOf(localpart: string): Promise<RoomEvent[]> {
    await room.admin.join(directRoom());
    const events = await room.admin.messages(directRoom());
    return events.filter((event) => bodyOf(event).includes(`@${localpart}:`));
  }

  const auditOf = (localpart: string) =>
    fromStore(
      room.dataDir,
      'SELECT record FROM audit WHERE seq IN (SELECT seq FROM audit_target WHERE target = ?) ORDER BY seq',
      `@${localpart}:${server.serverName}`,
    )
      .map(({ record }) => JSON.parse(String(record)))
      .map(({ kind, outcome }) => (kind === 'intent' ? kind : outcome));

  test.each<[string, string, 'before' | 'after', (name: string) => (request: ScriptedRequest) => boolean]>([
    ['before the account is made', 'unmade', 'before', (name) => puts(`/v2/users/@${name}`)],
    ['after the account is made', 'made', 'after', (name) => puts(`/v2/users/@${name}`)],
    ['before its password is sent', 'unsent', 'before', () => sendsTo(directRoom)],
    ['after its password is sent', 'sent', 'after', () => sendsTo(directRoom)],
    ['before the answer is sent', 'unsaid', 'before', () => sendsTo(() => room.roomId)],
    ['after the answer is sent', 'said', 'after', () => sendsTo(() => room.roomId)],
  ])(
    'killed %s, it makes one account, answers once, and the one password that arrived works',
    async (_, name, when, fits) => {
      const killed = killAt(when, fits(name));
      const command = await send(`create-user ${name}`);
      await killed;
      await room.start();
      expect(bodyOf(await room.answerTo(command))).toContain('✅');
      await fence(room);
      expect(await answered(room, [command])).toEqual([command]);
      const secrets = await secretsOf(name);
      expect(secrets).toHaveLength(1);
      const [password = ''] = bodyOf(secrets[0] as RoomEvent).match(/\b[a-zA-Z2-9]{25}\b/) ?? [];
      await loginPassword(server, name, password);
      const trail = auditOf(name);
      expect(trail.filter((record) => record !== 'intent')).toEqual(['done']);
      expect(trail[0]).toBe('intent');
    },
  );

  test.each(['before', 'after'] as const)('killed %s a state is set, it sets it and answers once', async (when) => {
    const user = `@first:${server.serverName}`;
    await room.ask(`user unlock ${user}`);
    const killed = killAt(when, puts('/v2/users/@first'));
    const command = await send(`user lock ${user}`);
    await killed;
    await room.start();
    expect(bodyOf(await room.answerTo(command))).toMatch(/locked/i);
    await fence(room);
    expect(await answered(room, [command])).toEqual([command]);
    expect((await room.admin.admin('GET', `/v2/users/${user}`)).locked).toBe(true);
  });

  test.each(['before', 'after'] as const)('killed %s an announcement, it announces once', async (when) => {
    const killed = killAt(when, (request) => request.body.includes(`told ${when}`));
    const command = await send(`server admin-notice told ${when}`);
    await killed;
    await room.start();
    await room.answerTo(command);
    await fence(room);
    expect(await answered(room, [command])).toEqual([command]);
    const notices = (await room.admin.messages(room.roomId)).filter(
      (event) => event.sender === room.botAccount.userId && bodyOf(event).includes(`📢 told ${when}`),
    );
    expect(notices).toHaveLength(1);
  });

  test('killed in the middle of a confirmed act, it ends it under the same plan, once', async () => {
    await room.ask('create-user leaver typed-for-leaver');
    const user = `@leaver:${server.serverName}`;
    const plan = await room.ask(`user deactivate ${user}`);
    const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
    const killed = killAt('after', puts('/v1/deactivate/'));
    const yes = await send(`confirm ${code} ${user}`);
    await killed;
    await room.start();
    expect(bodyOf(await room.answerTo(yes))).toMatch(/deactivated/i);
    await fence(room);
    expect(await answered(room, [yes])).toEqual([yes]);
    expect(await room.ask(`confirm ${code} ${user}`)).toContain('has been confirmed already');
    expect((await room.admin.admin('GET', `/v2/users/${user}`)).deactivated).toBe(true);
  });

  test.each(['before', 'after'] as const)(
    'killed %s the passwords of a list are sent, it sends them once, and they work',
    async (when) => {
      const names = ['a', 'b', 'c'].map((letter) => `listed-${when}-${letter}`);
      const plan = await room.askWith('user create-list', names.join('\n'));
      const isReport = ({ content }: RoomEvent) =>
        'dev.castellan.job' in content && String(content.body).includes('3 of 3 done');
      const earlier = (await room.admin.messages(room.roomId)).filter(isReport).map(({ event_id }) => event_id);
      const killed = killAt(when, sendsTo(directRoom));
      await send(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
      await killed;
      await room.start();
      await room.admin.waitForEvent(room.roomId, (event) => isReport(event) && !earlier.includes(event.event_id));
      const secrets = await secretsOf(names[0] ?? '');
      expect(secrets).toHaveLength(1);
      const passwords = bodyOf(secrets[0] as RoomEvent).match(/\b[a-zA-Z2-9]{25}\b/g) ?? [];
      expect(passwords).toHaveLength(3);
      for (const [at, name] of names.entries()) await loginPassword(server, name, passwords[at] ?? '');
    },
  );

  test('killed while commands wait their turn, it answers all of them, in order, once', async () => {
    const killed = killAt('before', puts('/v2/users/@waiting-2'));
    const ids: string[] = [];
    for (let at = 1; at <= 5; at++) ids.push(await send(`create-user waiting-${at} typed-for-waiting-${at}`));
    await killed;
    await room.start();
    await room.answerTo(ids.at(-1) ?? '');
    await fence(room);
    expect(await answered(room, ids)).toEqual(ids);
    for (let at = 1; at <= 5; at++) await loginPassword(server, `waiting-${at}`, `typed-for-waiting-${at}`);
  });

  test('a command redacted between the kill and the start is not run', async () => {
    const killed = killAt('before', puts('/v2/users/@ahead'));
    const ahead = await send('create-user ahead typed-for-ahead');
    const behind = await send('create-user behind typed-for-behind');
    await killed;
    await room.admin.redact(room.roomId, behind);
    await room.start();
    await room.answerTo(ahead);
    await fence(room);
    expect(await answered(room, [behind])).toEqual([]);
    expect([exists('ahead'), exists('behind')]).toEqual([true, false]);
  });

  test('events that are delivered again are not acted on again', async () => {
    const position = () =>
      fromStore(room.dataDir, "SELECT value FROM value WHERE name = 'sync-position'")[0]?.value as string;
    const before = position();
    const commands = [await send('server admin-notice said once'), await send('create-user once typed-for-once')];
    for (const command of commands) await room.answerTo(command);
    await room.bot().stop();
    expect(position()).not.toBe(before);
    changeStore(room.dataDir, "UPDATE value SET value = ? WHERE name = 'sync-position'", before);
    await room.start();
    await fence(room);
    expect(await answered(room, commands)).toEqual(commands);
    const notices = (await room.admin.messages(room.roomId)).filter((event) => bodyOf(event).includes('📢 said once'));
    expect(notices).toHaveLength(1);
  });

  test('a store brought back from an older copy does not run again what the room shows as answered', async () => {
    await room.bot().stop();
    const copy = `${room.dataDir}-copy`;
    cpSync(room.dataDir, copy, { recursive: true });
    await room.start();
    const user = `@first:${server.serverName}`;
    const commands = [await send('server admin-notice said before'), await send(`user lock ${user}`)];
    for (const command of commands) await room.answerTo(command);
    await room.admin.admin('PUT', `/v2/users/${user}`, { locked: false });
    await room.bot().stop();
    rmSync(room.dataDir, { recursive: true });
    cpSync(copy, room.dataDir, { recursive: true });
    rmSync(copy, { recursive: true });
    await room.start();
    await fence(room);
    expect(await answered(room, commands)).toEqual(commands);
    const notices = (await room.admin.messages(room.roomId)).filter((event) =>
      bodyOf(event).includes('📢 said before'),
    );
    expect(notices).toHaveLength(1);
    expect((await room.admin.admin('GET', `/v2/users/${user}`)).locked).toBe(false);
  });
});
