import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpError, loginPassword } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type AccountKinds, type AccountOfKind, type Kind, kinds, startServerOfKinds } from './account-kinds.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { askAll } from './ask-all.ts';
import { readableOf } from './written.ts';

const part = encodeURIComponent;
const sure = '--yes-i-want-to-do-this';
const newPassword = 'a-password-of-now';

/** What the answer has to say, and how things stand on the server afterwards. */
type Outcome = readonly [says: string | RegExp, stands?: unknown];

interface Row {
  /** USER, ROOM, EVENT, HOME, TARGET and OTHER: the account, the room, its message there, its own room, rooms to go into. */
  readonly line: string;
  readonly look?: (account: AccountOfKind) => unknown;
  readonly usual: Outcome;
  /** Kinds that it is not tried with here. */
  readonly without?: readonly Kind[];
  /** Kinds that come to something else. */
  readonly but?: Partial<Record<Kind, Outcome>>;
}

describeWithSynapse('every kind of account, tried with every command that could meet it', () => {
  let place: AccountKinds;
  let room: AdminRoom;
  let target: string;
  let other: string;
  /** The accounts of a group of rows, which go through them one after the other. */
  let accounts: readonly AccountOfKind[];

  beforeAll(async () => {
    place = await startServerOfKinds('account-kinds');
    room = await openAdminRoom(place.server);
    [target, other] = [await place.openRoom('Target'), await place.openRoom('Other')];
  });
  afterAll(async () => {
    await room?.close();
    await place?.server.stop();
  });

  const makeAll = async (withHome = false) => {
    accounts = await Promise.all(kinds.map((kind) => place.make(kind, withHome)));
  };
  const field = (name: string) => async (account: AccountOfKind) => (await place.details(account.userId))[name];
  const fields =
    (...names: readonly string[]) =>
    async ({ userId }: AccountOfKind) => {
      const details = await place.details(userId);
      return names.filter((name) => details[name] === true).join(' ');
    };
  const membership = (of: () => string) => async (account: AccountOfKind) => {
    const answer = await place.host.admin('GET', `/v1/users/${part(account.userId)}/memberships`);
    return (answer.memberships as Record<string, string>)[of()] ?? 'none';
  };
  const total =
    (what: string, version = 'v1') =>
    async ({ userId }: AccountOfKind) =>
      (await place.host.admin('GET', `/${version}/users/${part(userId)}/${what}`)).total;
  const readable = async ({ userId }: AccountOfKind) => (await readableOf(place.host, place.roomId, userId)).length;
  const power = async ({ userId, home }: AccountOfKind) => {
    const path = `/v1/rooms/${part(home)}/state?type=m.room.power_levels`;
    const [levels] = (await place.host.admin('GET', path)).state as { content: { users: Record<string, number> } }[];
    return levels?.content.users[userId] ?? 0;
  };
  const rowsOf = (sql: string, ...of: unknown[]) => place.server.queryDatabase(sql, ...of).length;
  const tags = ({ userId }: AccountOfKind) => rowsOf('SELECT tag FROM room_tags WHERE user_id = ?', userId);
  const tokens = ({ userId }: AccountOfKind) =>
    rowsOf('SELECT id FROM access_tokens WHERE user_id = ? AND puppets_user_id IS NULL', userId);
  const logsIn = async ({ userId }: AccountOfKind) => {
    try {
      await loginPassword(place.server, userId, newPassword);
      return 'yes';
    } catch (error) {
      return error instanceof HttpError ? error.errcode : String(error);
    }
  };

  const lineFor = (line: string, { userId, eventId, home, device }: AccountOfKind) => {
    const words = {
      USER: userId,
      HOME: home,
      ROOM: place.roomId,
      EVENT: eventId,
      DEVICE: device,
      TARGET: target,
      OTHER: other,
    };
    return Object.entries(words).reduce((text, [name, word]) => text.replace(name, `'${word}'`), line);
  };

  /** Gives the command for all the kinds at once, and compares all of them with the row. */
  async function tried({ line, look, usual, without = [], but = {} }: Row): Promise<void> {
    const tried = accounts.filter(({ kind }) => !without.includes(kind));
    const answers = await askAll(
      room,
      tried.map((account) => lineFor(line, account)),
    );
    for (const [at, account] of tried.entries()) {
      const [says, stands] = but[account.kind] ?? usual;
      const answer = `${account.kind}: ${answers[at]}`;
      if (typeof says === 'string') expect(answer).toContain(says);
      else expect(answer).toMatch(says);
      if (look) expect({ kind: account.kind, stands: await look(account) }).toEqual({ kind: account.kind, stands });
    }
  }

  const isLocked = 'is locked: the server lets nobody act as it';
  const noGuests = 'Guest access not allowed';
  const guestSession = "The server keeps no record of a guest's session";

  describe('what only looks', () => {
    beforeAll(() => makeAll());
    test.each<Row>([
      {
        line: 'user details USER -o json',
        usual: ['"name": "@'],
        but: {
          old: ['"name": "@Old.Hand'],
          suspended: ['"suspended": true'],
          locked: ['"locked": true'],
          deactivated: ['"deactivated": true'],
          guest: ['"is_guest": true'],
          bridge: ['"appservice_id": "irc"'],
          'shadow-banned': ['"shadow_banned": true'],
        },
      },
      // Deactivated ones are left out of a list unless asked for; locked ones are not.
      { line: 'user list-users --user-id USER', usual: ['1 account.'], but: { deactivated: ['None.'] } },
      { line: 'user list-users --user-id USER -d', usual: ['1 account.'] },
      { line: 'user list-joined-rooms USER', usual: ['is in 1 room'], but: { deactivated: ['is in no room'] } },
      { line: 'user list-joined-rooms USER --all-memberships', usual: ['1 joined'], but: { deactivated: ['1 left'] } },
      { line: 'user whois USER', usual: ['has no record of where'], but: { guest: ['was used from 1 place'] } },
      {
        line: 'user devices USER',
        usual: ['has 1 device'],
        but: { deactivated: ['has no device'], guest: ['has 2 devices'] },
      },
      { line: 'user pushers USER', usual: ['has no pusher'] },
      { line: 'user media USER', usual: ['has uploaded 1 file'], but: { guest: ['has uploaded nothing'] } },
      {
        line: 'user get-room-tags USER ROOM',
        usual: ['no tag'],
        but: { locked: [isLocked], guest: [noGuests] },
      },
      { line: 'user redact-status USER', usual: ['No redaction of'] },
      { line: 'user counts USER', usual: ['Rooms joined'] },
      { line: 'user account-data USER', usual: ['of account data'] },
      { line: 'user rate-limit USER', usual: ["the server's usual limit"] },
      { line: 'user experimental-features USER', usual: ['msc3881'] },
      { line: 'user allow-cross-signing-reset USER', usual: ['has no cross-signing keys'] },
      { line: 'user prune-devices USER --dry-run', usual: ['❌'] },
    ])('$line', (row) => tried(row));
  });

  describe('what acts', () => {
    beforeAll(() => makeAll(true));
    test.each<Row>([
      {
        line: 'user put-room-tag USER ROOM u.tried',
        look: tags,
        usual: ['✅', 1],
        but: { locked: [isLocked, 0], guest: [noGuests, 0] },
      },
      {
        line: 'user delete-room-tag USER ROOM u.tried',
        look: tags,
        usual: ['✅', 0],
        but: { locked: [isLocked, 0], guest: [noGuests, 0] },
      },
      {
        line: 'user force-join-room USER TARGET',
        look: membership(() => target),
        usual: ['✅', 'join'],
        but: { suspended: ['lets it join nothing', 'none'], deactivated: ['is deactivated', 'none'] },
      },
      {
        line: 'room join OTHER USER',
        look: membership(() => other),
        usual: ['✅', 'join'],
        but: { suspended: ['lets it join nothing', 'none'], deactivated: ['is deactivated', 'none'] },
      },
      {
        line: `user redact USER ${sure}`,
        look: readable,
        // The message, and joins.
        usual: [/[3-5] messages redacted in [2-4] rooms/, 0],
      },
      {
        line: `user delete-media USER ${sure}`,
        look: total('media'),
        usual: ['1 file deleted', 0],
        but: { guest: ['has uploaded nothing', 0] },
      },
      {
        line: `user delete-device USER DEVICE ${sure}`,
        look: total('devices', 'v2'),
        usual: ['Deleted the device', 0],
        but: { deactivated: ['has no device', 0], guest: [guestSession, 2] },
      },
      { line: 'user rate-limit USER --none', usual: ['**no limit**'] },
      { line: `user modify USER -n Renamed ${sure}`, look: field('displayname'), usual: ['✅', 'Renamed'] },
      {
        line: `user login USER ${sure}`,
        usual: ['Made an access token'],
        but: { locked: ['is locked'], deactivated: ['is deactivated'] },
      },
      {
        line: `user reset-password USER ${newPassword}`,
        look: logsIn,
        usual: ['Set a new password', 'yes'],
        but: {
          locked: ['Set a new password', 'M_USER_LOCKED'],
          deactivated: ['is deactivated', 'M_FORBIDDEN'],
        },
      },
      {
        line: `user logout USER ${sure}`,
        look: tokens,
        usual: ['is logged out', 0],
        but: { locked: ['has no device', 0], deactivated: ['has no device', 0], guest: [guestSession, 1] },
      },
      {
        line: `user make-user-admin USER ${sure}`,
        look: field('admin'),
        usual: ['is a server admin now', true],
        but: { deactivated: ['it cannot become an admin', false] },
      },
      {
        line: `user revoke-user-admin USER ${sure}`,
        look: field('admin'),
        usual: ['✅', false],
        but: { deactivated: ['is no server admin', false] },
      },
      {
        line: `room make-admin HOME -u USER ${sure}`,
        look: power,
        usual: ['has power 100', 100],
        but: { deactivated: ['is deactivated', 0] },
      },
      {
        line: `user force-demote USER HOME ${sure}`,
        look: power,
        without: ['shadow-banned'],
        usual: ['✅', 0],
        but: { locked: [isLocked, 100], suspended: ['is suspended', 100], deactivated: ['is not in', 0] },
      },
      {
        line: 'user force-leave-room USER ROOM',
        look: membership(() => place.roomId),
        usual: ['✅', 'leave'],
        but: { locked: [isLocked, 'join'], deactivated: ['is not in', 'leave'] },
      },
    ])('$line', (row) => tried(row));

    // The server says yes to state of a shadow-banned sender and drops it.
    test('user force-demote of a shadow-banned account is refused, as it would do nothing', async () => {
      await tried({
        line: `user force-demote USER HOME ${sure}`,
        look: power,
        without: kinds.filter((kind) => kind !== 'shadow-banned'),
        usual: ['is shadow-banned', 100],
      });
    });
  });

  describe('what changes the kind', () => {
    describe('for the worse', () => {
      beforeAll(() => makeAll());
      test.each<Row>([
        {
          line: 'user lock USER',
          look: field('locked'),
          usual: ['Locked', true],
          but: { locked: ['was locked already', true] },
        },
        {
          line: 'user suspend USER',
          look: field('suspended'),
          usual: ['Suspended', true],
          but: { suspended: ['was suspended already', true] },
        },
        {
          line: 'user shadow-ban USER',
          look: field('shadow_banned'),
          usual: ['is shadow-banned: ', true],
          but: { 'shadow-banned': ['was shadow-banned already', true] },
        },
        // Whatever else it is, it is closed in the end.
        {
          line: `user deactivate USER ${sure}`,
          look: fields('deactivated', 'locked', 'suspended'),
          usual: ['Deactivated', 'deactivated locked suspended'],
          but: { deactivated: ['is deactivated already', 'deactivated locked suspended'] },
        },
      ])('$line', (row) => tried(row));
    });

    describe('for the better', () => {
      beforeAll(() => makeAll());
      test.each<Row>([
        {
          line: 'user unlock USER',
          look: field('locked'),
          usual: ['was not locked', false],
          but: { locked: ['can use its account again', false] },
        },
        {
          line: 'user unsuspend USER',
          look: field('suspended'),
          usual: ['was not suspended', false],
          but: { suspended: ['can write again', false] },
        },
        {
          line: 'user unshadow-ban USER',
          look: field('shadow_banned'),
          usual: ['was not shadow-banned', false],
          but: { 'shadow-banned': ['is not shadow-banned any more', false] },
        },
        {
          line: `user deactivate USER -n ${sure}`,
          look: fields('deactivated', 'locked'),
          usual: ['locked, not deactivated', 'locked'],
          but: { deactivated: ['is deactivated already', 'deactivated'] },
        },
        {
          line: 'user reactivate USER',
          look: field('deactivated'),
          usual: ['is not deactivated', false],
          but: { deactivated: ['is back', false] },
        },
      ])('$line', (row) => tried(row));
    });

    describe('at once', () => {
      beforeAll(() => makeAll());
      test.each<Row>([
        {
          line: `user redact-event EVENT ${sure}`,
          look: readable,
          usual: ['✅', 0],
        },
        {
          line: `user purge-spammer USER ${sure}`,
          look: fields('deactivated', 'suspended'),
          usual: [/: suspended; [12] messages? redacted in 1 room/, 'deactivated suspended'],
          but: { suspended: [/was suspended already; 1 message redacted in 1 room/, 'deactivated suspended'] },
        },
      ])('$line', (row) => tried(row));
    });
  });
});
