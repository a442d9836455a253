import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { filesWith, fromStore } from './store-file.ts';
import { bodyTable } from './tables.ts';

const part = encodeURIComponent;

describeWithSynapse('what the bot does as somebody else', () => {
  let server: Synapse;
  /** Between the bot and the homeserver. */
  let between: Scripted;
  let room: AdminRoom;
  let bob: TestClient;
  let carol: TestClient;

  const membership = async (userId: string, roomId: string) => {
    const answer = await room.admin.admin('GET', `/v1/users/${part(userId)}/memberships`);
    return (answer.memberships as Record<string, string>)[roomId];
  };
  const isIn = async ({ userId }: TestClient, roomId: string) => (await membership(userId, roomId)) === 'join';
  const levels = async (roomId: string) => {
    const path = `/v1/rooms/${part(roomId)}/state?type=m.room.power_levels`;
    return ((await room.admin.admin('GET', path)).state as { content: { users: unknown } }[])[0]?.content;
  };
  const modify = (userId: string, fields: object) => room.admin.admin('PUT', `/v2/users/${part(userId)}`, fields);
  const suspend = (userId: string, to: boolean) =>
    room.admin.admin('PUT', `/v1/suspend/${part(userId)}`, { suspend: to });
  const lastChange = () =>
    JSON.parse(String(fromStore(room.dataDir, 'SELECT record FROM audit ORDER BY seq DESC LIMIT 1')[0]?.record)).detail;
  /** Tokens with which the bot went to the server as somebody else, in the last test. */
  const puppetTokens = () => [
    ...new Set(
      between.requests
        .map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))
        .filter((token) => token !== room.botAccount.accessToken),
    ),
  ];
  const whoami = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${server.url}/_matrix/client/v3/account/whoami`, { headers })).status;
  };

  beforeAll(async () => {
    server = await startSynapse({ name: 'acting-as', config: { allow_guest_access: true } });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url, config: { backend: { type: 'synapse', timeout: '2s' } } });
    bob = await registerUser(server, 'bob');
    carol = await registerUser(server, 'carol');
    for (const { userId } of [bob, carol]) await room.admin.liftLimits(userId);
  });
  afterEach(async () => {
    between.handlers.length = 0;
    // Whatever the test was about: no token is left, nowhere, and none of them made a device or is written down.
    const tokens = puppetTokens();
    for (const token of tokens) expect(await whoami(token)).toBe(401);
    const left = `SELECT puppets_user_id FROM access_tokens JOIN users ON name = puppets_user_id WHERE is_guest = 0`;
    expect(server.queryDatabase(left)).toEqual([]);
    for (const { userId, deviceId } of [bob, carol, room.botAccount]) {
      const rows = server.queryDatabase('SELECT device_id FROM devices WHERE user_id = ? AND hidden = 0', userId);
      expect(rows).toEqual([{ device_id: deviceId }]);
    }
    if (tokens.length > 0) {
      expect(filesWith(room.dataDir, tokens)).toEqual([]);
      expect(room.bot().output()).not.toMatch(new RegExp(tokens.join('|')));
    }
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  describe('user force-leave-room', () => {
    test('lets somebody leave, and the token is good for two minutes at most', async () => {
      const lobby = await bob.createRoom({ name: 'A | <b>', invite: [carol.userId] });
      await carol.join(lobby);
      const now = Date.now();
      expect(await room.ask(`user force-leave-room carol ${lobby}`)).toBe(
        `✅ \`${carol.userId}\` has left \`${lobby}\` (“A | <b>”, 2 members).`,
      );
      expect(await membership(carol.userId, lobby)).toBe('leave');
      expect(lastChange()).toEqual({ before: { membership: 'join' }, after: { membership: 'leave' } });
      const login = between.requests.filter(({ path }) => path.endsWith('/login'));
      expect(login).toHaveLength(1);
      const { valid_until_ms: until } = JSON.parse(login[0]?.body ?? '{}');
      expect(until).toBeGreaterThan(now + 110_000);
      expect(until).toBeLessThan(now + 130_000);
      expect(puppetTokens()).toHaveLength(1);
    });

    test('declines an invite, by alias too', async () => {
      await bob.createRoom({ room_alias_name: 'declined', invite: [carol.userId] });
      expect(await room.ask('user force-leave-room carol #declined')).toContain('its invite was declined');
    });

    test.each([
      [
        'a room that one is not in',
        'carol #theirs',
        /^❌ `@carol:castellan\.test` is not in `!.*1 member\)\. Nothing was done/,
      ],
      ['twice', 'carol #theirs', /^❌ /],
      ['an unknown user', 'nobody #theirs', /^❌ There is no account `@nobody:castellan\.test`/],
      ['an unknown alias', 'carol #nowhere', /^❌ The alias `#nowhere:castellan\.test` leads nowhere/],
      [
        'an unknown room',
        'carol !nothing:castellan.test',
        /^❌ .* is not in `!nothing:castellan\.test` \(unknown here\)/,
      ],
      ['a remote user', '@eve:elsewhere.test #theirs', /^❌ .*lives on another server/],
      ['no room', 'carol', /^❌ .*needs `<room>`/],
      ['a word too many', 'carol #theirs x', /^❌ .*x/],
    ])('refuses %s', async (_, words, why) => {
      if (server.queryDatabase("SELECT 1 FROM room_aliases WHERE room_alias LIKE '#theirs:%'").length === 0)
        await bob.createRoom({ room_alias_name: 'theirs' });
      expect(await room.ask(`user force-leave-room ${words}`)).toMatch(why);
      expect(puppetTokens()).toEqual([]);
    });

    test('never makes the bot leave, nor anybody leave the admin room', async () => {
      const alias = server.queryDatabase('SELECT room_alias FROM room_aliases WHERE room_id = ?', room.roomId)[0];
      for (const line of [
        `user force-leave-room ${room.botAccount.userId} ${room.roomId}`,
        `user force-leave-room ${room.admin.userId} ${room.roomId}`,
        `user force-leave-room ${room.admin.userId} ${alias?.room_alias}`,
      ])
        expect(await room.ask(line)).toMatch(/^❌ .*I never/);
      expect(await membership(room.admin.userId, room.roomId)).toBe('join');
      expect(puppetTokens()).toEqual([]);
    });

    test('refuses a locked account, and does it once that is unlocked; a suspended one leaves', async () => {
      const den = await carol.createRoom();
      await modify(carol.userId, { locked: true });
      const answer = await room.ask(`user force-leave-room carol ${den}`);
      expect(answer).toMatch(/^❌ .*is locked/);
      expect(answer).toContain('`!admin user unlock @carol:castellan.test`');
      await modify(carol.userId, { locked: false });
      await suspend(carol.userId, true);
      expect(await room.ask(`user force-leave-room carol ${den}`)).toMatch(/^✅/);
      await suspend(carol.userId, false);
      expect(await isIn(carol, den)).toBe(false);
    });

    test('one that is locked between the look and the act is told of, not the bot', async () => {
      const den = await carol.createRoom();
      between.handlers.push(({ path }) =>
        path.endsWith(`${part(den)}/leave`)
          ? { status: 401, body: { errcode: 'M_USER_LOCKED', error: 'User account has been locked' } }
          : undefined,
      );
      expect(await room.ask(`user force-leave-room carol ${den}`)).toContain(`❌ \`${carol.userId}\` is locked`);
    });

    test.each(['shadow-banned', 'deactivated'])('a %s account leaves', async (kind) => {
      const den = await bob.createRoom({ preset: 'public_chat' });
      const someone = await registerUser(server, `leaver-${kind}`);
      await someone.join(den);
      const user = part(someone.userId);
      if (kind === 'shadow-banned') await room.admin.admin('POST', `/v1/users/${user}/shadow_ban`);
      else {
        await room.admin.admin('POST', `/v1/deactivate/${user}`, {});
        await bob.waitForEvent(
          den,
          ({ content, state_key }) => content.membership === 'leave' && state_key === someone.userId,
        );
        await room.admin.admin('POST', `/v1/join/${part(den)}`, { user_id: someone.userId });
      }
      expect(await room.ask(`user force-leave-room ${someone.userId} ${den}`)).toMatch(/^✅/);
      expect(await isIn(someone, den)).toBe(false);
    });

    test('a guest leaves; its token, which the server lets nobody end, is over in two minutes', async () => {
      const den = await bob.createRoom({ preset: 'public_chat' });
      await bob.sendState(den, 'm.room.guest_access', { guest_access: 'can_join' });
      const someone = await guest();
      await someone.join(den);
      expect(await room.ask(`user force-leave-room ${someone.userId} ${den}`)).toMatch(/^✅/);
      expect(await isIn(someone, den)).toBe(false);
      const kept = 'SELECT valid_until_ms AS until FROM access_tokens WHERE puppets_user_id = ?';
      const [token] = server.queryDatabase(kept, someone.userId);
      expect(Number(token?.until)).toBeLessThan(Date.now() + 120_000);
      between.requests.length = 0;
    });

    test('is done once when its answer is lost', async () => {
      const den = await carol.createRoom();
      let lost = 0;
      between.handlers.push(({ path }) => {
        if (!path.endsWith(`${part(den)}/leave`) || lost > 0) return undefined;
        lost += 1;
        return 'lose';
      });
      expect(await room.ask(`user force-leave-room carol ${den}`)).toMatch(/^✅/);
      expect(lost).toBe(1);
      expect(await isIn(carol, den)).toBe(false);
    });

    test('is found done when no answer comes at all', async () => {
      const den = await carol.createRoom();
      between.handlers.push(({ path }) => (path.endsWith(`${part(den)}/leave`) ? 'lose' : undefined));
      expect(await room.ask(`user force-leave-room carol ${den}`)).toBe(
        '✅ `user force-leave-room` was done, as I see on the server.',
      );
      expect(await isIn(carol, den)).toBe(false);
    });

    test('is said not to be done when it never arrived', async () => {
      const den = await carol.createRoom();
      between.handlers.push(({ path }) => (path.endsWith(`${part(den)}/leave`) ? 'reset' : undefined));
      expect(await room.ask(`user force-leave-room carol ${den}`)).toContain(
        '❌ The homeserver gave no answer. I looked: it was not done.',
      );
      expect(await isIn(carol, den)).toBe(true);
    });

    test('a token whose end is not answered is asked for again', async () => {
      const den = await carol.createRoom();
      let broken = 0;
      between.handlers.push(({ path }) => {
        if (!path.endsWith('/logout') || broken > 1) return undefined;
        broken += 1;
        return broken === 1 ? 'reset' : 'lose';
      });
      expect(await room.ask(`user force-leave-room carol ${den}`)).toMatch(/^✅/);
      expect(broken).toBe(2);
    });
  });

  async function guest(): Promise<TestClient> {
    const response = await fetch(`${server.url}/_matrix/client/v3/register?kind=guest`, { method: 'POST', body: '{}' });
    const { user_id: userId, access_token: accessToken } = (await response.json()) as Record<string, string>;
    return new TestClient(server.url, { userId: String(userId), accessToken: String(accessToken), deviceId: '' });
  }

  describe('user force-demote', () => {
    const powered = (users: Record<string, number>, more: object = {}) =>
      bob.createRoom({
        preset: 'public_chat',
        name: 'Powers',
        power_level_content_override: { users: { [bob.userId]: 100, ...users } },
        ...more,
      });

    test('takes away the power of somebody who has it, and leaves all else', async () => {
      const den = await powered({ [carol.userId]: 100 });
      await carol.join(den);
      const before = await levels(den);
      expect(await room.ask(`user force-demote carol ${den}`)).toBe(
        `✅ \`${carol.userId}\` has power 0 in \`${den}\` (“Powers”, 2 members) now, as everybody has; before, it had 100.`,
      );
      expect(await levels(den)).toEqual({ ...before, users: { [bob.userId]: 100 } });
      expect(lastChange()).toEqual({ before: { level: 100 }, after: { level: 0 } });
      expect(await room.ask(`user force-demote carol ${den}`)).toMatch(/^❌ .*has no power in/);
      expect(await room.ask(`user force-demote carol ${den} --dry-run`)).toMatch(/^❌ .*has no power in/);
    });

    test('asks first when it is the last who can say who has power', async () => {
      const den = await powered({});
      await carol.join(den);
      const plan = await room.ask(`user force-demote bob ${den}`);
      expect(plan).toContain('It is the last in the room who can say who has power');
      expect((await levels(den))?.users).toEqual({ [bob.userId]: 100 });
      expect(await room.askAndConfirm(`user force-demote bob ${den}`)).toMatch(/^✅/);
      expect((await levels(den))?.users).toEqual({});
    });

    test('asks again when it has become the last since', async () => {
      const den = await powered({ [carol.userId]: 100 });
      await carol.join(den);
      const shown = /confirm ([a-z0-9]{5})/;
      expect(await room.ask(`user force-demote carol ${den} --dry-run`)).not.toMatch(shown);
      let seen = 0;
      between.handlers.push(async ({ method, path }) => {
        if (method !== 'GET' || !path.includes(`${part(den)}/members`)) return undefined;
        seen += 1;
        if (seen === 2) await bob.leave(den);
        return undefined;
      });
      expect(await room.ask(`user force-demote carol ${den}`)).toContain('is now the last');
      expect((await levels(den))?.users).toEqual({ [bob.userId]: 100, [carol.userId]: 100 });
    });

    test('refuses one who has too little power to give it up', async () => {
      const den = await powered({ [carol.userId]: 50 });
      await carol.join(den);
      const answer = await room.ask(`user force-demote carol ${den}`);
      expect(answer).toMatch(/^❌ .*has power 50 .* takes 100: it cannot give it up itself\. Nothing was done/);
      expect(puppetTokens()).toEqual([]);
    });

    test('says that creators of a room of version 12 cannot be demoted', async () => {
      const den = await bob.createRoom({ room_version: '12', name: 'Twelve' });
      expect(await room.ask(`user force-demote bob ${den}`)).toContain('nobody can take power from its creators');
    });

    test.each([
      ['one who is not in the room', async () => `carol ${await powered({ [carol.userId]: 100 })}`, /is not in/],
      ['the bot', async () => `${room.botAccount.userId} ${await powered({})}`, /is me\. I never demote/],
      ['the admin room', async () => `${room.admin.userId} ${room.roomId}`, /is the admin room/],
      ['an unknown room', async () => 'carol #nowhere', /leads nowhere/],
      ['an unknown user', async () => 'nobody #nowhere', /There is no account/],
    ])('refuses %s', async (_, words, why) => {
      const answer = await room.ask(`user force-demote ${await words()}`);
      expect(answer).toMatch(/^❌/);
      expect(answer).toMatch(why);
      expect(puppetTokens()).toEqual([]);
    });

    test('refuses a locked and a suspended one, each with what to do first', async () => {
      const den = await powered({ [carol.userId]: 100 });
      await carol.join(den);
      await modify(carol.userId, { locked: true });
      expect(await room.ask(`user force-demote carol ${den}`)).toContain('`!admin user unlock');
      await modify(carol.userId, { locked: false });
      await suspend(carol.userId, true);
      expect(await room.ask(`user force-demote carol ${den}`)).toContain('`!admin user unsuspend');
      await suspend(carol.userId, false);
      expect((await levels(den))?.users).toMatchObject({ [carol.userId]: 100 });
    });
  });

  describe('room tags', () => {
    let den: string;
    beforeAll(async () => {
      den = await bob.createRoom({ name: 'Den', room_alias_name: 'den' });
    });
    const tags = async (client = bob) => {
      const path = `/_matrix/client/v3/user/${part(client.userId)}/rooms/${part(den)}/tags`;
      return (await client.request('GET', path)).tags;
    };

    test('are put, changed, shown and deleted', async () => {
      expect(await room.ask('user get-room-tags bob #den')).toContain('has given');
      expect(await room.ask('user put-room-tag bob #den m.favourite')).toMatch(/^✅ .*is tagged `m\.favourite` now/);
      expect(await tags()).toEqual({ 'm.favourite': {} });
      expect(await room.ask(`user put-room-tag bob ${den} m.favourite --order 0.25`)).toMatch(/^✅ .* at 0\.25 now/);
      expect(await room.ask(`user put-room-tag bob ${den} u.work --order=0`)).toMatch(/^✅/);
      expect(await room.ask(`user put-room-tag bob ${den} org.example.x --order .5`)).toMatch(/^✅/);
      expect(await tags()).toEqual({
        'm.favourite': { order: 0.25 },
        'u.work': { order: 0 },
        'org.example.x': { order: 0.5 },
      });
      const shown = await room.ask('user get-room-tags bob #den');
      expect(bodyTable(shown)).toContainEqual(['m.favourite', '0.25']);
      expect(jsonIn(await room.ask('user get-room-tags bob #den -o json'))).toContainEqual({ tag: 'u.work', order: 0 });
      expect(await room.ask('user delete-room-tag bob #den m.favourite')).toMatch(/^✅/);
      expect(await room.ask('user delete-room-tag bob #den m.favourite')).toMatch(/^❌ .*has no tag/);
      expect(await tags()).toEqual({ 'u.work': { order: 0 }, 'org.example.x': { order: 0.5 } });
    });

    test.each([
      ['"my tag"', /it may hold no spaces/],
      ['work', /Did you mean `u\.work`/],
      ['m.favorite', /there are only m\.favourite/],
      ['u.', /needs a prefix/],
      [`u.${'x'.repeat(255)}`, /longer than 255 bytes/],
      ['u.x --order 1.5', /is no order/],
      ['u.x --order 0,5', /is no order/],
      ['u.x --order=-1', /is no order/],
      ['u.x --order 1e-1', /is no order/],
      ['u.x y', /y/],
    ])('put-room-tag … %s is refused', async (words, why) => {
      const before = await tags();
      const answer = await room.ask(`user put-room-tag bob #den ${words}`);
      expect(answer).toMatch(/^❌/);
      expect(answer).toMatch(why);
      expect(await tags()).toEqual(before);
    });

    test('a tag with markup stays a word', async () => {
      const path = `/_matrix/client/v3/user/${part(bob.userId)}/rooms/${part(den)}/tags`;
      await bob.request('PUT', `${path}/${part('u.<b>|x\n!admin')}`, {});
      const shown = await room.ask('user get-room-tags bob #den');
      expect(shown).not.toMatch(/^!admin/m);
      await bob.request('DELETE', `${path}/${part('u.<b>|x\n!admin')}`);
    });

    test('of rooms that the account was never in are refused, as are the bot’s, and those of locked accounts', async () => {
      expect(await room.ask('user put-room-tag carol #den m.favourite')).toMatch(/^❌ .*has never been in/);
      expect(await room.ask(`user get-room-tags ${room.botAccount.userId} #den`)).toMatch(/^❌ .*is me/);
      await modify(bob.userId, { locked: true });
      for (const line of ['put-room-tag bob #den u.x', 'delete-room-tag bob #den u.work', 'get-room-tags bob #den'])
        expect(await room.ask(`user ${line}`)).toMatch(/^❌ .*is locked/);
      await modify(bob.userId, { locked: false });
      expect(await tags()).toEqual({ 'u.work': { order: 0 }, 'org.example.x': { order: 0.5 } });
    });

    test('work for a deactivated account', async () => {
      const gone = await registerUser(server, 'gone');
      await bob.invite(den, gone.userId);
      await gone.join(den);
      await room.admin.admin('POST', `/v1/deactivate/${part(gone.userId)}`, {});
      expect(await room.ask('user put-room-tag gone #den u.x')).toMatch(/^✅/);
      expect(await room.ask('user get-room-tags gone #den')).toContain('u.x');
    });

    test('are deleted once when the answer is lost', async () => {
      between.handlers.push(({ method }) => (method === 'DELETE' ? 'lose' : undefined));
      expect(await room.ask('user delete-room-tag bob #den u.work')).toMatch(/^✅/);
      expect(await tags()).toEqual({ 'org.example.x': { order: 0.5 } });
    });
  });

  describe('user redact-event', () => {
    let den: string;
    const eventOf = (id: string) => bob.event(den, id);
    const edit = (id: string, body: string) =>
      carol.send(den, {
        msgtype: 'm.text',
        body: `* ${body}`,
        'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: id },
      });
    beforeAll(async () => {
      den = await bob.createRoom({ preset: 'public_chat', name: 'Talk' });
      await carol.join(den);
    });

    test('redacts a message and its edits as their sender, and shows no text', async () => {
      const id = await carol.send(den, 'a secret of hers');
      const edits = [await edit(id, 'another secret'), await edit(id, 'a third secret')];
      const plan = await room.ask(`user redact-event '${id}'`);
      expect(plan).toContain(`“Talk”`);
      expect(plan).toContain(`sent by \`${carol.userId}\``);
      expect(plan).toContain('`m.room.message`');
      expect(plan).toContain('It is done as its sender');
      expect(plan).not.toContain('secret');
      expect((await eventOf(id)).content.body).toBe('a secret of hers');
      const answer = await room.askAndConfirm(`user redact-event '${id}' --reason "off <b>topic</b>"`);
      expect(answer).toContain(`✅ Redacted \`${id}\` of \`${carol.userId}\``);
      expect(answer).toContain('with 2 edits');
      for (const one of [id, ...edits]) {
        const event = await eventOf(one);
        expect(event.content.body).toBeUndefined();
        expect(event.unsigned?.redacted_because).toMatchObject({
          sender: carol.userId,
          content: { reason: 'off <b>topic</b>' },
        });
      }
      expect(await room.ask(`user redact-event '${id}'`)).toMatch(/^❌ .*was redacted already, by `@carol/);
      expect(lastChange()).toEqual({
        before: { redacted: false },
        after: { redacted: true, edits: 2, by: carol.userId },
      });
    });

    test('more edits than one page of them', async () => {
      const id = await carol.send(den, 'often changed');
      const edits = await Promise.all(Array.from({ length: 105 }, (_, at) => edit(id, `version ${at}`)));
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toContain('with 105 edits');
      for (const one of [edits[0], edits[104]]) expect((await eventOf(String(one))).content).toEqual({});
    });

    test('redacts what one who left has sent through a member with power', async () => {
      const dave = await registerUser(server, 'dave');
      await dave.join(den);
      const id = await dave.send(den, 'bye');
      await dave.leave(den);
      const plan = await room.ask(`user redact-event '${id}'`);
      expect(plan).toContain(`It is done as \`${bob.userId}\`, who has the power in the room`);
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toContain(`as \`${bob.userId}\``);
      expect((await eventOf(id)).unsigned?.redacted_because).toMatchObject({ sender: bob.userId });
    });

    test('by the bot itself where it is in the room with power, without a token', async () => {
      const open = await room.botAccount.createRoom({ preset: 'public_chat' });
      const dora = await registerUser(server, 'dora');
      await dora.join(open);
      const id = await dora.send(open, 'hello');
      await dora.leave(open);
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toContain(`as \`${room.botAccount.userId}\``);
      expect((await room.botAccount.event(open, id)).unsigned?.redacted_because).toBeDefined();
      expect(puppetTokens()).toEqual([]);
    });

    test('what a locked account sent goes through a member with power, and else is refused', async () => {
      const id = await carol.send(den, 'x');
      const alone = await carol.createRoom();
      const other = await carol.send(alone, 'y');
      await modify(carol.userId, { locked: true });
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toContain(`as \`${bob.userId}\``);
      const answer = await room.ask(`user redact-event '${other}'`);
      expect(answer).toMatch(/^❌ .*is locked/);
      expect(answer).toContain('`!admin user unlock');
      await modify(carol.userId, { locked: false });
    });

    test('as a suspended account', async () => {
      const id = await carol.send(den, 'x');
      await suspend(carol.userId, true);
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toMatch(/^✅/);
      await suspend(carol.userId, false);
      expect((await eventOf(id)).content).toEqual({});
    });

    test('says of state that it is state, and redacts it', async () => {
      const id = await bob.sendState(den, 'm.room.topic', { topic: 'a topic' });
      expect(await room.ask(`user redact-event '${id}'`)).toContain("It is part of the room's state");
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toMatch(/^✅/);
      expect((await eventOf(id)).content).toEqual({});
      const create = (await bob.messages(den)).find(({ type }) => type === 'm.room.create');
      expect(await room.ask(`user redact-event '${create?.event_id}'`)).toMatch(/^❌ .*would change nothing/);
    });

    test('says that the file of a message stays', async () => {
      const id = await carol.send(den, { msgtype: 'm.file', body: 'f', url: 'mxc://castellan.test/abc' });
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toContain(
        '`!admin media delete-media --mxc mxc://castellan.test/abc`',
      );
    });

    test('refuses an unknown event, the bot’s own words and the state of the admin room', async () => {
      expect(await room.ask("user redact-event '$nothing'")).toMatch(/^❌ This server does not know the event/);
      expect(await room.ask('user redact-event nothing')).toMatch(/^❌ .*is no event id/);
      const said = await room.admin.messages(room.roomId);
      const mine = said.find(({ sender, type }) => sender === room.botAccount.userId && type === 'm.room.message');
      expect(await room.ask(`user redact-event '${mine?.event_id}'`)).toMatch(/^❌ .*was sent by me/);
      const joined = said.find(({ type, state_key }) => type === 'm.room.member' && state_key === room.admin.userId);
      expect(await room.ask(`user redact-event '${joined?.event_id}'`)).toMatch(/^❌ /);
      expect(puppetTokens()).toEqual([]);
    });

    test('what somebody said in the admin room can be redacted', async () => {
      const id = await room.admin.send(room.roomId, 'something private');
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toMatch(/^✅/);
      expect((await room.admin.event(room.roomId, id)).content).toEqual({});
    });

    test('is done once when its answers are lost', async () => {
      const id = await carol.send(den, 'x');
      let lost = 0;
      between.handlers.push(({ path }) => {
        if (!path.includes('/redact/') || lost > 0) return undefined;
        lost += 1;
        return 'lose';
      });
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toMatch(/^✅/);
      const redactions = (await bob.messages(den)).filter(
        ({ content, redacts }) => (content.redacts ?? redacts) === id,
      );
      expect(redactions).toHaveLength(1);
    });

    test('is found done when no answer comes at all, and said not to be done when it never arrived', async () => {
      const id = await carol.send(den, 'x');
      between.handlers.push(({ path }) => (path.includes('/redact/') ? 'reset' : undefined));
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toContain('it was not done');
      expect((await eventOf(id)).content.body).toBe('x');
      between.handlers.length = 0;
      between.handlers.push(({ path }) => (path.includes('/redact/') ? 'lose' : undefined));
      expect(await room.askAndConfirm(`user redact-event '${id}'`)).toMatch(/^✅/);
      expect((await eventOf(id)).content).toEqual({});
    });

    test('a moderator redacts what people sent, not what an admin did', async () => {
      const second = await registerUser(server, 'second', { admin: true });
      await second.join(den);
      const id = await second.send(den, 'an order');
      const hers = await carol.send(den, 'x');
      await room.bot().stop();
      room.configure({ roles: { [room.admin.userId]: 'moderator' } });
      await room.start();
      expect(await room.ask(`user redact-event '${id}'`)).toMatch(/^❌ .*only an owner may redact what it sent/);
      expect(await room.askAndConfirm(`user redact-event '${hers}'`)).toMatch(/^✅/);
      expect((await eventOf(id)).content.body).toBe('an order');
    });
  });
});
