import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Json, registerUser, TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type AccountKinds, bridgeToken, startServerOfKinds } from './account-kinds.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';
import { answered, fence } from './answered.ts';
import { seenByBot } from './seen-by-bot.ts';

const part = encodeURIComponent;
const messages = 'm.room.message';

describeWithSynapse('what looks like a command, or like a yes', () => {
  let place: AccountKinds;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let victim: TestClient;
  let order: string;

  beforeAll(async () => {
    place = await startServerOfKinds('hostile-room');
    between = await startScripted([], place.server.url);
    room = await openAdminRoom(place.server, { config: { backend: { type: 'synapse', url: between.url } } });
    victim = await registerUser(place.server, 'victim');
    order = `!admin user suspend ${victim.userId}`;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await place?.server.stop();
  });
  beforeEach(() => room.admin.admin('PUT', `/v1/suspend/${victim.userId}`, { suspend: false }));
  afterEach(() => {
    between.handlers.length = 0;
  });

  const suspended = async (userId = victim.userId) => (await room.admin.admin('GET', `/v2/users/${userId}`)).suspended;

  async function letIn<User extends { readonly userId: string }>(user: User): Promise<User> {
    await room.botAccount.invite(room.roomId, user.userId);
    return user;
  }
  const joined = async (user: TestClient) => {
    await (await letIn(user)).join(room.roomId);
    return user;
  };

  async function expectNothing(...eventIds: string[]): Promise<void> {
    await fence(room);
    expect(await answered(room, eventIds)).toEqual([]);
    expect(await suspended()).toBe(false);
  }

  async function planFor(userId: string): Promise<RoomEvent> {
    const plan = await room.answerTo(await room.admin.send(room.roomId, `!admin user make-user-admin ${userId}`));
    expect(bodyOf(plan)).toMatch(/confirm [a-z0-9]{5}/);
    return plan;
  }
  const codeIn = (plan: RoomEvent) => /confirm ([a-z0-9]{5})/.exec(bodyOf(plan))?.[1] ?? '';
  const tap = (eventId: string, as = room.admin) =>
    as.send(room.roomId, { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key: '✅' } }, 'm.reaction');
  const isAdmin = async (userId: string) => (await room.admin.admin('GET', `/v2/users/${userId}`)).admin;

  /** Holds back what the bot asks of the admin API, once it asks. */
  function hold(): { reached: Promise<void>; go: () => void } {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    between.handlers.push(async ({ path }) => {
      if (!path.includes('server_version')) return undefined;
      reached.resolve();
      await go.promise;
      return undefined;
    });
    return { reached: reached.promise, go: go.resolve };
  }

  /** A user of the bridge, whose messages may claim any time. */
  async function bridged(localpart: string) {
    const userId = `@bridged-${localpart}:${place.server.serverName}`;
    const bridge = new TestClient(place.server.url, { userId: '', accessToken: bridgeToken, deviceId: '' });
    const registration = { type: 'm.login.application_service', username: `bridged-${localpart}`, inhibit_login: true };
    await bridge.request('POST', '/_matrix/client/v3/register', registration);
    await letIn({ userId });
    await bridge.request('POST', `/_matrix/client/v3/join/${part(room.roomId)}?user_id=${part(userId)}`, {});
    let sent = 0;
    const send = async (content: Json, ts: number) => {
      sent += 1;
      const path = `/_matrix/client/v3/rooms/${part(room.roomId)}/send/${messages}/${localpart}-${sent}`;
      return String((await bridge.request('PUT', `${path}?user_id=${part(userId)}&ts=${ts}`, content)).event_id);
    };
    return { userId, send };
  }
  const text = (body: string): Json => ({ msgtype: 'm.text', body });

  test('somebody who is not in the room commands nothing, though she is a server admin and writes to the bot', async () => {
    const outside = await registerUser(place.server, 'outside', { admin: true });
    await expect(outside.send(room.roomId, order)).rejects.toThrow('403');
    // The bot's own direct room with her, as after a secret.
    const direct = await room.botAccount.createRoom({ preset: 'private_chat', invite: [outside.userId] });
    await outside.join(direct);
    await outside.send(direct, order);
    await expectNothing();
    expect((await outside.messages(direct)).filter(({ type }) => type === messages)).toHaveLength(1);
  });

  test('another bot, or a bridge, that is in the room commands nothing', async () => {
    const other = await joined(await registerUser(place.server, 'other-bot'));
    await room.admin.admin('PUT', `/v2/users/${other.userId}`, { user_type: 'bot' });
    const puppet = await bridged('puppet');
    const sent = [await other.send(room.roomId, order), await puppet.send(text(order), Date.now())];
    await fence(room);
    const answers = (await room.admin.messages(room.roomId)).filter(({ content }) =>
      sent.includes(String(content['dev.castellan.for'])),
    );
    for (const answer of answers) expect(bodyOf(answer)).toContain('may not command me');
    expect(await suspended()).toBe(false);
  });

  test('a bot that is a server admin and repeats what it reads, as bots do, commands nothing', async () => {
    const echo = await joined(await registerUser(place.server, 'echo-bot', { admin: true }));
    await expectNothing(await echo.send(room.roomId, { msgtype: 'm.notice', body: order }));
  });

  test('a forwarded command runs nothing, and one forwarded out of the room neither', async () => {
    const forwarded = { event_id: '$x', room_id: '!x:castellan.test', sender: victim.userId, origin_server_ts: 1 };
    const here = await room.admin.send(room.roomId, { ...text(order), 'm.forwarded': forwarded });
    const elsewhere = await room.admin.createRoom({ invite: [room.botAccount.userId] });
    await room.botAccount.join(elsewhere);
    await room.admin.send(elsewhere, order);
    await expectNothing(here);
  });

  test.each<[string, (body: string, chat: string) => Json]>([
    [
      'a reply without the old fallback, above a quote of it',
      (body, chat) => ({ ...text(`see above\n\n> ${body}`), 'm.relates_to': { 'm.in_reply_to': { event_id: chat } } }),
    ],
    [
      'a reply in a thread that quotes it',
      (body, chat) => ({
        ...text(`> <@a:b> ${body}\n\nnot this one`),
        'm.relates_to': { rel_type: 'm.thread', event_id: chat, 'm.in_reply_to': { event_id: chat } },
      }),
    ],
    ['words that only its HTML begins with', (body) => ({ ...text('hello'), formatted_body: body, format: 'x' })],
  ])('%s runs nothing', async (_, content) => {
    const chat = await room.admin.send(room.roomId, 'good morning');
    await expectNothing(await room.admin.send(room.roomId, content(order, chat)));
  });

  test('a command that was redacted while it waited its turn runs nothing', async () => {
    const held = hold();
    const first = await room.admin.send(room.roomId, '!admin server version');
    await held.reached;
    const waiting = await room.admin.send(room.roomId, order);
    const redaction = await room.admin.redact(room.roomId, waiting);
    // Its redaction has been seen when what came after it is answered in the quick lane.
    await room.ask('help');
    held.go();
    await room.answerTo(first);
    expect(redaction).toBeDefined();
    await expectNothing(waiting);
  });

  test.each([
    ['long past', () => 1_000_000_000_000],
    ['far in the future', () => Date.now() + 10 * 365 * 86_400_000],
  ])('a command whose own time is %s is as old as the server knows it to be', async (name, ts) => {
    const { userId, send } = await bridged(`time-${name.split(' ').at(-1)}`);
    await room.admin.admin('PUT', `/v1/users/${userId}/admin`, { admin: true });
    expect(bodyOf(await room.answerTo(await send(text(order), ts())))).toContain('Suspended');
    await room.admin.admin('PUT', `/v1/suspend/${victim.userId}`, { suspend: false });

    await room.bot().stop();
    const late = await send(text(order), ts());
    const sure = await send(text(`!admin user make-user-admin ${victim.userId} --yes-i-want-to-do-this`), ts());
    await delay(1_100);
    room.configure({ maxCommandAge: '1s' });
    await room.start();
    for (const id of [late, sure]) expect(bodyOf(await room.answerTo(id))).toContain('reached me late');
    expect(await suspended()).toBe(false);
    expect(await isAdmin(victim.userId)).toBe(false);
    await room.bot().stop();
    room.configure({ maxCommandAge: '5m' });
    await room.start();
  });

  test('a pill whose display name is the localpart of somebody else stands for whom it links to', async () => {
    const mallory = await registerUser(place.server, 'mallory');
    await mallory.request('PUT', `/_matrix/client/v3/profile/${part(mallory.userId)}/displayname`, {
      displayname: 'victim',
    });
    const sent = await room.admin.send(room.roomId, {
      ...text('!admin user suspend victim'),
      format: 'org.matrix.custom.html',
      formatted_body: `!admin user suspend <a href="https://matrix.to/#/${mallory.userId}">victim</a>`,
      'm.mentions': { user_ids: [mallory.userId] },
    });
    expect(bodyOf(await room.answerTo(sent))).toContain(mallory.userId);
    expect([await suspended(mallory.userId), await suspended()]).toEqual([true, false]);
    // Where the link is missing, the mention alone tells that somebody else may be meant.
    const bare = await room.admin.send(room.roomId, {
      ...text('!admin user suspend victim'),
      'm.mentions': { user_ids: [mallory.userId] },
    });
    expect(bodyOf(await room.answerTo(bare))).toContain('I cannot tell where');
    expect(await suspended()).toBe(false);
  });

  test("a tick on a message that looks like the bot's plan, but is not the bot's, confirms nothing", async () => {
    const plan = await planFor(victim.userId);
    const copy = { ...plan.content };
    const forged = await room.admin.send(room.roomId, copy);
    const ofStranger = await (await joined(await registerUser(place.server, 'forger'))).send(room.roomId, copy);
    const edit = await room.admin.send(room.roomId, {
      ...copy,
      'm.new_content': copy,
      'm.relates_to': { rel_type: 'm.replace', event_id: plan.event_id },
    });
    const taps = [await tap(forged), await tap(ofStranger), await tap(edit)];
    await expectNothing(...taps);
    expect(await isAdmin(victim.userId)).toBe(false);
    expect(await room.ask(`cancel ${codeIn(plan)}`)).toContain('Dropped');
  });

  test('a tick that was taken back before it was read, or as an edit, confirms nothing', async () => {
    const plan = await planFor(victim.userId);
    await room.bot().stop();
    const taken = await tap(plan.event_id);
    await room.admin.redact(room.roomId, taken);
    await room.start();
    const odd = await room.admin.send(
      room.roomId,
      { 'm.relates_to': { rel_type: 'm.replace', event_id: plan.event_id, key: '✅' } },
      'm.reaction',
    );
    await expectNothing(taken, odd);
    expect(await isAdmin(victim.userId)).toBe(false);
    expect(await room.ask(`cancel ${codeIn(plan)}`)).toContain('Dropped');
  });

  test('where its alias is moved to another room, the bot stays in the old one and hears nothing in the new', async () => {
    const [alias = ''] = await room.admin
      .admin('GET', `/v1/rooms/${part(room.roomId)}`)
      .then(({ canonical_alias }) => [String(canonical_alias)]);
    const other = await room.admin.createRoom({ preset: 'private_chat', invite: [room.botAccount.userId] });
    await room.botAccount.join(other);
    const path = `/_matrix/client/v3/directory/room/${part(alias)}`;
    await room.admin.request('DELETE', path);
    await room.admin.request('PUT', path, { room_id: other });
    for (const restart of [false, true]) {
      if (restart) {
        await room.bot().stop();
        room.configure({ adminRoom: alias });
        await room.start();
      }
      await room.admin.send(other, order);
      await expectNothing();
      expect((await room.admin.messages(other)).filter(({ sender }) => sender === room.botAccount.userId)).toHaveLength(
        1,
      );
    }
  });

  // Last, since it ends the room.
  test('an upgraded room, and the one it leads to, hear no command any more', async () => {
    const old = room.roomId;
    const { replacement_room: replacement } = await room.botAccount.request<{ replacement_room: string }>(
      'POST',
      `/_matrix/client/v3/rooms/${part(old)}/upgrade`,
      { new_version: '10' },
    );
    const warning = await room.admin.waitForEvent(old, (event) => bodyOf(event).includes('replaced by another one'));
    expect(warning.sender).toBe(room.botAccount.userId);
    await room.botAccount.invite(replacement, room.admin.userId).catch(() => undefined);
    await room.admin.join(replacement);
    await room.admin.send(replacement, order);
    await room.botAccount.sendState(old, 'm.room.power_levels', {
      users: { [room.botAccount.userId]: 100, [room.admin.userId]: 50 },
    });
    await room.admin.send(old, order);
    await seenByBot(room);
    expect(await suspended()).toBe(false);
    await room.bot().stop();
    expect(await (await room.start({ unready: true })).exited).toBe(7);
    expect(await suspended()).toBe(false);
    expect((await room.admin.messages(replacement)).filter(({ type }) => type === messages)).toHaveLength(1);
  });
});
