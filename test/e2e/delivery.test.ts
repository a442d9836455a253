import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { startProxy, type TcpProxy } from '../homeserver/proxy.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { answered, answersTo, fence } from './answered.ts';

describeWithSynapse('commands reach the bot', () => {
  let server: Synapse;
  let proxy: TcpProxy;
  let admins: Scripted;
  /** While it is set, the admin API gives no answer until it resolves. */
  let hanging: Promise<unknown> | undefined;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'delivery' });
    proxy = await startProxy(server.port);
    admins = await startScripted([() => hanging?.then(() => undefined)], server.url);
    room = await openAdminRoom(server, {
      url: proxy.url,
      config: { backend: { type: 'synapse', url: admins.url } },
    });
  });
  afterAll(async () => {
    await room?.close();
    await admins?.close();
    await proxy?.close();
    await server?.stop();
  });

  /** Sends commands without waiting for answers; returns their ids in order. */
  async function send(lines: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const line of lines) ids.push(await room.admin.send(room.roomId, `!admin ${line}`));
    return ids;
  }

  async function announcements(): Promise<string[]> {
    const events = await room.admin.messages(room.roomId);
    return events
      .filter(({ sender, content }) => sender === room.botAccount.userId && content.msgtype === 'm.text')
      .map((event) => /notice [a-z]+ \d+/.exec(bodyOf(event))?.[0] ?? '')
      .filter((words) => words !== '');
  }

  const older = (ms: number) => delay(ms + 100);
  const exists = async (localpart: string) =>
    server.queryDatabase('SELECT name FROM users WHERE name = ?', `@${localpart}:${server.serverName}`).length === 1;

  test('at its first start the bot frees itself from the rate limits of the server', async () => {
    const path = `/v1/users/${encodeURIComponent(room.botAccount.userId)}/override_ratelimit`;
    expect(await room.admin.admin('GET', path)).toEqual({ messages_per_second: 0, burst_count: 0 });
  });

  test('a burst of 30 commands is answered in order, faster than the limits of an account allow', async () => {
    const ids = await send(Array.from({ length: 30 }, () => 'server version'));
    await room.answerTo(ids.at(-1) ?? '');
    expect(await answered(room, ids)).toEqual(ids);
    expect(await answersTo(room, ids)).toSatisfy((answers: unknown[]) => /Synapse/.test(JSON.stringify(answers)));
  });

  test('a command sent while the bot was down is answered once after it starts', async () => {
    await room.bot().stop();
    const ids = await send(['server version', 'create-user came-late typed-by-hand-1', 'help']);
    await room.start();
    for (const id of ids) await room.answerTo(id);
    await fence(room);
    expect((await answered(room, ids)).sort()).toEqual([...ids].sort());
    expect(await exists('came-late')).toBe(true);
  });

  test.each([
    ['refused', () => proxy.refuse()],
    ['swallowed', () => proxy.blackhole()],
  ] as const)('60 commands sent while connections are %s are all answered, in order, once', async (name, cut) => {
    await cut();
    const lines = Array.from({ length: 60 }, (_, at) =>
      at % 6 === 0 ? `server admin-notice notice ${name} ${at}` : 'server version',
    );
    const ids = await send(lines);
    await proxy.restore();
    await room.answerTo(ids.at(-1) ?? '');
    await fence(room);
    expect(await answered(room, ids)).toEqual(ids);
    const said = (await announcements()).filter((words) => words.startsWith(`notice ${name}`));
    expect(said).toEqual(Array.from({ length: 10 }, (_, at) => `notice ${name} ${at * 6}`));
  });

  test('help, jobs and status are answered while the backend hangs, and what hangs is answered in the end', async () => {
    await fence(room);
    const end = Promise.withResolvers<void>();
    hanging = end.promise;
    const [slow = ''] = await send([`user details ${room.admin.userId}`]);
    expect(await room.ask('help')).toContain('user');
    expect(await room.ask('help user lock')).toContain('unlock');
    expect(await room.ask('job list')).toContain('jobs');
    expect(await room.ask('bot status')).toMatch(/running|well|Sync/i);
    expect(await answered(room, [slow])).toEqual([]);
    hanging = undefined;
    end.resolve();
    expect(bodyOf(await room.answerTo(slow))).toContain(room.admin.userId);
  });

  test('when nobody can say who may command, nothing runs and that is said', async () => {
    const other = await registerUser(server, 'second-admin', { admin: true });
    await room.botAccount.invite(room.roomId, other.userId);
    await other.join(room.roomId);
    await fence(room);
    admins.handlers.unshift(({ method, path }) =>
      method === 'GET' && path.includes(encodeURIComponent(other.userId)) ? { status: 403, body: {} } : undefined,
    );
    try {
      expect(await room.ask('create-user by-nobody typed-by-hand-2', other)).toMatch(/refuse|no answer/);
    } finally {
      admins.handlers.shift();
    }
    expect(await exists('by-nobody')).toBe(false);
  });

  test('what arrives late: a read runs, a write waits for a yes, and a late yes runs nothing', async () => {
    await room.bot().stop();
    const [read = '', write = '', help = ''] = await send([
      'server version',
      'create-user was-late typed-by-hand-3',
      'help',
    ]);
    await older(1_000);
    room.configure({ maxCommandAge: '1s' });
    await room.start();
    expect(bodyOf(await room.answerTo(read))).toContain('Synapse');
    expect(bodyOf(await room.answerTo(help))).toContain('user');
    const plan = await room.answerTo(write);
    expect(bodyOf(plan)).toContain('late');
    expect(bodyOf(plan)).not.toContain('as a server admin');
    expect(await exists('was-late')).toBe(false);
    const code = /confirm ([a-z0-9]{5})/.exec(bodyOf(plan))?.[1] ?? '';

    await room.bot().stop();
    const [yes = ''] = await send([`confirm ${code}`]);
    const annotation = { rel_type: 'm.annotation', event_id: plan.event_id, key: '✅' };
    const tap = await room.admin.send(room.roomId, { 'm.relates_to': annotation }, 'm.reaction');
    await older(1_000);
    await room.start();
    expect(bodyOf(await room.answerTo(yes))).toContain('late');
    expect(bodyOf(await room.answerTo(tap))).toContain('late');
    expect(await exists('was-late')).toBe(false);

    await room.bot().stop();
    room.configure({ maxCommandAge: '5m' });
    await room.start();
    expect(await room.ask(`confirm ${code}`)).toContain('Created');
    expect(await exists('was-late')).toBe(true);
  });
});
