import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSynapse } from '../../../src/homeserver/synapse/synapse.ts';
import { HttpError, loginPassword, registerUser, type TestClient } from '../client.ts';
import { describeWithSynapse } from '../describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../synapse.ts';

describeWithSynapse('the Synapse backend', () => {
  let server: Synapse;
  let bot: TestClient;
  let homeserver: ReturnType<typeof createSynapse>;
  let adminRoom: string;

  const id = (localpart: string) => `@${localpart}:${server.serverName}`;
  const details = (userId: string) => bot.admin('GET', `/v2/users/${encodeURIComponent(userId)}`);
  const backend = (token: string) =>
    createSynapse({
      baseUrl: server.url,
      token,
      serverName: server.serverName,
      botId: bot.userId,
      adminRoomNames: () => [adminRoom, `#admins:${server.serverName}`],
    });

  beforeAll(async () => {
    server = await startSynapse({ name: 'nouns', config: { allow_guest_access: true } });
    bot = await registerUser(server, 'castellan', { admin: true, keepLimits: true });
    await registerUser(server, 'second', { admin: true });
    adminRoom = await bot.createRoom({ room_alias_name: 'admins' });
    homeserver = backend(bot.accessToken);
  });
  afterAll(() => server?.stop());

  describe('users', () => {
    test('an account is created with what was asked for and can log in', async () => {
      const [password, displayname] = ['pass word', 'A | <b>'];
      const emails = ['new@example.org'];
      await homeserver.users.create({ userId: id('new'), password, displayname, admin: true, emails });
      expect(await details(id('new'))).toMatchObject({
        admin: true,
        displayname,
        threepids: [{ medium: 'email', address: 'new@example.org' }],
      });
      expect((await loginPassword(server, 'new', password)).userId).toBe(id('new'));
    });

    test('an account without a password is no admin and nobody can log in', async () => {
      await homeserver.users.create({ userId: id('bare') });
      expect(await details(id('bare'))).toMatchObject({ admin: false, displayname: 'bare' });
      await expect(loginPassword(server, 'bare', '')).rejects.toThrow(HttpError);
    });

    test('a localpart that Synapse does not take is refused in its words', async () => {
      const creating = homeserver.users.create({ userId: id('with space') });
      await expect(creating).rejects.toMatchObject({ code: 'rejected', message: expect.stringContaining('User ID') });
    });

    test('details are those of the server, times in milliseconds', async () => {
      const before = Date.now();
      const dora = await registerUser(server, 'dora');
      await bot.admin('PUT', `/v2/users/${dora.userId}`, {
        external_ids: [{ auth_provider: 'oidc', external_id: 'd-1' }],
        user_type: 'support',
      });
      const found = await homeserver.users.get(dora.userId);
      expect(found).toMatchObject({
        userId: dora.userId,
        displayname: 'dora',
        admin: false,
        deactivated: false,
        locked: false,
        suspended: false,
        erased: false,
        shadowBanned: false,
        guest: false,
        userType: 'support',
        appserviceId: null,
        avatarUrl: null,
        threepids: [],
        externalIds: [{ provider: 'oidc', id: 'd-1' }],
        raw: await details(dora.userId),
      });
      const listed = (await homeserver.users.list({ from: 0, limit: 1, userId: dora.userId })).rows[0];
      for (const row of [found, listed]) expect(Math.abs((row?.createdAt ?? 0) - before)).toBeLessThan(3_600_000);
    });

    test('someone unknown or of another server is nobody here', async () => {
      for (const userId of [id('nobody'), '@alice:elsewhere.test', '@alice:castellan.test:8448']) {
        expect(await homeserver.users.get(userId)).toBeUndefined();
        expect(await homeserver.users.isAdmin(userId)).toBe(false);
      }
    });

    test('a write to someone unknown is refused and makes no account', async () => {
      const { users } = homeserver;
      const writes = [
        () => users.setPassword(id('typo'), 'x', true),
        () => users.setAdmin(id('typo'), true),
        () => users.setLocked(id('typo'), true),
        () => users.setSuspended(id('typo'), true),
        () => users.removeThreepids(id('typo')),
        () => users.deactivate(id('typo'), false),
        () => users.devices(id('typo')),
        () => users.deleteDevices(id('typo'), ['A']),
        () => users.liftRateLimit(id('typo')),
      ];
      for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'not-found' });
      expect(server.queryDatabase('SELECT name FROM users WHERE name = ?', id('typo'))).toEqual([]);
    });

    test('a new password works at once, and ends sessions only when told', async () => {
      const eve = await registerUser(server, 'eve');
      await homeserver.users.setPassword(eve.userId, 'first new', false);
      expect(await eve.request('GET', '/_matrix/client/v3/account/whoami')).toMatchObject({ user_id: eve.userId });
      await homeserver.users.setPassword(eve.userId, 'second new', true);
      await expect(eve.request('GET', '/_matrix/client/v3/account/whoami')).rejects.toMatchObject({ status: 401 });
      await expect(loginPassword(server, 'eve', 'first new')).rejects.toMatchObject({ status: 403 });
      await loginPassword(server, 'eve', 'second new');
    });

    test('admin, suspended and locked are set and taken back', async () => {
      const { userId } = await registerUser(server, 'frank');
      await homeserver.users.setAdmin(userId, true);
      expect(await homeserver.users.isAdmin(userId)).toBe(true);
      await homeserver.users.setAdmin(userId, false);
      expect(await homeserver.users.isAdmin(userId)).toBe(false);
      for (const on of [true, false]) {
        await homeserver.users.setSuspended(userId, on);
        await homeserver.users.setLocked(userId, on);
        expect(await details(userId)).toMatchObject({ suspended: on, locked: on, admin: false, deactivated: false });
        expect(await homeserver.users.get(userId)).toMatchObject({ suspended: on, locked: on });
      }
    });

    test('a deactivated account is gone, an erased one without its name', async () => {
      await homeserver.users.create({ userId: id('gone'), displayname: 'Gone' });
      await homeserver.users.deactivate(id('gone'), false);
      expect(await details(id('gone'))).toMatchObject({ deactivated: true, erased: false });
      await homeserver.users.create({ userId: id('erased'), displayname: 'Erased' });
      await homeserver.users.deactivate(id('erased'), true);
      expect(await homeserver.users.get(id('erased'))).toMatchObject({
        deactivated: true,
        erased: true,
        displayname: null,
      });
    });

    test('third-party ids are removed', async () => {
      await homeserver.users.create({ userId: id('mailed'), emails: ['a@example.org', 'b@example.org'] });
      await homeserver.users.removeThreepids(id('mailed'));
      expect(await details(id('mailed'))).toMatchObject({ threepids: [] });
    });

    test('rooms and memberships are told', async () => {
      const gina = await registerUser(server, 'gina');
      const joined = await gina.createRoom();
      const left = await bot.createRoom({ preset: 'public_chat' });
      await gina.join(left);
      await gina.leave(left);
      expect(await homeserver.users.joinedRooms(gina.userId)).toEqual([joined]);
      expect(await homeserver.users.memberships(gina.userId)).toEqual(
        new Map([
          [joined, 'join'],
          [left, 'leave'],
        ]),
      );
      expect(await homeserver.users.joinedRooms(id('nobody'))).toEqual([]);
    });

    test('devices are told and deleted', async () => {
      const hugo = await registerUser(server, 'hugo');
      await bot.admin('POST', `/v2/users/${hugo.userId}/devices`, { device_id: 'OLD' });
      await bot.admin('PUT', `/v2/users/${hugo.userId}/devices/OLD`, { display_name: 'Old phone' });
      const devices = await homeserver.users.devices(hugo.userId);
      expect(devices.map(({ deviceId }) => deviceId).sort()).toEqual([hugo.deviceId, 'OLD'].sort());
      expect(devices.find(({ deviceId }) => deviceId === 'OLD')).toMatchObject({
        deviceId: 'OLD',
        displayName: 'Old phone',
        lastSeenAt: undefined,
        lastSeenIp: null,
        userAgent: null,
        dehydrated: false,
        raw: { device_id: 'OLD', display_name: 'Old phone' },
      });
      await homeserver.users.deleteDevices(hugo.userId, ['OLD', hugo.deviceId]);
      expect(await homeserver.users.devices(hugo.userId)).toEqual([]);
      await expect(hugo.request('GET', '/_matrix/client/v3/account/whoami')).rejects.toMatchObject({ status: 401 });
    });

    test('the bot frees itself from the message limit', async () => {
      await homeserver.users.liftRateLimit(bot.userId);
      expect(await bot.admin('GET', `/v1/users/${bot.userId}/override_ratelimit`)).toEqual({
        messages_per_second: 0,
        burst_count: 0,
      });
    });

    describe('listed', () => {
      const list = async (query: Partial<Parameters<typeof homeserver.users.list>[0]>) => {
        const { rows, total } = await homeserver.users.list({ from: 0, limit: 100, userId: '@listed-', ...query });
        return { names: rows.map(({ userId }) => userId.slice('@listed-'.length).split(':', 1)[0]), total };
      };

      beforeAll(async () => {
        for (const name of ['a', 'b', 'c', 'd', 'e'])
          await homeserver.users.create({ userId: id(`listed-${name}`), displayname: name === 'a' ? 'Zoë' : name });
        for (const name of ['b', 'd', 'e']) await homeserver.users.setLocked(id(`listed-${name}`), true);
        await homeserver.users.deactivate(id('listed-c'), false);
        await homeserver.users.deactivate(id('listed-e'), false);
      });

      test('locked accounts are part of the list, deactivated ones when asked for', async () => {
        expect(await list({})).toEqual({ names: ['a', 'b', 'd'], total: 3 });
        expect(await list({ deactivated: true })).toEqual({ names: ['a', 'b', 'c', 'd', 'e'], total: 5 });
      });

      test('locked accounts alone, paged, sorted and counted', async () => {
        expect(await list({ lockedOnly: true })).toEqual({ names: ['b', 'd'], total: 2 });
        expect(await list({ lockedOnly: true, deactivated: true })).toEqual({ names: ['b', 'd', 'e'], total: 3 });
        expect(await list({ lockedOnly: true, from: 1, limit: 1 })).toEqual({ names: ['d'], total: 2 });
        expect(await list({ lockedOnly: true, sort: 'name', reverse: true })).toEqual({ names: ['d', 'b'], total: 2 });
        expect(await list({ lockedOnly: true, reverse: true })).toEqual({ names: ['d', 'b'], total: 2 });
        expect(await list({ lockedOnly: true, userId: '@listed-a' })).toEqual({ names: [], total: 0 });
      });

      test('pages, order and the true total', async () => {
        expect(await list({ from: 1, limit: 1 })).toEqual({ names: ['b'], total: 3 });
        expect(await list({ sort: 'displayname', reverse: true })).toEqual({ names: ['d', 'b', 'a'], total: 3 });
        expect(await list({ limit: 0 })).toEqual({ names: [], total: 3 });
        expect(await list({ from: 10 })).toEqual({ names: [], total: 3 });
      });

      test('by display name or localpart, by admins and by type', async () => {
        const { rows } = await homeserver.users.list({ from: 0, limit: 10, name: 'zo' });
        expect(rows).toMatchObject([{ userId: id('listed-a'), displayname: 'Zoë', lastSeenAt: undefined }]);
        expect(await list({ admins: true })).toEqual({ names: [], total: 0 });
        await bot.admin('PUT', `/v2/users/${id('listed-b')}`, { user_type: 'bot' });
        expect(await list({ notType: ['bot', 'support'] })).toEqual({ names: ['a', 'd'], total: 2 });
        const both = homeserver.users.list({ from: 0, limit: 1, name: 'a', userId: 'b' });
        await expect(both).rejects.toMatchObject({ code: 'unsupported' });
      });

      test('guests are left out only when asked', async () => {
        await bot.request('POST', '/_matrix/client/v3/register?kind=guest', {});
        const guests = async (wanted?: boolean) => {
          const query = { from: 0, limit: 500, ...(wanted === undefined ? {} : { guests: wanted }) };
          return (await homeserver.users.list(query)).rows.some((row) => row.guest);
        };
        expect([await guests(), await guests(true), await guests(false)]).toEqual([true, true, false]);
      });
    });
  });

  describe('rooms', () => {
    test('a room is told in full, and whether it is blocked', async () => {
      const roomId = await bot.createRoom({ name: 'A name', topic: 'A topic', room_alias_name: 'told' });
      const expected = {
        roomId,
        name: 'A name',
        topic: 'A topic',
        canonicalAlias: `#told:${server.serverName}`,
        joinedMembers: 1,
        joinedLocalMembers: 1,
        creator: bot.userId,
        encryption: null,
        federatable: true,
        public: false,
        joinRules: 'invite',
        historyVisibility: 'shared',
        guestAccess: 'can_join',
        blocked: false,
      };
      expect(await homeserver.rooms.get(roomId)).toMatchObject(expected);
      await bot.admin('PUT', `/v1/rooms/${roomId}/block`, { block: true });
      expect(await homeserver.rooms.get(roomId)).toMatchObject({ blocked: true });
      expect(await homeserver.rooms.isBlocked(roomId)).toBe(true);
    });

    test('a room of version 12, whose id names no server, is a room like others', async () => {
      const roomId = await bot.createRoom({ name: 'Twelve', room_version: '12', room_alias_name: 'twelve' });
      expect(roomId).not.toContain(':');
      expect(await homeserver.rooms.get(roomId)).toMatchObject({ roomId, version: '12' });
      expect(await homeserver.rooms.resolve(`#twelve:${server.serverName}`)).toBe(roomId);
      expect(await homeserver.rooms.members(roomId)).toEqual([bot.userId]);
    });

    test('what is not there is not there', async () => {
      const unknown = `!unknown:${server.serverName}`;
      expect(await homeserver.rooms.get(unknown)).toBeUndefined();
      expect(await homeserver.rooms.isBlocked(unknown)).toBe(false);
      expect(await homeserver.rooms.resolve(`#unknown:${server.serverName}`)).toBeUndefined();
      await expect(homeserver.rooms.members(unknown)).rejects.toMatchObject({ code: 'not-found' });
    });

    test('an alias leads to its room, an id to itself, and a room knows its aliases', async () => {
      const roomId = await bot.createRoom({ room_alias_name: 'odd/na%41me' });
      const alias = `#odd/na%41me:${server.serverName}`;
      expect(await homeserver.rooms.resolve(alias)).toBe(roomId);
      expect(await homeserver.rooms.resolve(roomId)).toBe(roomId);
      expect(await homeserver.rooms.aliases(roomId)).toEqual([alias]);
    });

    test('members are told', async () => {
      const ida = await registerUser(server, 'ida');
      const roomId = await ida.createRoom({ preset: 'public_chat' });
      await bot.join(roomId);
      expect((await homeserver.rooms.members(roomId)).toSorted()).toEqual([bot.userId, ida.userId].toSorted());
    });

    test('the list is paged, sorted, searched and counted', async () => {
      for (const name of ['List A', 'List B', 'List C'])
        await bot.createRoom({ name, visibility: name === 'List B' ? 'public' : 'private', preset: 'public_chat' });
      const list = async (query: Partial<Parameters<typeof homeserver.rooms.list>[0]>) => {
        const { rows, total } = await homeserver.rooms.list({ from: 0, limit: 100, sort: 'name', ...query });
        return { names: rows.map(({ name }) => name), total };
      };
      expect(await list({ search: 'List' })).toEqual({ names: ['List A', 'List B', 'List C'], total: 3 });
      expect(await list({ search: 'List', reverse: true, limit: 2 })).toEqual({
        names: ['List C', 'List B'],
        total: 3,
      });
      expect(await list({ search: 'List', from: 2 })).toEqual({ names: ['List C'], total: 3 });
      expect((await list({ search: '' })).total).toBe((await list({})).total);
      const { total } = await homeserver.rooms.list({ from: 0, limit: 0 });
      expect(total).toBe((await list({})).total);
    });
  });

  describe('server', () => {
    test('the version and the features are those it tells itself', async () => {
      expect(await bot.admin('GET', '/v1/server_version')).toEqual({
        server_version: await homeserver.server.version(),
      });
      const features = await homeserver.server.features();
      expect(features.versions).toContain('v1.11');
      expect(features.unstable.get('org.matrix.msc4140')).toBeTypeOf('boolean');
    });

    test('it keeps its own accounts', async () => {
      expect(await homeserver.server.delegatesAccounts()).toBe(false);
    });
  });

  describe('the never-list', () => {
    test('nothing takes the bot from its account', async () => {
      const { users } = homeserver;
      const writes = [
        () => users.deactivate(bot.userId, false),
        () => users.setAdmin(bot.userId, false),
        () => users.setLocked(bot.userId, true),
        () => users.setSuspended(bot.userId, true),
        () => users.setPassword(bot.userId, 'x', true),
        () => users.deleteDevices(bot.userId, [bot.deviceId]),
        () => users.removeThreepids(bot.userId),
      ];
      for (const write of writes) await expect(write()).rejects.toMatchObject({ code: 'never' });
      expect(await details(bot.userId)).toMatchObject({ admin: true, deactivated: false, locked: false });
      expect(await homeserver.users.devices(bot.userId)).toMatchObject([{ deviceId: bot.deviceId }]);
    });
  });

  describe('a token that will not do', () => {
    test('of someone who is no server admin', async () => {
      const kim = await registerUser(server, 'kim');
      await expect(backend(kim.accessToken).users.list({ from: 0, limit: 1 })).rejects.toMatchObject({
        code: 'forbidden',
        hint: expect.objectContaining({ parts: [{ kind: 'markdown', text: 'Make the bot a server admin.' }] }),
      });
    });

    test('of nobody', async () => {
      await expect(backend('nonsense').users.get(id('alice'))).rejects.toMatchObject({ code: 'unavailable' });
    });

    test('of a locked account', async () => {
      const lee = await registerUser(server, 'lee', { admin: true });
      await homeserver.users.setLocked(lee.userId, true);
      const asking = backend(lee.accessToken).users.get(id('alice'));
      await expect(asking).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('locked') });
    });
  });
});
