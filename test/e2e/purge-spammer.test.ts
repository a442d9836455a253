import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpError, type Json, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { readableOf, redactionsOf } from './written.ts';

describeWithSynapse('a spammer is purged', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let host: TestClient;
  let made = 0;
  /** A fresh account for every test, with two messages in each of two rooms, of which it has left one, and two files. */
  let name: string;
  let spammer: TestClient;
  let user: string;
  let rooms: string[];
  let files: string[];

  beforeAll(async () => {
    server = await startSynapse({ name: 'purge-spammer' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    host = await registerUser(server, 'host', { admin: true });
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  beforeEach(async () => {
    made += 1;
    name = `spammer-${made}`;
    spammer = await registerUser(server, name);
    user = spammer.userId;
    await host.liftLimits(user);
    rooms = [];
    for (const roomName of ['Lobby', 'Left']) {
      const roomId = await host.createRoom({ preset: 'public_chat', name: roomName });
      await spammer.join(roomId);
      for (const text of ['buy', 'now']) await spammer.send(roomId, text);
      rooms.push(roomId);
    }
    await spammer.leave(rooms[1] ?? '');
    files = [await spammer.upload(Buffer.from('one')), await spammer.upload(Buffer.from('two'))];
  });

  const account = (): Promise<Json> => host.admin('GET', `/v2/users/${user}`);
  const uploads = async () => (await host.admin('GET', `/v1/users/${user}/media`)).total;
  const readable = async () => (await Promise.all(rooms.map((roomId) => readableOf(host, roomId, user)))).flat();
  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
  const start = async () => jobIn(await room.askAndConfirm(`user purge-spammer ${name}`, user));
  const purge = async () => bodyOf(await jobEnd(room, await start()));
  const writes = (request: ScriptedRequest) => request.method !== 'GET';
  const isUntouched = async () => {
    expect(await account()).toMatchObject({ suspended: false, deactivated: false });
    expect(await readable()).toHaveLength(4);
    expect(await uploads()).toBe(2);
  };
  const isPurged = async () => {
    expect(await account()).toMatchObject({ suspended: true, deactivated: true });
    expect(await readable()).toEqual([]);
    expect(await uploads()).toBe(0);
    expect((await host.admin('GET', `/v1/users/${user}/joined_rooms`)).total).toBe(0);
    for (const mxc of files) await expect(host.download(mxc)).rejects.toThrow(HttpError);
    expect(await redactionsOf(host, user)).toHaveLength(1);
  };
  /** The parts that the bot has begun on the server, in order, each once. */
  const parts = () => [
    ...new Set(
      between.requests.filter(writes).flatMap(({ method, path }) => {
        if (path.includes('/suspend/')) return 'suspend';
        if (path.endsWith('/redact')) return 'redact';
        if (method === 'DELETE' && path.includes('/media')) return 'delete media';
        return path.includes('/deactivate/') ? 'deactivate' : [];
      }),
    ),
  ];

  test('one plan says it all, and its parts are done in order and reported one by one', async () => {
    const plan = await room.ask(`user purge-spammer ${name}`);
    expect(plan).toContain(
      `Purge \`${user}\`: suspend it, redact 6 messages in 2 rooms, delete 2 files, deactivate it.`,
    );
    expect(plan).toContain('“Lobby”');
    expect(plan).toContain('“Left”');
    for (const words of ['vanish for everyone', 'nothing brings them back', 'all sessions', 'none of that back'])
      expect(plan).toContain(words);
    expect(plan).toContain(`user suspend ${user}`);
    for (const word of ['', name, 'yes', room.admin.userId]) {
      expect(await room.ask(`confirm ${codeIn(plan)} ${word}`)).toMatch(/[Nn]othing was done/);
    }
    await isUntouched();

    const end = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} ${user}`))));
    expect(end).toMatch(/suspended; 6 messages redacted in 2 rooms \(redaction \w+\); 2 files deleted; deactivated/);
    expect(parts()).toEqual(['suspend', 'redact', 'delete media', 'deactivate']);
    await isPurged();
    expect(await room.ask(`user purge-spammer ${name}`)).toContain('there is nothing to do');
  });

  test('rooms that it went into after the plan was shown are redacted too', async () => {
    const plan = await room.ask(`user purge-spammer ${name}`);
    const late = await host.createRoom({ preset: 'public_chat' });
    await spammer.join(late);
    await spammer.send(late, 'late');
    rooms.push(late);
    await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} ${user}`)));
    await isPurged();
  });

  test.each([
    ['suspend', (request: ScriptedRequest) => request.path.includes('/suspend/')],
    ['redact', (request: ScriptedRequest) => request.path.endsWith('/redact')],
    ['delete media', ({ method, path }: ScriptedRequest) => method === 'DELETE' && path.includes('/media')],
    ['deactivate', (request: ScriptedRequest) => request.path.includes('/deactivate/')],
  ])('killed in the middle of “%s”, it goes on there, and redacts once', async (_, fits) => {
    const { promise: killed, resolve } = Promise.withResolvers<void>();
    between.handlers.push(async (request) => {
      if (!writes(request) || !fits(request)) return undefined;
      between.handlers.length = 0;
      const { method, path, headers, body } = request;
      const sent = { method, headers: { authorization: String(headers.authorization) }, ...(body ? { body } : {}) };
      expect((await fetch(server.url + path, sent)).ok).toBe(true);
      await room.bot().kill();
      resolve();
      return 'reset';
    });
    const job = await start();
    await killed;
    const before = parts();
    between.requests.length = 0;
    await room.start();
    expect(bodyOf(await jobEnd(room, job))).toContain(': done.');
    await isPurged();
    // What was over is not begun again.
    for (const part of before.slice(0, -1)) expect(parts()).not.toContain(part);
  });

  test.each([
    [
      'the homeserver says no',
      { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'No media repository' } },
      /delete media: failed: .*No media repository/,
    ],
    ['gives no answer', 'reset' as const, /delete media: outcome unknown: the homeserver gave no answer/],
  ])('where a part fails since %s, the later ones are done, and it is told', async (_, outcome, said) => {
    between.handlers.push(({ method, path }) => (method === 'DELETE' && path.includes('/media') ? outcome : undefined));
    const end = await purge();
    expect(end).toContain(': failed.');
    expect(end).toMatch(said);
    expect(end).toContain('deactivated');
    expect(await account()).toMatchObject({ suspended: true, deactivated: true });
    expect(await readable()).toEqual([]);
    expect(await uploads()).toBe(2);

    between.handlers.length = 0;
    // Given again, it does the rest.
    const again = await purge();
    expect(again).toContain(
      'was suspended already; 0 messages redacted in 0 rooms; 2 files deleted; was deactivated already',
    );
    expect(await uploads()).toBe(0);
    expect(await redactionsOf(host, user)).toHaveLength(1);
  });

  test('cancelled in the middle, it says what was done and what was not begun', async () => {
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    between.handlers.push((request) => {
      if (request.path.endsWith('/redact')) return { status: 200, body: { redact_id: 'goes-on' } };
      if (!request.path.includes('/scheduled_tasks') || !parts().includes('redact')) return undefined;
      resolve();
      const task = { id: 'goes-on', action: 'redact_all_events', status: 'active', timestamp_ms: 1, resource_id: user };
      return { status: 200, body: { scheduled_tasks: [task] } };
    });
    const job = await start();
    await looked;
    await room.ask(`job cancel ${job}`);
    const end = bodyOf(await jobEnd(room, job));
    expect(end).toContain('suspended');
    expect(end).toContain('the homeserver goes on with it by itself');
    expect(end).toContain('cancelled before: delete media, deactivate');
    expect(await account()).toMatchObject({ suspended: true, deactivated: false });
    expect(await uploads()).toBe(2);
  });

  describe('with care', () => {
    test('an admin stands out, and so do you yourself', async () => {
      await host.admin('PUT', `/v1/users/${user}/admin`, { admin: true });
      expect(await room.ask(`user purge-spammer ${name}`)).toContain('**server admin**');
      expect(await room.ask(`user purge-spammer ${room.admin.userId}`)).toContain('**yourself**');
    });

    test('a target that has become an admin since the plan was shown is left alone', async () => {
      const plan = await room.ask(`user purge-spammer ${name}`);
      await host.admin('PUT', `/v1/users/${user}/admin`, { admin: true });
      const end = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} ${user}`))));
      expect(end).toContain('has become a server admin');
      await isUntouched();
    });

    test('below owner, nobody purges an admin', async () => {
      const helper = await registerUser(server, `helper-${made}`, { admin: true });
      await room.bot().stop();
      room.configure({ roles: { [helper.userId]: 'admin', [room.admin.userId]: 'owner' } });
      await room.start();
      await room.botAccount.invite(room.roomId, helper.userId);
      await helper.join(room.roomId);
      await host.admin('PUT', `/v1/users/${user}/admin`, { admin: true });
      expect(await room.ask(`user purge-spammer ${name}`, helper)).toMatch(/^❌/);
      expect(await room.ask(`user redact ${name}`, helper)).toMatch(/^❌/);
      await isUntouched();
    });

    test.each([
      ['the bot', () => room.botAccount.userId, 'is me. I never purge my own account'],
      ['an unknown account', () => 'nobody-here', 'There is no account'],
      ['a user of another server', () => '@alice:elsewhere.test', 'lives on another server'],
      ['nobody', () => '', 'needs `<user>`'],
    ])('%s is refused', async (_, who, words) => {
      expect(await room.ask(`user purge-spammer ${who()}`)).toContain(words);
      expect(parts()).toEqual([]);
    });

    test('--dry-run shows the plan and stops', async () => {
      expect(await room.ask(`user purge-spammer ${name} --dry-run`)).toContain('Dry run: nothing was done');
      await isUntouched();
    });
  });
});
