import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Json, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { answered, fence } from './answered.ts';

describeWithSynapse('who may command', () => {
  let server: Synapse;
  let other: Synapse;
  let room: AdminRoom;
  let victim: TestClient;
  let order: string;

  beforeAll(async () => {
    server = await startSynapse({ name: 'who-may', federation: true, serverName: 'one.test' });
    other = await startSynapse({ name: 'who-may-else', federation: true, serverName: 'two.test' });
    room = await openAdminRoom(server, { creation: { creation_content: {} } });
    victim = await registerUser(server, 'victim');
    order = `!admin user suspend ${victim.userId}`;
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
    await other?.stop();
  });
  beforeEach(() => room.admin.admin('PUT', `/v1/suspend/${victim.userId}`, { suspend: false }));

  const suspended = async () => (await room.admin.admin('GET', `/v2/users/${victim.userId}`)).suspended;

  async function letIn(user: TestClient): Promise<TestClient> {
    await room.botAccount.invite(room.roomId, user.userId);
    await user.join(room.roomId, [server.serverName]);
    return user;
  }

  /** Nothing was done for this event, and nothing was said to it, though its turn has come. */
  async function expectNothing(...eventIds: string[]): Promise<void> {
    await fence(room);
    expect(await answered(room, eventIds)).toEqual([]);
    expect(await suspended()).toBe(false);
  }

  const replaces = (eventId: string, body: string): Json => ({
    msgtype: 'm.text',
    body,
    'm.new_content': { msgtype: 'm.text', body },
    'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
  });

  test('an admin of the server who is in the room may', async () => {
    expect(await room.ask(order)).toContain('Suspended');
    expect(await suspended()).toBe(true);
  });

  test.each<[string, () => Json]>([
    ['a notice', () => ({ msgtype: 'm.notice', body: order })],
    ['an emote', () => ({ msgtype: 'm.emote', body: order })],
    ['a file named like a command', () => ({ msgtype: 'm.file', body: order, url: 'mxc://one.test/abc' })],
    ['a quoted command', () => ({ msgtype: 'm.text', body: `> ${order}` })],
    ['a command in the middle of a text', () => ({ msgtype: 'm.text', body: `try\n${order}` })],
    ['a longer word than the prefix', () => ({ msgtype: 'm.text', body: order.replace('!admin', '!administrate') })],
    [
      'a reply that quotes a command',
      () => ({
        msgtype: 'm.text',
        body: `> <@someone:one.test> ${order}\n\nthat is how`,
        'm.relates_to': { 'm.in_reply_to': { event_id: '$someEvent' } },
      }),
    ],
  ])('%s runs nothing', async (_, content) => {
    await expectNothing(await room.admin.send(room.roomId, content()));
  });

  test('an edit that turns chat into a command runs nothing', async () => {
    const chat = await room.admin.send(room.roomId, 'good morning');
    await expectNothing(chat, await room.admin.send(room.roomId, replaces(chat, order)));
  });

  test('an edit of a command does not run it again, or another one', async () => {
    const command = await room.admin.send(room.roomId, '!admin server version');
    const edit = await room.admin.send(room.roomId, replaces(command, order));
    await fence(room);
    expect(await answered(room, [command, edit])).toEqual([command]);
    await expectNothing(edit);
  });

  test("the bot's own account commands nothing", async () => {
    await expectNothing(await room.botAccount.send(room.roomId, order));
  });

  test("another room's message runs nothing, though bot and admin are in it", async () => {
    const elsewhere = await room.admin.createRoom({ invite: [room.botAccount.userId] });
    await room.botAccount.join(elsewhere);
    await room.admin.send(elsewhere, order);
    await expectNothing();
    expect(
      (await room.admin.messages(elsewhere)).filter(({ sender }) => sender === room.botAccount.userId),
    ).toHaveLength(1);
  });

  test("an invite to a stranger's room is left alone", async () => {
    const stranger = await registerUser(server, 'stranger');
    const trap = await stranger.createRoom({ invite: [room.botAccount.userId] });
    await stranger.send(trap, order);
    await expectNothing();
    expect(await stranger.joinedMembers(trap)).toEqual([stranger.userId]);
  });

  test('a member who is no admin is refused in one short answer, however often she asks', async () => {
    const mallory = await letIn(await registerUser(server, 'mallory'));
    const ids: string[] = [];
    for (let at = 0; at < 3; at++) ids.push(await mallory.send(room.roomId, order));
    const refusal = await room.answerTo(ids[0] ?? '');
    expect(bodyOf(refusal)).toMatch(/mallory.* may not command me/);
    expect(bodyOf(refusal).length).toBeLessThan(200);
    await fence(room);
    expect(await answered(room, ids)).toEqual([ids[0]]);
    expect(await suspended()).toBe(false);
  });

  test('a member of another server commands nothing, though she is an admin there', async () => {
    const bob = await letIn(await registerUser(other, 'bob', { admin: true }));
    const sent = await bob.send(room.roomId, order);
    await room.admin.waitForEvent(room.roomId, ({ event_id }) => event_id === sent);
    await expectNothing(sent);
  });

  test('an admin who was demoted is refused from the next command on', async () => {
    const fallen = await letIn(await registerUser(server, 'fallen', { admin: true }));
    expect(await room.ask('server version', fallen)).toContain('Synapse');
    await room.admin.admin('PUT', `/v1/users/${fallen.userId}/admin`, { admin: false });
    expect(await room.ask(order, fallen)).toMatch(/may not command me/);
    expect(await suspended()).toBe(false);
  });

  test('what was sent while the bot was down runs nothing when it was redacted, or its sender has left', async () => {
    const gone = await letIn(await registerUser(server, 'gone', { admin: true }));
    expect(await room.ask('server version', gone)).toContain('Synapse');
    await room.bot().stop();
    const redacted = await room.admin.send(room.roomId, order);
    await room.admin.redact(room.roomId, redacted);
    const farewell = await gone.send(room.roomId, order);
    await gone.leave(room.roomId);
    await room.start();
    await expectNothing(redacted, farewell);
  });

  test('what was sent before the bot came into the room runs nothing', async () => {
    const fresh = await openAdminRoom(server, { start: false });
    try {
      const roomId = await room.admin.createRoom({ preset: 'private_chat', invite: [fresh.admin.userId] });
      await fresh.admin.join(roomId);
      const early = await fresh.admin.send(roomId, order);
      await room.admin.invite(roomId, fresh.botAccount.userId);
      const between = await fresh.admin.send(roomId, order);
      fresh.configure({ adminRoom: roomId });
      await fresh.start();
      const now = await fresh.admin.send(roomId, '!admin server version');
      const isAnswer = (eventId: string) => (event: { content: Json }) =>
        event.content['dev.castellan.for'] === eventId;
      await fresh.admin.waitForEvent(roomId, isAnswer(now));
      const events = await fresh.admin.messages(roomId);
      expect(events.filter(isAnswer(early))).toEqual([]);
      expect(events.filter(isAnswer(between))).toEqual([]);
      expect(await suspended()).toBe(false);
    } finally {
      await fresh.close();
    }
  });

  test('a name listed in `admins` may, and `roles` say how much', async () => {
    const ruled = await openAdminRoom(server, { start: false });
    try {
      const [helper, watcher, unlisted, deputy] = await Promise.all([
        registerUser(server, 'helper'),
        registerUser(server, 'watcher', { admin: true }),
        registerUser(server, 'unlisted', { admin: true }),
        registerUser(server, 'deputy', { admin: true }),
      ]);
      for (const user of [helper, watcher, unlisted, deputy]) {
        await ruled.botAccount.invite(ruled.roomId, user.userId);
        await user.join(ruled.roomId);
      }
      ruled.configure({
        admins: [helper.userId],
        roles: {
          [ruled.admin.userId]: 'owner',
          [deputy.userId]: 'admin',
          [helper.userId]: 'moderator',
          [watcher.userId]: 'viewer',
        },
      });
      await ruled.start();
      const isAdmin = async (name: string) =>
        server.queryDatabase('SELECT admin FROM users WHERE name = ?', `@${name}:${server.serverName}`)[0]?.admin;

      for (const viewer of [watcher, unlisted]) {
        expect(await ruled.ask('server version', viewer)).toContain('Synapse');
        expect(await ruled.ask(order, viewer)).toMatch(/needs the role moderator; yours is viewer/);
      }
      expect(await suspended()).toBe(false);
      expect(await ruled.ask(order, helper)).toContain('Suspended');
      expect(await suspended()).toBe(true);
      expect(await ruled.ask(`user suspend ${deputy.userId}`, helper)).toMatch(/only an owner may/);
      expect(await ruled.ask(`user lock ${watcher.userId}`, helper)).toMatch(/only an owner may/);
      expect(await ruled.ask(`reset-password ${victim.userId} typed-by-helper`, helper)).toMatch(
        /needs the role admin/,
      );

      expect(await ruled.ask(`reset-password ${helper.userId} typed-by-deputy`, deputy)).toMatch(/only an owner may/);
      expect(await ruled.ask('create-user queen some-password-1 --admin', deputy)).toMatch(/only an owner may/);
      expect(await ruled.ask(`user make-user-admin ${victim.userId}`, deputy)).toMatch(/needs the role owner/);
      expect(await ruled.ask('create-user pawn some-password-2', deputy)).toContain('Created');
      expect(await ruled.ask('create-user queen some-password-3 --admin --yes-i-want-to-do-this')).toContain('Created');
      expect(await isAdmin('pawn')).toBe(0);
      expect(await isAdmin('queen')).toBe(1);
      expect(await isAdmin('victim')).toBe(0);
    } finally {
      await ruled.close();
    }
  });
});
