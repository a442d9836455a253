import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';
import { bodyTable, column } from './tables.ts';

const part = encodeURIComponent;
const open = { allow: ['*'], deny: [], allow_ip_literals: true };

describeWithSynapse('disabling and enabling the federation of a room', () => {
  let server: Synapse;
  let other: Synapse;
  /** Between the bot and the APIs of its server. */
  let between: Scripted;
  let room: AdminRoom;
  let alice: TestClient;
  let dave: TestClient;

  beforeAll(async () => {
    [server, other] = await Promise.all([
      startSynapse({ federation: true, serverName: 'one.test' }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    alice = await registerUser(server, 'alice');
    dave = await registerUser(other, 'dave');
    await room.admin.liftLimits(alice.userId);
    await (await registerUser(other, 'boss', { admin: true })).liftLimits(dave.userId);
  });
  afterEach(() => {
    between.handlers.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await Promise.all([server?.stop(), other?.stop()]);
  });

  /** A room with people of both servers, and the list of servers that it has, if any. */
  async function shared(acl?: Readonly<Record<string, unknown>>): Promise<string> {
    const id = await alice.createRoom({ preset: 'public_chat', name: 'Shared' });
    await dave.join(id, [server.serverName]);
    if (acl !== undefined) await alice.sendState(id, 'm.room.server_acl', acl);
    return id;
  }
  async function aclOf(id: string): Promise<unknown> {
    const { state } = await room.admin.admin('GET', `/v1/rooms/${part(id)}/state?type=m.room.server_acl`);
    return (state as { content: unknown }[])[0]?.content;
  }
  const closed = () => ({ allow: [server.serverName, 'one.test'], deny: [], allow_ip_literals: false });
  const ledger = (id: string) =>
    fromStore(room.dataDir, "SELECT detail FROM ledger WHERE kind = 'federation' AND room_id = ?", id);
  const kept = (id: string) => ledger(id).map(({ detail }) => JSON.parse(String(detail)).acl);
  const arrives = (as: TestClient, id: string, body: string) =>
    as.waitForEvent(id, ({ content }) => content.body === body);
  const disable = (id: string) => room.askAndConfirm(`federation disable-room ${id}`);
  const enable = (id: string) => room.askAndConfirm(`federation enable-room ${id}`);

  test('what the other server sends is refused while it stands, ours goes out, and all is well again after', async () => {
    const id = await shared();
    const plan = await room.ask(`disable-room ${id} --dry-run`);
    expect(plan).toContain('“Shared”');
    expect(plan).toContain('its 1 member on other servers');
    expect(plan).toContain('still goes out');
    expect(plan).toContain(alice.userId);
    expect(await aclOf(id)).toBeUndefined();

    expect(await disable(id)).toContain('✅ Only this server takes part in');
    expect(await aclOf(id)).toEqual(closed());
    const shown = async () => Object.fromEntries(bodyTable(await room.ask(`room details ${id}`))).Federated;
    expect(await shown()).toMatch(/^disabled here since /);
    expect(column(await room.ask('room list --all'), 'Room')).toContain(id);
    expect(await room.ask('room list --exclude-disabled --all')).not.toContain(id);
    // The other server has to know the list before it is asked to break it.
    await dave.waitForEvent(id, ({ type }) => type === 'm.room.server_acl');
    await dave.send(id, 'from outside');
    // Sent later and to the same server, so that it comes after what is refused.
    const elsewhere = await shared();
    await dave.send(elsewhere, 'a sign');
    await arrives(alice, elsewhere, 'a sign');
    await alice.send(id, 'from inside');
    await arrives(dave, id, 'from inside');
    const seen = (await alice.messages(id)).map(bodyOf);
    expect(seen).toContain('from inside');
    expect(seen).not.toContain('from outside');

    expect(await enable(id)).toContain('✅ Other servers take part');
    expect(await aclOf(id)).toEqual(open);
    expect(kept(id)).toEqual([]);
    expect(await shown()).toBe('yes');
    expect(await room.ask('room list --exclude-disabled --all')).toContain(id);
    await dave.waitForEvent(
      id,
      ({ type, content }) => type === 'm.room.server_acl' && JSON.stringify(content).includes('*'),
    );
    await dave.send(id, 'from outside again');
    await arrives(alice, id, 'from outside again');
  });

  test('the list that was there comes back as it was, unknown keys and all', async () => {
    const before = {
      deny: ['evil.test', '*.bad.test'],
      allow: ['*'],
      allow_ip_literals: false,
      'org.example.note': 'ours ✓',
    };
    const id = await shared(before);
    await disable(id);
    expect(kept(id)).toEqual([before]);
    expect(await room.ask(`enable-room ${id} --dry-run`)).toContain('evil.test');
    await enable(id);
    expect(JSON.stringify(await aclOf(id))).toBe(JSON.stringify(await sorted(before, await aclOf(id))));
    expect(await aclOf(id)).toEqual(before);
  });

  /** The server sorts the keys of what it is given. */
  async function sorted(wanted: Record<string, unknown>, like: unknown): Promise<unknown> {
    return Object.fromEntries(Object.keys(like as object).map((key) => [key, wanted[key]]));
  }

  test('a second time is refused, and does not overwrite what was kept', async () => {
    const before = { allow: ['*'], deny: ['evil.test'], allow_ip_literals: true };
    const id = await shared(before);
    await disable(id);
    expect(await room.ask(`federation disable-room ${id}`)).toContain('❌ I have disabled the federation of');
    expect(kept(id)).toEqual([before]);
    await enable(id);
    expect(await aclOf(id)).toEqual(before);
    expect(await room.ask(`federation enable-room ${id}`)).toContain('is not disabled; there is nothing to do');
  });

  test.each([
    ['before the list is written', 'before'],
    ['after the list is written', 'after'],
  ] as const)('killed %s, it ends it after the start and has lost nothing', async (_, when) => {
    const before = { allow: ['*'], deny: [`killed-${when}.test`], allow_ip_literals: true };
    const id = await shared(before);
    const killed = Promise.withResolvers<void>();
    between.handlers.push(async ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('m.room.server_acl')) return undefined;
      if (when === 'after') await alice.sendState(id, 'm.room.server_acl', closed());
      await room.bot().kill();
      killed.resolve();
      return 'reset';
    });
    const plan = await room.ask(`federation disable-room ${id}`);
    const yes = await room.admin.send(room.roomId, `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    await killed.promise;
    expect(kept(id)).toEqual([before]);
    between.handlers.length = 0;
    await room.start();
    expect(bodyOf(await room.answerTo(yes))).toContain('✅ Only this server takes part in');
    expect(await aclOf(id)).toEqual(closed());
    expect(kept(id)).toEqual([before]);
    await enable(id);
    expect(await aclOf(id)).toEqual(before);
  });

  test('killed while it is enabled, the way back is not forgotten', async () => {
    const before = { allow: ['*'], deny: ['enabling.test'], allow_ip_literals: true };
    const id = await shared(before);
    await disable(id);
    const killed = Promise.withResolvers<void>();
    between.handlers.push(async ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('m.room.server_acl')) return undefined;
      await room.bot().kill();
      killed.resolve();
      return 'reset';
    });
    const plan = await room.ask(`federation enable-room ${id}`);
    const yes = await room.admin.send(room.roomId, `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    await killed.promise;
    expect(kept(id)).toEqual([before]);
    between.handlers.length = 0;
    await room.start();
    expect(bodyOf(await room.answerTo(yes))).toContain('✅ Other servers take part');
    expect(await aclOf(id)).toEqual(before);
    expect(kept(id)).toEqual([]);
  });

  test('a list that somebody has changed meanwhile is shown before it is overwritten', async () => {
    const id = await shared();
    await disable(id);
    await alice.sendState(id, 'm.room.server_acl', { ...open, deny: ['changed.test'] });
    const plan = await room.ask(`federation enable-room ${id}`);
    expect(plan).toContain('Somebody has changed the list since it was disabled');
    expect(plan).toContain('changed.test');
    await room.ask(`cancel ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    // Disabled anew, that is what is kept.
    await disable(id);
    expect(kept(id)).toEqual([{ ...open, deny: ['changed.test'] }]);
  });

  test('where nobody here has the power it is refused, and what can be done is named', async () => {
    const far = await dave.createRoom({ preset: 'public_chat', name: 'Far' });
    await alice.join(far, [other.serverName]);
    const answer = await room.ask(`federation disable-room ${far}`);
    expect(answer).toContain('❌ Nobody of this server has the power');
    expect(answer).toContain('ban-room');
  });

  test('what needs no disabling, what is unknown, and the admin room are refused', async () => {
    const alone = await alice.createRoom({ name: 'Alone', creation_content: { 'm.federate': false } });
    expect(await room.ask(`federation disable-room ${alone}`)).toContain('was made without federation');
    expect(await room.ask('federation disable-room #nowhere')).toContain('leads nowhere');
    expect(await room.ask('federation enable-room !nothing:one.test')).toContain('does not know the room');
    expect(await room.ask(`federation disable-room ${room.roomId}`)).toContain('is the admin room');
    expect(await room.ask(`federation enable-room ${room.roomId}`)).toContain('is the admin room');
    expect(await room.ask(`federation enable-room ${await shared()}`)).toContain('is not disabled');
  });
});
