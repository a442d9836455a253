import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type AccountKinds, kinds, startServerOfKinds } from './account-kinds.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn, runJob } from './run-job.ts';
import { changeStore, fromStore } from './store-file.ts';

const part = encodeURIComponent;
const list = 'user force-join-list-of-local-users';
const all = 'user force-join-all-local-users';

describeWithSynapse('bringing many people into a room', () => {
  let world: AccountKinds;
  /** Between the bot and the homeserver. */
  let between: Scripted;
  let room: AdminRoom;
  let bob: TestClient;
  let bot: string;
  const idOf = (name: string) => `@${name}:${world.server.serverName}`;

  const membership = async (userId: string, roomId: string) => {
    const answer = await room.admin.admin('GET', `/v1/users/${part(userId)}/memberships`);
    return (answer.memberships as Record<string, string>)[roomId];
  };
  const membersOf = async (roomId: string) =>
    ((await room.admin.admin('GET', `/v1/rooms/${part(roomId)}/members`)).members as string[]).sort();
  const levels = async (roomId: string) => {
    const path = `/v1/rooms/${part(roomId)}/state?type=m.room.power_levels`;
    return ((await room.admin.admin('GET', path)).state as { content: { users: Record<string, number> } }[])[0]?.content
      .users;
  };
  /** The events of a room, as the server stored them. */
  const events = (roomId: string, type: string) =>
    world.server.queryDatabase('SELECT sender, state_key FROM events WHERE room_id = ? AND type = ?', roomId, type);
  const dues = () => fromStore(room.dataDir, "SELECT room_id FROM due WHERE kind = 'leave-room'");
  const isAway = async (roomId: string) => {
    expect(await membership(bot, roomId)).toBe('leave');
    expect(await levels(roomId)).toEqual({ [bob.userId]: 100 });
    expect(dues()).toEqual([]);
  };
  /** Accounts without a password, which are made fast. */
  async function accounts(name: string, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, at) => idOf(`${name}-${at + 1}`));
    await Promise.all(ids.map((id) => room.admin.admin('PUT', `/v2/users/${part(id)}`, {})));
    return ids;
  }
  const lobby = (name = 'Lobby') => bob.createRoom({ preset: 'public_chat', name });
  const den = (more: object = {}) => bob.createRoom({ preset: 'private_chat', name: 'Den', ...more });
  const joins = () => between.requests.filter(({ path }) => path.includes('/v1/join/'));

  beforeAll(async () => {
    world = await startServerOfKinds('join-many');
    between = await startScripted([], world.server.url);
    room = await openAdminRoom(world.server, { config: { backend: { type: 'synapse', url: between.url } } });
    bot = room.botAccount.userId;
    bob = await registerUser(world.server, 'bob');
    await room.admin.liftLimits(bob.userId);
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await world?.server.stop();
  });

  describe('of a list', () => {
    test('brings in whom it can, of every kind, and says why it leaves the others out', async () => {
      const roomId = await world.openRoom('Lobby | <b>');
      const made = await Promise.all(kinds.map((kind) => world.make(kind)));
      const of = (kind: string) => made.find((one) => one.kind === kind)?.userId ?? '';
      const banned = await registerUser(world.server, 'banned');
      await world.host.request('POST', `/_matrix/client/v3/rooms/${part(roomId)}/ban`, { user_id: banned.userId });
      await bob.join(roomId);
      const body = [...made.map(({ userId }) => userId), banned.userId, 'bob', 'nobody', bot, room.admin.userId];
      const plan = await room.askWith(`${list} ${roomId}`, body.join('\n'));
      // Ordinary, old, locked, guest, bridge, shadow-banned, banned and the requester; bob is in it.
      expect(plan).toContain(
        `Bring 8 accounts into \`${roomId}\` (“Lobby | <b>”, 2 members); 1 more is in it already.`,
      );
      expect(plan).toContain(`\`${of('suspended')}\`: is suspended, so the server lets it join nothing`);
      expect(plan).toContain(`\`${of('deactivated')}\`: is deactivated`);
      expect(plan).toContain(`\`${idOf('nobody')}\`: no such account`);
      expect(plan).toContain(`\`${bot}\`: is me`);
      expect(plan).toContain(`\`${of('locked')}\`: locked`);
      expect(plan).toContain('**belongs to the bridge irc**');
      expect(plan).toContain('**1 account of these belongs to bridges**');
      expect(plan).toContain(`\`${room.admin.userId}\`: **yourself**, **server admin**`);
      expect(plan).toContain('everybody in the room sees each of them come in');
      expect(await membersOf(roomId)).toEqual([bob.userId, world.host.userId].sort());
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      const report = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${code}`))));
      expect(report).toContain('Bringing 9 accounts into “Lobby | <b>”: 8 of 9 done, 1 skipped.');
      expect(report).toContain(`is banned from that room (1): \`${banned.userId}\``);
      expect(report).toContain(`\`${bob.userId}\`: was in it already`);
      const brought = ['ordinary', 'old', 'locked', 'guest', 'bridge', 'shadow-banned'].map(of);
      expect(await membersOf(roomId)).toEqual([...brought, bob.userId, world.host.userId, room.admin.userId].sort());
      const record = fromStore(room.dataDir, 'SELECT record FROM audit ORDER BY seq DESC LIMIT 1')[0]?.record;
      expect(String(record)).toContain('"membership":"join"');
    });

    test('with --yes-i-want-to-do-this it runs at once; all being in it already is a success', async () => {
      const roomId = await lobby();
      const ids = await accounts('again', 2);
      const line = `${list} ${roomId} --yes-i-want-to-do-this`;
      for (const words of ['2 of 2 done.', '2 of 2 done.']) {
        const report = bodyOf(await jobEnd(room, jobIn(await room.askWith(line, ids.join('\n')))));
        expect(report).toContain(words);
      }
      expect(joins()).toHaveLength(2);
      expect(events(roomId, 'm.room.member')).toHaveLength(3);
    });

    test('who was suspended, closed or lost since the plan was shown is skipped', async () => {
      const roomId = await lobby();
      const [quiet = '', closed = '', fine = ''] = await accounts('changed', 3);
      const plan = await room.askWith(`${list} ${roomId}`, [quiet, closed, fine].join('\n'));
      await room.admin.admin('PUT', `/v1/suspend/${part(quiet)}`, { suspend: true });
      await room.admin.admin('POST', `/v1/deactivate/${part(closed)}`, {});
      const report = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${/confirm (\w+)/.exec(plan)?.[1]}`))));
      expect(report).toContain('1 of 3 done, 2 skipped');
      expect(report).toContain(`is deactivated (1): \`${closed}\``);
      expect(report).toContain(`is suspended, so the server lets it join nothing (1): \`${quiet}\``);
      expect(await membersOf(roomId)).toEqual([bob.userId, fine].sort());
    });

    test.each([
      ['no list', `${list} #lobby`, undefined, 'needs a block'],
      ['no room', list, 'bob', 'needs `<room>`'],
      ['an alias that leads nowhere', `${list} #nowhere`, 'bob', 'leads nowhere'],
      ['an unknown room', `${list} !nothing:castellan.test`, 'bob', 'does not know the room'],
      ['a bad line', `${list} #lobby`, 'bob\n@eve:elsewhere.test', 'line 2'],
      ['a flag that there is not', `${list} #lobby --force`, 'bob', '`--force` is no flag'],
    ])('refuses %s', async (_, line, body, words) => {
      const answer = await (body === undefined ? room.ask(line) : room.askWith(line, body));
      expect(answer).toMatch(/^❌/);
      expect(answer).toContain(words);
      expect(joins()).toEqual([]);
    });

    test('refuses the admin room by its id and its alias, and a blocked room', async () => {
      const alias = String(
        (
          (await room.admin.request('GET', `/_matrix/client/v3/rooms/${part(room.roomId)}/aliases`)).aliases as string[]
        )[0],
      );
      const blocked = await lobby();
      await room.admin.admin('PUT', `/v1/rooms/${part(blocked)}/block`, { block: true });
      for (const [target, words] of [
        [room.roomId, 'is the admin room'],
        [alias, 'is the admin room'],
        [blocked, 'is blocked on this server'],
      ] as const) {
        expect(await room.askWith(`${list} ${target} --yes-i-want-to-do-this`, 'bob')).toContain(words);
        expect(await room.ask(`${all} ${target}`)).toContain(words);
      }
      expect(joins()).toEqual([]);
    });

    test('an answer that is lost is looked up, and nobody is brought in twice', async () => {
      const roomId = await lobby();
      const ids = await accounts('lost', 6);
      between.handlers.push(({ path }) => (path.includes('/v1/join/') ? 'lose' : undefined));
      expect(bodyOf(await runJob(room, `${list} ${roomId}`, ids.join('\n')))).toContain('6 of 6 done');
      expect(joins()).toHaveLength(6);
      expect(await membersOf(roomId)).toEqual([bob.userId, ...ids].sort());
    });
  });

  describe('into a private room', () => {
    test('the bot goes in once, lets all of them in, and leaves without its power', async () => {
      const roomId = await den();
      const ids = await accounts('inside', 12);
      const plan = await room.askWith(`${list} ${roomId}`, ids.join('\n'));
      expect(plan).toContain('**Its members will see**');
      const report = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${/confirm (\w+)/.exec(plan)?.[1]}`))));
      expect(report).toBe('✅ Bringing 12 accounts into “Den”: 12 of 12 done.');
      expect(await membersOf(roomId)).toEqual([bob.userId, ...ids].sort());
      await isAway(roomId);
      // As it was made, up for the bot, and down again; and the bot came and went once.
      expect(events(roomId, 'm.room.power_levels')).toHaveLength(3);
      expect(events(roomId, 'm.room.member').filter(({ state_key }) => state_key === bot)).toHaveLength(3);
    });

    test('is left also when the joining is refused, and when the job is cancelled', async () => {
      const roomId = await den();
      const ids = await accounts('refused', 6);
      between.handlers.push(({ path }) =>
        path.includes('/v1/join/') && !path.includes(part(ids[0] ?? ''))
          ? { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'A module says no' } }
          : undefined,
      );
      const report = bodyOf(await runJob(room, `${list} ${roomId}`, ids.join('\n')));
      expect(report).toContain('0 of 6 done, 6 failed');
      expect(report).toContain('A module says no (6)');
      await isAway(roomId);

      between.handlers.length = 0;
      const reached = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      between.handlers.push(async ({ path }) => {
        if (!path.includes('/v1/join/') || joins().length < 8) return undefined;
        reached.resolve();
        await go.promise;
        return undefined;
      });
      const id = jobIn(await room.askAndConfirm(`${list} ${roomId}`, undefined, ids.join('\n')));
      await reached.promise;
      await room.ask(`job cancel ${id}`);
      go.resolve();
      expect(bodyOf(await jobEnd(room, id))).toContain('The job was cancelled');
      await isAway(roomId);
      expect((await membersOf(roomId)).length).toBeLessThan(7);
    });

    test('somebody who sends the bot out in the middle does not keep it from going on', async () => {
      const roomId = await den();
      const ids = await accounts('tough', 8);
      let kicked = false;
      between.handlers.push(async ({ path }) => {
        if (!kicked && path.includes('/v1/join/') && joins().length === 3) {
          kicked = true;
          await bob.request('POST', `/_matrix/client/v3/rooms/${part(roomId)}/kick`, { user_id: bot });
        }
        return undefined;
      });
      expect(bodyOf(await runJob(room, `${list} ${roomId}`, ids.join('\n')))).toContain('8 of 8 done');
      await isAway(roomId);
    });

    test.each([
      ['before it goes in', (roomId: string) => `/client/v3/rooms/${part(roomId)}/join`, 1],
      ['among its people', (roomId: string) => `/v1/join/${part(roomId)}`, 5],
      ['before it gives the power up', () => '/state/m.room.power_levels/', 1],
      ['before it leaves', (roomId: string) => `${part(roomId)}/leave`, 1],
    ])('a bot that is killed %s comes back, goes on, and is gone in the end', async (when, path, nth) => {
      const roomId = await den();
      const ids = await accounts(`killed-${when.replaceAll(' ', '-')}`, 8);
      const { promise, resolve } = Promise.withResolvers<void>();
      let seen = 0;
      between.handlers.push(async (request) => {
        if (request.method === 'GET' || !request.path.includes(path(roomId))) return undefined;
        seen += 1;
        if (seen !== nth) return undefined;
        await room.bot().kill();
        resolve();
        return 'reset';
      });
      const id = jobIn(await room.askAndConfirm(`${list} ${roomId}`, undefined, ids.join('\n')));
      await promise;
      await room.start();
      expect(bodyOf(await jobEnd(room, id))).toContain('8 of 8 done');
      expect(await membersOf(roomId)).toEqual([bob.userId, ...ids].sort());
      const came = world.server.queryDatabase(
        "SELECT user_id FROM room_memberships WHERE room_id = ? AND membership = 'join' AND user_id <> ?",
        roomId,
        bot,
      );
      expect(came).toHaveLength(9);
      await isAway(roomId);
    });

    test('a job that is not gone on with leaves no powerful bot behind', async () => {
      const roomId = await den();
      const ids = await accounts('orphaned', 8);
      const { promise, resolve } = Promise.withResolvers<void>();
      between.handlers.push(async ({ path }) => {
        if (!path.includes('/v1/join/') || joins().length < 4) return undefined;
        await room.bot().kill();
        resolve();
        return 'reset';
      });
      const id = jobIn(await room.askAndConfirm(`${list} ${roomId}`, undefined, ids.join('\n')));
      await promise;
      between.handlers.length = 0;
      expect(await membership(bot, roomId)).toBe('join');
      changeStore(room.dataDir, 'INSERT INTO value (name, value) VALUES (?, ?)', `job-cancelled:${id}`, '1');
      await room.start();
      expect(bodyOf(await jobEnd(room, id))).toContain('The job was cancelled');
      await isAway(roomId);
    });

    test('is refused where nobody of this server could let them in', async () => {
      const roomId = await den({ power_level_content_override: { events: { 'm.room.power_levels': 150 } } });
      const answer = await room.askWith(`${list} ${roomId}`, 'room-less\nbob');
      expect(answer).toMatch(/^❌ .*one can only be let in/);
      expect(await room.ask(`${all} ${roomId}`)).toMatch(/^❌ .*one can only be let in/);
    });
  });

  describe('of the whole server', () => {
    test('brings in everybody but the deactivated, the suspended and the bot; those in it already are not counted', async () => {
      const roomId = await lobby('Everybody');
      const plan = await room.ask(`${all} ${roomId}`);
      const active = world.server
        .queryDatabase('SELECT name, suspended FROM users WHERE deactivated = 0 ORDER BY name')
        .map(({ name, suspended }) => ({ name: String(name), suspended: Boolean(suspended) }));
      const wanted = active.filter(({ name, suspended }) => name !== bot && !suspended).map(({ name }) => name);
      expect(plan).toContain(`Bring ${wanted.length - 1} accounts into \`${roomId}\` (“Everybody”, 1 member).`);
      expect(plan).toContain(`\`${bot}\`: is me`);
      expect(plan).toContain('belongs to bridges');
      const report = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${/confirm (\w+)/.exec(plan)?.[1]}`))));
      expect(report).toContain(`${wanted.length - 1} of ${wanted.length - 1} done`);
      expect(await membersOf(roomId)).toEqual([...wanted].sort());

      const again = await room.ask(`${all} ${roomId}`);
      expect(again).toMatch(/^❌ There is nobody to bring into .*: all who can be are in it already\./);
      expect(again).toContain(`\`${bot}\` is me`);
    });

    test('refuses a list, and what is missing', async () => {
      expect(await room.askWith(`${all} #lobby`, 'bob')).toMatch(/^❌/);
      expect(await room.ask(all)).toContain('needs `<room>`');
    });
  });
});
