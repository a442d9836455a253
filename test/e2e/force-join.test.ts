import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { changeStore, fromStore } from './store-file.ts';

const part = encodeURIComponent;

describeWithSynapse('bringing people into rooms', () => {
  let server: Synapse;
  /** Between the bot and the homeserver. */
  let between: Scripted;
  let room: AdminRoom;
  let bob: TestClient;
  let carol: TestClient;
  let bot: string;
  /** Of bob, public. */
  let lobby: string;

  const membership = async (userId: string, roomId: string) => {
    const answer = await room.admin.admin('GET', `/v1/users/${part(userId)}/memberships`);
    return (answer.memberships as Record<string, string>)[roomId];
  };
  const isIn = async ({ userId }: TestClient, roomId: string) => (await membership(userId, roomId)) === 'join';
  const levels = async (roomId: string) => {
    const path = `/v1/rooms/${part(roomId)}/state?type=m.room.power_levels`;
    return ((await room.admin.admin('GET', path)).state as { content: { users: Record<string, number> } }[])[0]?.content
      .users;
  };
  const dues = () => fromStore(room.dataDir, "SELECT room_id FROM due WHERE kind = 'leave-room'");
  const lastChange = () =>
    JSON.parse(String(fromStore(room.dataDir, 'SELECT record FROM audit ORDER BY seq DESC LIMIT 1')[0]?.record)).detail;
  const member = async (name: string) => {
    const client = await registerUser(server, name);
    await room.admin.liftLimits(client.userId);
    return client;
  };
  /** The bot is out of it, powerless, and owes nothing. */
  const isAway = async (roomId: string) => {
    expect(await membership(bot, roomId)).not.toBe('join');
    expect(await membership(bot, roomId)).not.toBe('invite');
    expect(await levels(roomId)).not.toHaveProperty(bot);
    expect(dues()).toEqual([]);
  };
  const closed = (name = 'Closed', more: object = {}) => bob.createRoom({ preset: 'private_chat', name, ...more });

  beforeAll(async () => {
    server = await startSynapse({ name: 'force-join' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url, config: { backend: { type: 'synapse', timeout: '2s' } } });
    bot = room.botAccount.userId;
    bob = await member('bob');
    carol = await member('carol');
    lobby = await bob.createRoom({ preset: 'public_chat', name: 'Lobby', room_alias_name: 'lobby' });
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

  const writes = () => between.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/v1/join/'));

  describe('into a public room', () => {
    test.each([
      ['user force-join-room', (who: string) => `${who} #lobby`],
      ['room join', (who: string) => `#lobby ${who}`],
      ['Rooms JOIN', (who: string) => `${lobby} @${who}:castellan.test`],
    ])('%s brings somebody in at once, and says so when she is in it already', async (path, words) => {
      const name = `guest-${path.replace(/\W/g, '').toLowerCase()}${path.length}`;
      const someone = await member(name);
      expect(await room.ask(`${path} ${words(name)}`)).toMatch(
        /^✅ `@guest-.*` is in `!.*` \(“Lobby”, \d members?\) now\.$/,
      );
      expect(await isIn(someone, lobby)).toBe(true);
      expect(lastChange()).toEqual({ before: { membership: null }, after: { membership: 'join' } });
      expect(await room.ask(`${path} ${words(name)}`)).toMatch(/^✅ .* already\.$/);
      expect(writes()).toHaveLength(1);
      expect(await membership(bot, lobby)).toBeUndefined();
    });

    test('is found done when its answer is lost', async () => {
      const someone = await member('lost');
      between.handlers.push(({ path }) => (path.includes('/v1/join/') ? 'lose' : undefined));
      expect(await room.ask('user force-join-room lost #lobby')).toMatch(/^✅ .* is in .* now\.$/);
      expect(await isIn(someone, lobby)).toBe(true);
      expect(writes()).toHaveLength(1);
    });

    test.each(['locked', 'shadow-banned'])('brings in a %s account', async (state) => {
      const someone = await member(`in-${state}`);
      const user = part(someone.userId);
      if (state === 'locked') await room.admin.admin('PUT', `/v2/users/${user}`, { locked: true });
      else await room.admin.admin('POST', `/v1/users/${user}/shadow_ban`);
      expect(await room.ask(`user force-join-room in-${state} #lobby`)).toMatch(/^✅/);
      expect(await isIn(someone, lobby)).toBe(true);
    });
  });

  describe('is refused', () => {
    beforeAll(async () => {
      for (const name of ['closed-account', 'suspended', 'banned']) await member(name);
      await room.admin.admin('POST', `/v1/deactivate/${part('@closed-account:castellan.test')}`, {});
      await room.admin.admin('PUT', `/v1/suspend/${part('@suspended:castellan.test')}`, { suspend: true });
      await bob.request('POST', `/_matrix/client/v3/rooms/${part(lobby)}/ban`, { user_id: '@banned:castellan.test' });
    });

    test.each([
      ['closed-account #lobby', /is deactivated/, 'user reactivate'],
      ['suspended #lobby', /is suspended/, 'user unsuspend'],
      ['banned #lobby', /is banned from that room/, 'lift the ban'],
      ['nobody #lobby', /There is no account/, ''],
      ['@eve:elsewhere.test #lobby', /lives on another server/, ''],
      ['carol #nowhere', /`#nowhere:castellan\.test` leads nowhere/, ''],
      ['carol !nothing:castellan.test', /does not know the room `!nothing/, 'by its alias'],
      ['carol', /needs `<room>`/, ''],
      ['carol #lobby x', /x/, ''],
    ])('%s, with the reason', async (words, why, hint) => {
      const answer = await room.ask(`user force-join-room ${words}`);
      expect(answer).toMatch(/^❌/);
      expect(answer).toMatch(why);
      expect(answer).toContain(hint);
      expect(writes()).toEqual([]);
    });

    test('for a blocked room, the admin room and the bot', async () => {
      const blocked = await bob.createRoom({ preset: 'public_chat' });
      await room.admin.admin('PUT', `/v1/rooms/${part(blocked)}/block`, { block: true });
      expect(await room.ask(`user force-join-room carol ${blocked}`)).toMatch(/^❌ .*is blocked on this server/);
      expect(await room.ask(`room join ${room.roomId} carol`)).toMatch(/^❌ .*is the admin room/);
      expect(await room.ask(`room join #lobby ${bot}`)).toMatch(/^❌ .*is me/);
      expect(writes()).toEqual([]);
    });

    test('for a private room in which nobody of this server has the power', async () => {
      const den = await closed('Den');
      const power = { users: { [bob.userId]: 50 }, events: { 'm.room.power_levels': 100 }, invite: 50 };
      await bob.sendState(den, 'm.room.power_levels', power);
      expect(await room.ask(`user force-join-room carol ${den}`)).toMatch(
        /^❌ .*the mightiest member from this server, `@bob:castellan\.test`, has power 50, while .* takes 100/,
      );
      const empty = await closed('Empty', {
        invite: [carol.userId],
        power_level_content_override: { users: { [bob.userId]: 100 } },
      });
      await carol.join(empty);
      await bob.leave(empty);
      const someone = await member('kept-out');
      expect(await room.ask(`user force-join-room kept-out ${empty}`)).toMatch(/^❌ .*has any power there/);
      expect(await isIn(someone, empty)).toBe(false);
      expect(await levels(empty)).toEqual({ [bob.userId]: 100 });
      expect(dues()).toEqual([]);
    });
  });

  describe('into a room that nobody here has been in', () => {
    const far = '!far:elsewhere.test';
    /** Answers as the alias's own server would make ours answer. */
    const elsewhere = () =>
      between.handlers.push(
        ({ path }) =>
          path.includes(`/directory/room/${part('#far:elsewhere.test')}`)
            ? { status: 200, body: { room_id: far, servers: ['elsewhere.test'] } }
            : undefined,
        ({ path }) => (path.includes('/v1/join/') ? { status: 200, body: { room_id: far } } : undefined),
      );

    test('goes by its alias, through the server that it belongs to', async () => {
      elsewhere();
      expect(await room.ask('user force-join-room carol #far:elsewhere.test')).toMatch(
        /^✅ .*`#far:elsewhere\.test` now/,
      );
      expect(writes().map(({ path }) => path)).toEqual([`/_synapse/admin/v1/join/${part('#far:elsewhere.test')}`]);
    });

    test('is refused by its id alone, and when it is blocked', async () => {
      elsewhere();
      expect(await room.ask(`user force-join-room carol ${far}`)).toMatch(/^❌ .*does not know the room/);
      await room.admin.admin('PUT', `/v1/rooms/${part(far)}/block`, { block: true });
      expect(await room.ask('user force-join-room carol #far:elsewhere.test')).toMatch(
        /^❌ .*is blocked on this server/,
      );
      expect(writes()).toEqual([]);
    });
  });

  describe('into a private room', () => {
    test('asks first, says that members see it, and leaves nothing behind', async () => {
      const den = await closed('Den | <b>');
      const line = `user force-join-room carol ${den}`;
      const plan = await room.ask(line);
      expect(plan).toContain('Its members will see');
      expect(plan).toContain('“Den | <b>”');
      expect(await membership(bot, den)).toBeUndefined();
      expect(await isIn(carol, den)).toBe(false);
      const before = await levels(den);
      expect(await room.askAndConfirm(line)).toMatch(/^✅ .*I went in, let it in, and left again\.$/);
      expect(await isIn(carol, den)).toBe(true);
      expect(await levels(den)).toEqual(before);
      await isAway(den);
      expect(await room.ask(`room join ${den} carol`)).toMatch(/^✅ .* already\.$/);
    });

    test('of version 12, of which nobody stands above the creators', async () => {
      const den = await closed('Twelve', { room_version: '12' });
      expect(await room.ask(`room join ${den} carol --yes-i-want-to-do-this`)).toMatch(/^✅/);
      expect(await isIn(carol, den)).toBe(true);
      await isAway(den);
    });

    test('an invited and a knocking account come in the same way', async () => {
      const den = await closed('Invited', { invite: [carol.userId], room_version: '10' });
      await bob.sendState(den, 'm.room.join_rules', { join_rule: 'knock' });
      const dora = await member('dora');
      await dora.request('POST', `/_matrix/client/v3/knock/${part(den)}`, {});
      for (const who of ['carol', 'dora'])
        expect(await room.ask(`room join ${den} ${who} --yes-i-want-to-do-this`)).toMatch(/^✅/);
      expect([await isIn(carol, den), await isIn(dora, den)]).toEqual([true, true]);
      await isAway(den);
    });

    test('the bot stays where it was before, as mighty as before', async () => {
      const den = await closed('Shared', { invite: [bot], power_level_content_override: { invite: 50 } });
      await room.botAccount.join(den);
      await room.askAndConfirm(`room join ${den} carol`);
      expect(await isIn(carol, den)).toBe(true);
      expect(await membership(bot, den)).toBe('join');
      expect(await levels(den)).toEqual({ [bob.userId]: 100 });
      expect(dues()).toEqual([]);
    });

    test('runs at once where the bot may invite anyway', async () => {
      const den = await closed('Ours', { invite: [bot], power_level_content_override: { invite: 0 } });
      await room.botAccount.join(den);
      expect(await room.ask(`room join ${den} carol`)).toMatch(/^✅/);
      expect(await isIn(carol, den)).toBe(true);
      expect(between.requests.filter(({ path }) => path.endsWith('/make_room_admin'))).toEqual([]);
    });

    test('leaves again when the joining itself is refused', async () => {
      const den = await closed();
      between.handlers.push(({ path }) =>
        path.includes('/v1/join/')
          ? { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'A module says no' } }
          : undefined,
      );
      expect(await room.askAndConfirm(`room join ${den} carol`)).toBe('❌ The homeserver refused: A module says no');
      expect(await isIn(carol, den)).toBe(false);
      await isAway(den);
    });

    test('leaves again, and finds it done, when the answer to the joining is lost', async () => {
      const den = await closed();
      between.handlers.push(({ path }) => (path.includes('/v1/join/') ? 'lose' : undefined));
      expect(await room.askAndConfirm(`room join ${den} carol`)).toMatch(/^✅ .* is in .* now\.$/);
      expect(await isIn(carol, den)).toBe(true);
      await isAway(den);
    });

    test('takes its power back when its own way in is cut short', async () => {
      const den = await closed();
      between.handlers.push(({ path }) => (path.endsWith(`${part(den)}/join`) ? { status: 403, body: {} } : undefined));
      const answer = await room.askAndConfirm(`room join ${den} carol`);
      expect(answer).toMatch(/^❌/);
      between.handlers.length = 0;
      await settled(den);
      await isAway(den);
      expect(await isIn(carol, den)).toBe(false);
    });

    /** Lets the bot do now what it would do in some minutes. */
    async function settled(roomId: string): Promise<void> {
      if (dues().length === 0) return;
      await room.bot().stop();
      changeStore(room.dataDir, "UPDATE due SET at = 0 WHERE kind = 'leave-room'");
      await room.start();
      await until(() => !dues().some(({ room_id }) => room_id === roomId));
    }

    async function until(done: () => boolean): Promise<void> {
      const end = Date.now() + 240_000;
      while (!done()) {
        if (Date.now() > end) throw new Error('it did not come to that');
        await room.ask('bot whoami');
      }
    }

    test('says so when it cannot leave, and does it later', async () => {
      const den = await closed();
      between.handlers.push(({ path }) => (path.endsWith(`${part(den)}/leave`) ? 'reset' : undefined));
      const answer = await room.askAndConfirm(`room join ${den} carol`);
      expect(answer).toMatch(/^✅ .*⚠️ I could not leave the room again\. .*In some minutes I try again\.$/);
      expect(await isIn(carol, den)).toBe(true);
      expect(await membership(bot, den)).toBe('join');
      between.handlers.length = 0;
      await settled(den);
      await isAway(den);
    });

    test('tells the room when it can never undo it', async () => {
      const den = await closed();
      between.handlers.push(({ path }) =>
        path.endsWith(`${part(den)}/leave`)
          ? { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'No' } }
          : undefined,
      );
      await room.askAndConfirm(`room join ${den} carol`);
      await settled(den);
      const said = await room.admin.waitForEvent(room.roomId, (event) => bodyOf(event).startsWith('⚠️ I went into'));
      expect(bodyOf(said)).toContain(den);
      between.handlers.length = 0;
      await room.botAccount.leave(den);
    });

    test('says so when somebody removes it in the middle, and nothing can take its power away', async () => {
      const den = await closed('Twelve', { room_version: '12' });
      between.handlers.push(async ({ path }) => {
        if (path.includes('/v1/join/'))
          await bob.request('POST', `/_matrix/client/v3/rooms/${part(den)}/kick`, { user_id: bot });
        return undefined;
      });
      const answer = await room.askAndConfirm(`room join ${den} carol`);
      expect(answer).toMatch(/^❌ .*Somebody has removed me from .* still name me\./);
      await settled(den);
      expect(await isIn(carol, den)).toBe(false);
    });

    test('is refused where the bot is banned', async () => {
      const den = await closed();
      await bob.request('POST', `/_matrix/client/v3/rooms/${part(den)}/ban`, { user_id: bot });
      expect(await room.ask(`room join ${den} carol`)).toMatch(/^❌ .*I am banned from it/);
      expect(await levels(den)).toEqual({ [bob.userId]: 100 });
    });

    const steps: readonly (readonly [when: string, path: (den: string) => string])[] = [
      ['before it has power', (den) => `${part(den)}/make_room_admin`],
      ['before it goes in', (den) => `/client/v3/rooms/${part(den)}/join`],
      ['before it brings her in', (den) => `/v1/join/${part(den)}`],
      ['before it gives the power up', () => '/state/m.room.power_levels/'],
      ['before it leaves', (den) => `${part(den)}/leave`],
    ];

    /** Kills the bot when it is about to do that, and returns the confirmation. */
    async function killedBefore(den: string, path: string): Promise<string> {
      const plan = await room.ask(`room join ${den} carol`);
      const { promise, resolve } = Promise.withResolvers<void>();
      let killed = false;
      between.handlers.push(async (request) => {
        if (killed || request.method === 'GET' || !request.path.includes(path)) return undefined;
        killed = true;
        await room.bot().kill();
        resolve();
        return 'reset';
      });
      const confirmation = await room.admin.send(
        room.roomId,
        `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`,
      );
      await promise;
      between.handlers.length = 0;
      return confirmation;
    }

    test.each(steps)('goes on after a crash %s, and is gone in the end', async (_, path) => {
      const den = await closed();
      const confirmation = await killedBefore(den, path(den));
      await room.start();
      expect(bodyOf(await room.answerTo(confirmation))).toMatch(/^✅/);
      expect(await isIn(carol, den)).toBe(true);
      await isAway(den);
    });

    test('is gone after a crash also when whoever asked may not any more', async () => {
      const den = await closed();
      const second = await registerUser(server, 'second-admin', { admin: true });
      const confirmation = await killedBefore(den, `/v1/join/${part(den)}`);
      expect(await membership(bot, den)).toBe('join');
      await second.admin('PUT', `/v1/users/${part(room.admin.userId)}/admin`, { admin: false });
      changeStore(room.dataDir, "UPDATE due SET at = 0 WHERE kind = 'leave-room'");
      await room.start();
      const end = Date.now() + 240_000;
      while (dues().length > 0 && Date.now() < end) await second.joinedMembers(lobby).catch(() => []);
      await second.admin('PUT', `/v1/users/${part(room.admin.userId)}/admin`, { admin: true });
      await isAway(den);
      expect(bodyOf(await room.answerTo(confirmation))).toMatch(/not done/);
      expect(await isIn(carol, den)).toBe(false);
    });
  });

  describe('room make-admin', () => {
    test('gives the requester the power, and invites her', async () => {
      const den = await closed('Power');
      const plan = await room.ask(`room make-admin ${den}`);
      expect(plan).toContain(`Give \`${room.admin.userId}\` the power of the mightiest local member`);
      expect(plan).toContain('**yourself**');
      expect(plan).toContain(`It invites \`${room.admin.userId}\``);
      expect(await room.askAndConfirm(`room make-admin ${den}`)).toBe(
        `✅ \`${room.admin.userId}\` has power 100 in \`${den}\` (“Power”, 1 member) now. It is invited, and has the power once it joins.`,
      );
      expect(await levels(den)).toEqual({ [bob.userId]: 100, [room.admin.userId]: 100 });
      expect(await membership(room.admin.userId, den)).toBe('invite');
      expect(lastChange()).toEqual({
        before: { membership: null, level: 0 },
        after: { membership: 'invite', level: 100 },
      });
    });

    test.each(['-u', '--user-id'])('%s gives it to somebody else, who is in the room or not', async (flag) => {
      const den = await closed('Power', { invite: [carol.userId] });
      await carol.join(den);
      expect(await room.askAndConfirm(`room make-admin ${den} ${flag} carol`)).toContain('It is in the room.');
      expect(await levels(den)).toMatchObject({ [carol.userId]: 100 });
      expect(await room.ask(`room make-admin ${den} ${flag} carol`)).toMatch(/^❌ .*already; there is nothing to do/);
      const open = await bob.createRoom({ preset: 'public_chat' });
      expect(await room.askAndConfirm(`room make-admin ${open} ${flag} carol`)).toContain('which is public');
      expect(await membership(carol.userId, open)).toBeUndefined();
    });

    test('lets the bot join and stay, in a private and in a public room', async () => {
      for (const den of [await closed(), await bob.createRoom({ preset: 'public_chat' })]) {
        const plan = await room.ask(`room make-admin ${den} -u ${bot}`);
        expect(plan).toContain('**myself**');
        expect(await room.askAndConfirm(`room make-admin ${den} -u ${bot}`)).toMatch(/^✅ .*I joined it, and stay\.$/);
        expect(await membership(bot, den)).toBe('join');
        expect(await levels(den)).toMatchObject({ [bot]: 100 });
        expect(dues()).toEqual([]);
      }
    });

    test('refuses where nobody here has power, and what is unknown', async () => {
      const powerless = await closed('None', { invite: [carol.userId] });
      await carol.join(powerless);
      await bob.leave(powerless);
      const empty = await closed();
      await bob.leave(empty);
      for (const [words, why] of [
        [powerless, /nobody of this server who is in it has any power there/],
        [empty, /Nobody of this server is in/],
        ['#nowhere', /leads nowhere/],
        ['!nothing:castellan.test', /does not know the room/],
        ['#lobby -u nobody', /There is no account/],
        ['#lobby -u @closed-account:castellan.test', /is deactivated/],
        ['#lobby -u @banned:castellan.test', /is banned from/],
        ['#lobby -u @eve:elsewhere.test', /lives on another server/],
        [room.roomId, /is the admin room/],
      ] as const) {
        const answer = await room.ask(`room make-admin ${words}`);
        expect(answer, words).toMatch(/^❌/);
        expect(answer, words).toMatch(why);
      }
      expect(between.requests.filter(({ path }) => path.endsWith('/make_room_admin'))).toEqual([]);
    });

    test('is found done when its answer is lost', async () => {
      const den = await closed();
      between.handlers.push(({ path }) => (path.endsWith('/make_room_admin') ? 'lose' : undefined));
      expect(await room.askAndConfirm(`room make-admin ${den} -u carol`)).toMatch(/^✅/);
      expect(await levels(den)).toMatchObject({ [carol.userId]: 100 });
    });

    test('is for owners only', async () => {
      await room.bot().stop();
      room.configure({ roles: { [room.admin.userId]: 'admin' } });
      await room.start();
      expect(await room.ask('room make-admin #lobby')).toMatch(/^❌ .*owner/);
      expect(await levels(lobby)).toEqual({ [bob.userId]: 100 });
    });
  });
});
