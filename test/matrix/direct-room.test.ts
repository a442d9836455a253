import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Problem } from '../../src/core/problem.ts';
import { connectMatrix } from '../../src/matrix/connect.ts';
import { openDirectRoom } from '../../src/matrix/direct-room.ts';
import { findDelivered } from '../../src/matrix/find-delivered.ts';
import { claimInstance, instanceType, isOther } from '../../src/matrix/instance.ts';
import type { Matrix } from '../../src/matrix/matrix.ts';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { keptLog, keptValues, until } from './harness.ts';

describeWithSynapse('the bot’s direct rooms and its claim on the account', () => {
  let server: Synapse;
  let admin: TestClient;
  let other: TestClient;
  let bot: TestClient;
  let matrix: Matrix;
  let storage: ReturnType<typeof keptValues>;

  beforeAll(async () => {
    server = await startSynapse();
    admin = await registerUser(server, 'admin', { admin: true });
    other = await registerUser(server, 'other');
    bot = await registerUser(server, 'bot', { admin: true });
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    storage = keptValues();
    matrix = await connect(server.url);
  });

  const connect = (homeserverUrl: string) =>
    connectMatrix({ homeserverUrl, token: bot.accessToken, storage, log: keptLog() });
  const open = () => openDirectRoom(matrix, storage, admin.userId);

  test('a direct room is private, and used again before and after the requester has joined', async () => {
    const roomId = await open();
    expect(await open()).toBe(roomId);
    await admin.join(roomId);
    expect(await open()).toBe(roomId);
    const power = await matrix.state(roomId, 'm.room.power_levels');
    expect(power).toMatchObject({ invite: 100 });
    expect(await matrix.state(roomId, 'm.room.create')).toMatchObject({ 'm.federate': false });
    expect(await matrix.state(roomId, 'm.room.encryption')).toBeUndefined();
    await expect(admin.invite(roomId, other.userId)).rejects.toMatchObject({ status: 403 });
  });

  test.each([
    ['somebody else was invited', (roomId: string) => bot.invite(roomId, other.userId)],
    [
      'it was encrypted',
      (roomId: string) => bot.sendState(roomId, 'm.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' }),
    ],
    ['anyone may join', (roomId: string) => bot.sendState(roomId, 'm.room.join_rules', { join_rule: 'public' })],
    ['the requester has left', (roomId: string) => admin.join(roomId).then(() => admin.leave(roomId))],
    ['the bot has left', (roomId: string) => bot.leave(roomId)],
    [
      'the requester was given the power to invite',
      async (roomId: string) => {
        const power = await matrix.state(roomId, 'm.room.power_levels');
        await bot.sendState(roomId, 'm.room.power_levels', {
          ...power,
          users: { [bot.userId]: 100, [admin.userId]: 100 },
        });
      },
    ],
  ])('a direct room is given up when %s', async (_why, change) => {
    const roomId = await open();
    await change(roomId);
    const next = await open();
    expect(next).not.toBe(roomId);
    expect(storage.get(`direct-room:${admin.userId}`)).toBe(next);
  });

  test('a direct room that cannot be made is a problem in words, and none is remembered', async () => {
    const scripted = await startScripted(
      [
        ({ path }) =>
          path.endsWith('/createRoom')
            ? { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'Not you' } }
            : undefined,
      ],
      server.url,
    );
    try {
      matrix = await connect(scripted.url);
      const problem = await open().catch((error: unknown) => error);
      expect(problem).toBeInstanceOf(Problem);
      expect(problem).toMatchObject({ code: 'rejected', message: expect.stringContaining('Not you') });
      expect(storage.values.size).toBe(0);
    } finally {
      await scripted.close();
    }
  });

  test('what was delivered for an event is found, the bot’s own messages only', async () => {
    const roomId = await open();
    await admin.join(roomId);
    const mark = (value: string) => ({ msgtype: 'm.text', body: 'x', 'dev.castellan.for': value });
    const first = await matrix.send(roomId, 'm.room.message', mark('$asked#0'), 'a');
    const second = await matrix.send(roomId, 'm.room.message', mark('$asked#1'), 'b');
    await matrix.send(roomId, 'm.room.message', mark('$asked-too#0'), 'c');
    await admin.send(roomId, mark('$asked#7'));
    expect(await findDelivered(matrix, roomId, '$asked')).toEqual([
      { eventId: second, n: 1 },
      { eventId: first, n: 0 },
    ]);
  });

  test('history comes newest first and ends where it is told to', async () => {
    const roomId = await open();
    const sent: string[] = [];
    for (let n = 0; n < 5; n++) sent.push(await bot.send(roomId, `number ${n}`));
    const ids = (events: readonly { eventId: string }[]) => events.map(({ eventId }) => eventId);
    expect(ids(await matrix.history(roomId, 2))).toEqual([sent[4], sent[3]]);
    expect(ids(await matrix.history(roomId, 100, ({ eventId }) => eventId === sent[2]))).toEqual([
      sent[4],
      sent[3],
      sent[2],
    ]);
    expect((await matrix.history(roomId, 1000)).at(-1)?.type).toBe('m.room.create');
  });

  test('a message whose answer got lost is sent once', async () => {
    const roomId = await open();
    let lost = 0;
    const scripted = await startScripted(
      [({ method }) => (method === 'PUT' && lost++ === 0 ? 'lose' : undefined)],
      server.url,
    );
    try {
      matrix = await connect(scripted.url);
      const eventId = await matrix.send(roomId, 'm.room.message', { msgtype: 'm.notice', body: 'once' }, 'only');
      const said = (await matrix.history(roomId, 100)).filter(({ content }) => content.body === 'once');
      expect(said.map((event) => event.eventId)).toEqual([eventId]);
      expect(lost).toBe(2);
    } finally {
      await scripted.close();
    }
  });

  test('members, uploads, invites and kicks work through it', async () => {
    const roomId = await bot.createRoom({ preset: 'private_chat' });
    await matrix.invite(roomId, other.userId);
    await other.join(roomId);
    expect(await matrix.joinedMembers(roomId)).toEqual(new Set([bot.userId, other.userId]));
    await matrix.kick(roomId, other.userId, 'enough');
    expect(await matrix.joinedMembers(roomId)).toEqual(new Set([bot.userId]));
    const mxc = await matrix.upload('a;b\n1;2\n', 'text/csv', 'list.csv');
    expect(Buffer.from(await bot.download(mxc)).toString()).toBe('a;b\n1;2\n');
    await other.createRoom().then((unseen) => expect(matrix.event(unseen, '$any')).resolves.toBeUndefined());
  });

  test('the process that claims the account later is seen by the one before, and not the other way round', async () => {
    const roomId = await open();
    const run = async () => {
      const one = await connectMatrix({
        homeserverUrl: server.url,
        token: bot.accessToken,
        storage: keptValues(),
        log: keptLog(),
      });
      const claim = await claimInstance(one);
      const seen = { claim, claims: 0, others: 0, stop: () => one.stop() };
      const ended = one.sync(
        roomId,
        () => undefined,
        (type, content) => {
          if (type === instanceType) seen.claims++;
          if (isOther(claim, type, content)) seen.others++;
        },
      );
      return { ...seen, seen, ended };
    };
    const first = await run();
    await until(() => first.seen.claims > 0);
    expect(first.seen.others).toBe(0);
    const second = await run();
    await until(() => first.seen.others > 0);
    await until(() => second.seen.claims > 0);
    expect(second.seen.others).toBe(0);
    expect(second.claim.generation).toBe(first.claim.generation + 1);
    first.stop();
    second.stop();
    await Promise.all([first.ended, second.ended]);
  });
});
