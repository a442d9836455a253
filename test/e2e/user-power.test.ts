import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HttpError, type Json, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';

describeWithSynapse('what an account may', () => {
  let server: Synapse;
  let room: AdminRoom;
  let made = 0;
  /** A fresh account for every test. */
  let someone: TestClient;

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-power' });
    room = await openAdminRoom(server);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    made += 1;
    someone = await registerUser(server, `someone-${made}`);
  });

  const account = (userId = someone.userId): Promise<Json> => room.botAccount.admin('GET', `/v2/users/${userId}`);
  const isAdmin = async (userId = someone.userId) => (await account(userId)).admin;
  const membership = (userId = someone.userId) =>
    server.queryDatabase(
      'SELECT membership FROM room_memberships WHERE room_id = ? AND user_id = ? ORDER BY event_stream_ordering DESC',
      room.roomId,
      userId,
    )[0]?.membership;
  const localpart = () => someone.userId.slice(1, someone.userId.indexOf(':'));
  async function errcodeOf(act: () => Promise<unknown>): Promise<string | undefined> {
    try {
      await act();
      return undefined;
    } catch (error) {
      if (error instanceof HttpError) return error.errcode;
      throw error;
    }
  }

  describe('suspend and unsuspend', () => {
    test('a suspended account can read, not write, until it is unsuspended', async () => {
      const roomId = await someone.createRoom();
      const answer = await room.ask(`user suspend ${localpart()}`);
      expect(answer).toContain(`Suspended \`${someone.userId}\``);
      expect(answer).toContain('`!admin user unsuspend');
      expect(await account()).toMatchObject({ suspended: true, locked: false });
      expect(await errcodeOf(() => someone.send(roomId, 'hello'))).toBe('M_USER_SUSPENDED');
      expect(await room.ask(`user suspend ${localpart()}`)).toContain('was suspended already');

      expect(await room.ask(`user unsuspend ${someone.userId}`)).toContain('can write again');
      expect(await account()).toMatchObject({ suspended: false });
      expect(await errcodeOf(() => someone.send(roomId, 'hello'))).toBeUndefined();
      expect(await room.ask(`user unsuspend ${localpart()}`)).toContain('was not suspended');
    });
  });

  describe('lock and unlock', () => {
    test('a locked account can do nothing, until it is unlocked with its sessions', async () => {
      const answer = await room.ask(`user lock ${localpart()}`);
      expect(answer).toContain(`Locked \`${someone.userId}\``);
      expect(answer).toContain('`!admin user unlock');
      expect(await account()).toMatchObject({ locked: true, suspended: false, deactivated: false });
      expect(await errcodeOf(() => someone.createRoom())).toBe('M_USER_LOCKED');
      expect(await room.ask(`user lock ${localpart()}`)).toContain('was locked already');

      expect(await room.ask(`user unlock ${someone.userId}`)).toContain('can use its account again');
      expect(await account()).toMatchObject({ locked: false });
      expect(await errcodeOf(() => someone.createRoom())).toBeUndefined();
      expect(await room.ask(`user unlock ${localpart()}`)).toContain('was not locked');
    });
  });

  describe.each(['suspend', 'unsuspend', 'lock', 'unlock', 'make-user-admin', 'revoke-user-admin'])('%s', (name) => {
    test.each([
      ['an unknown account', 'nobody-here', 'There is no account `@nobody-here:castellan.test`'],
      ['a user of another server', '@alice:elsewhere.test', 'lives on another server'],
    ])('refuses %s, and makes none', async (_, who, words) => {
      const count = () => server.queryDatabase('SELECT count(*) AS count FROM users')[0]?.count;
      const before = count();
      expect(await room.ask(`user ${name} ${who}`)).toContain(words);
      expect(count()).toBe(before);
    });
  });

  test.each([
    ['suspend', 'I never suspend my own account'],
    ['lock', 'I never lock my own account'],
    ['revoke-user-admin', 'I never demote my own account'],
  ])('%s is never done to the bot itself', async (name, words) => {
    const answer = await room.ask(`user ${name} ${room.botAccount.userId}`);
    expect(answer).toContain(words);
    expect(await account(room.botAccount.userId)).toMatchObject({ admin: true, locked: false, suspended: false });
    expect(membership(room.botAccount.userId)).toBe('join');
  });

  test.each(['suspend', 'lock', 'revoke-user-admin --yes-i-want-to-do-this'])(
    '%s is not done to the last admin',
    async (name) => {
      const answer = await room.ask(`user ${name} ${room.admin.userId}`);
      expect(answer).toContain('is the last server admin besides the bot');
      expect(answer).toContain('Make someone else a server admin first');
      expect(await account(room.admin.userId)).toMatchObject({ admin: true, locked: false, suspended: false });
      expect(membership(room.admin.userId)).toBe('join');
    },
  );

  describe('make-user-admin and revoke-user-admin', () => {
    test('make one an admin and invite her; take it away and remove her', async () => {
      const plan = await room.ask(`user make-user-admin ${localpart()}`);
      expect(plan).toContain(`Make \`${someone.userId}\` a server admin and invite it to this room`);
      expect(plan).toContain('can read, change and remove every account');
      expect(plan).toContain('revoke-user-admin');
      expect(await isAdmin()).toBe(false);
      const answer = await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
      expect(answer).toContain(`\`${someone.userId}\` is a server admin now, and invited to this room`);
      expect(await isAdmin()).toBe(true);
      expect(membership()).toBe('invite');

      await someone.join(room.roomId);
      expect(await room.ask('server version', someone)).toContain('Synapse');
      const again = await room.ask(`user make-user-admin ${localpart()}`);
      expect(again).toContain('is a server admin already, and in this room; there is nothing to do');

      const revoked = await room.askAndConfirm(`user revoke-user-admin ${someone.userId}`);
      expect(revoked).toContain(`\`${someone.userId}\` is no server admin any more, and was removed from this room`);
      expect(await isAdmin()).toBe(false);
      expect(membership()).toBe('leave');
      const more = await room.ask(`user revoke-user-admin ${localpart()}`);
      expect(more).toContain('is no server admin, and not in this room; there is nothing to do');
    });

    test('a member of the room who is made admin is not invited again', async () => {
      await room.botAccount.invite(room.roomId, someone.userId);
      await someone.join(room.roomId);
      expect(await room.askAndConfirm(`user make-user-admin ${localpart()}`)).toContain('It is in this room already');
      expect(await isAdmin()).toBe(true);
      expect(membership()).toBe('join');
    });

    test('an admin who never came into the room loses the invite with the power', async () => {
      await room.askAndConfirm(`user make-user-admin ${localpart()}`);
      expect(membership()).toBe('invite');
      const answer = await room.askAndConfirm(`user revoke-user-admin ${localpart()}`);
      expect(answer).toContain('is no server admin any more');
      expect(await isAdmin()).toBe(false);
      expect(membership()).toBe('leave');
    });

    test('a deactivated account is not made admin', async () => {
      await room.admin.admin('POST', `/v1/deactivate/${someone.userId}`, { erase: false });
      expect(await room.ask(`user make-user-admin ${localpart()}`)).toContain('is deactivated');
      expect(await isAdmin()).toBe(false);
    });

    test('an admin may give up her own power where there is another one, and is told what that means', async () => {
      await registerUser(server, `other-admin-${made}`, { admin: true });
      const leaving = await registerUser(server, `leaving-${made}`, { admin: true });
      await room.botAccount.invite(room.roomId, leaving.userId);
      await leaving.join(room.roomId);
      const plan = await room.ask(`user revoke-user-admin ${leaving.userId}`, leaving);
      expect(plan).toContain('**yourself**');
      expect(plan).toContain('You could not command me any more');
      const yes = await leaving.send(room.roomId, `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
      await room.answerTo(yes);
      expect(await isAdmin(leaving.userId)).toBe(false);
      expect(membership(leaving.userId)).toBe('leave');
    });
  });
});
