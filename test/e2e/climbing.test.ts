import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loginPassword, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;
const sure = '--yes-i-want-to-do-this';

describeWithSynapse('ways to more power', () => {
  let server: Synapse;
  let room: AdminRoom;
  let deputy: TestClient;
  let moderator: TestClient;
  let viewer: TestClient;
  /** No server admin; the configuration lists her. */
  let helper: TestClient;
  let pawn: TestClient;

  beforeAll(async () => {
    server = await startSynapse({ name: 'climbing' });
    room = await openAdminRoom(server, { start: false });
    const people = await Promise.all(
      ['deputy', 'moderator', 'viewer', 'helper', 'pawn'].map((name) =>
        registerUser(server, name, { admin: name !== 'helper' && name !== 'pawn' }),
      ),
    );
    [deputy, moderator, viewer, helper, pawn] = people as [TestClient, TestClient, TestClient, TestClient, TestClient];
    for (const one of [deputy, moderator, viewer, helper]) {
      await room.botAccount.invite(room.roomId, one.userId);
      await one.join(room.roomId);
    }
    room.configure({
      admins: [helper.userId],
      roles: {
        [room.admin.userId]: 'owner',
        [deputy.userId]: 'admin',
        [helper.userId]: 'admin',
        [moderator.userId]: 'moderator',
        [viewer.userId]: 'viewer',
      },
    });
    await room.start();
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  /** All that could be taken from an account, or given to it. */
  function standing(userId: string) {
    const [account] = server.queryDatabase('SELECT * FROM users WHERE name = ?', userId);
    const rows = (sql: string) => server.queryDatabase(sql, userId);
    return {
      account,
      tokens: rows('SELECT token FROM access_tokens WHERE user_id = ? AND puppets_user_id IS NULL').length,
      puppets: rows('SELECT token FROM access_tokens WHERE puppets_user_id = ?').length,
      devices: rows('SELECT device_id FROM devices WHERE user_id = ? AND hidden = 0').length,
      threepids: rows('SELECT address FROM user_threepids WHERE user_id = ?').length,
      limits: rows('SELECT * FROM ratelimit_override WHERE user_id = ?'),
      rooms: rows("SELECT room_id FROM local_current_membership WHERE user_id = ? AND membership = 'join'").length,
    };
  }
  const isAdmin = (localpart: string) =>
    server.queryDatabase('SELECT admin FROM users WHERE name = ?', `@${localpart}:${server.serverName}`)[0]?.admin;

  /** Says yes where it is asked for one. */
  async function insist(line: string, as: TestClient): Promise<string> {
    const answer = await room.ask(line, as);
    const confirm = /send `!admin (confirm [a-z0-9]{5}[^`]*)`/i.exec(answer)?.[1];
    return confirm === undefined ? answer : room.ask(confirm, as);
  }

  describe('tried by an admin below owner', () => {
    test.each([
      'create-user mole a-password-1 --admin --yes-i-want-to-do-this',
      'user modify PAWN --admin --yes-i-want-to-do-this',
      'user modify mole -P a-password-1 --create --admin --yes-i-want-to-do-this',
      'user make-user-admin PAWN --yes-i-want-to-do-this',
      'user make-user-admin ME --yes-i-want-to-do-this',
      'user login PAWN --yes-i-want-to-do-this',
      'matrix login pawn -p x --yes-i-want-to-do-this',
      `raw PUT v1/users/PAWN/admin -d '{"admin":true}' --yes-i-want-to-do-this`,
      `raw GET v2/users`,
      'matrix raw client/v3/account/whoami',
    ])('%s makes no server admin', async (line) => {
      for (const as of [deputy, helper]) {
        const answer = await insist(line.replaceAll('PAWN', pawn.userId).replace('ME', as.userId), as);
        expect(answer).toMatch(/^❌[\s\S]*(only an owner may|needs the role owner)/);
      }
      expect([isAdmin('pawn'), isAdmin('mole'), isAdmin('helper')]).toEqual([0, undefined, 0]);
    });

    test.each([
      'reset-password OWNER a-password-2 --yes-i-want-to-do-this',
      'reset-password OWNER --yes-i-want-to-do-this',
      'reset-password OWNER a-password-2 -n --yes-i-want-to-do-this',
      'user modify OWNER -P a-password-2 --yes-i-want-to-do-this',
      'user modify OWNER -P a-password-2 --no-logout --create --yes-i-want-to-do-this',
      'user modify OWNER -p --yes-i-want-to-do-this',
      'user modify OWNER -t email evil@example.org --yes-i-want-to-do-this',
      'user modify OWNER --clear-threepids --yes-i-want-to-do-this',
      'user modify OWNER --activate -P a-password-2 --yes-i-want-to-do-this',
      'user modify OWNER --lock --yes-i-want-to-do-this',
      'user modify OWNER --deactivate --yes-i-want-to-do-this',
      'user modify OWNER --no-admin --yes-i-want-to-do-this',
      'user reactivate OWNER a-password-2 --yes-i-want-to-do-this',
      'user login OWNER --yes-i-want-to-do-this',
      'user logout OWNER --yes-i-want-to-do-this',
      'user delete-device OWNER DEVICE --yes-i-want-to-do-this',
      'user prune-devices OWNER -d 1 -s 0 --yes-i-want-to-do-this',
      'user allow-cross-signing-reset OWNER',
      'user suspend OWNER',
      'user lock OWNER',
      'user shadow-ban OWNER',
      'user rate-limit OWNER --messages-per-second 1 --burst 1',
      'user force-leave-room OWNER ROOM',
      'user force-demote OWNER ROOM',
      'user deactivate OWNER --yes-i-want-to-do-this',
      'user purge-spammer OWNER --yes-i-want-to-do-this',
      'user redact OWNER --yes-i-want-to-do-this',
      'user revoke-user-admin OWNER --yes-i-want-to-do-this',
      'user deactivate-regex "op-.*" --force --yes-i-want-to-do-this',
      'user create-list --yes-i-want-to-do-this\n```\nOWNER,a-password-2\n```',
      'user deactivate-all --force --yes-i-want-to-do-this\n```\nOWNER\n```',
      'user lock-list --yes-i-want-to-do-this\n```\nOWNER\n```',
      'user suspend-list --yes-i-want-to-do-this\n```\nOWNER\n```',
    ])("%s takes nothing from an owner's account, in whatever way it is written", async (line) => {
      const { userId } = room.admin;
      const before = standing(userId);
      for (const name of [userId, userId.slice(1, userId.indexOf(':'))]) {
        const typed = line.replace('OWNER', name).replace('ROOM', room.roomId).replace('DEVICE', room.admin.deviceId);
        const answer = await insist(typed, deputy);
        expect(answer).toMatch(/^❌/);
        expect(answer).toMatch(/only an owner may|needs the role owner|exists already|protected|nothing to do/);
      }
      expect(standing(userId)).toEqual(before);
      await expect(loginPassword(server, userId, 'a-password-2')).rejects.toThrow('403');
    });

    test('on a server that has lost its other admins, the account she makes is an ordinary one', async () => {
      const others = [room.admin, deputy, moderator, viewer].map(({ userId }) => userId);
      const all = (admin: boolean) =>
        Promise.all(others.map((id) => room.botAccount.admin('PUT', `/v1/users/${part(id)}/admin`, { admin })));
      await all(false);
      try {
        const answer = await room.ask('create-user first-one a-password-3', helper);
        expect(answer).toContain('Created');
        expect(isAdmin('first-one')).toBe(0);
      } finally {
        await all(true);
      }
    });
  });

  test.each<[string, () => TestClient, string, RegExp, string, RegExp]>([
    [
      'viewer',
      () => viewer,
      'user details pawn',
      /pawn/,
      'user suspend pawn',
      /needs the role moderator; yours is viewer/,
    ],
    [
      'moderator',
      () => moderator,
      'user unsuspend pawn',
      /pawn/,
      'user deactivate pawn',
      /needs the role admin; yours is moderator/,
    ],
    [
      'admin',
      () => deputy,
      'user deactivate pawn --dry-run',
      /Dry run/,
      'raw v1/server_version',
      /needs the role owner; yours is admin/,
    ],
    ['owner', () => room.admin, 'raw v1/server_version', /answers/, 'user lock BOT', /own account/],
  ])('a %s may what the table says and no more', async (_, who, may, does, mayNot, refused) => {
    expect(await room.ask(may, who())).toMatch(does);
    expect(await room.ask(mayNot.replace('BOT', room.botAccount.userId), who())).toMatch(refused);
  });

  test('help says to each what is beyond her', async () => {
    expect(await room.ask('help user', viewer)).toMatch(/user deactivate.*\(needs admin\)/);
    expect(await room.ask('help user deactivate', viewer)).toContain('Your role is viewer: this needs admin.');
    expect(await room.ask('help user')).not.toContain('(needs');
  });

  describe('tried by an owner, against the bot and its room', () => {
    const waysTo = (id: string) => {
      const once = part(id);
      const twice = part(once);
      const letters = [...id].map((letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
      return [
        id.replace('#', '%23'),
        once,
        twice,
        part(twice),
        letters,
        once.toLowerCase(),
        `${once}/`,
        `${once};x=1`,
        `x/../${once}`,
        `x/%2e%2e/${once}`,
        `./${once}`,
      ];
    };

    test('no path leads to the account of the bot', async () => {
      const { userId } = room.botAccount;
      const before = standing(userId);
      for (const way of waysTo(userId)) {
        for (const line of [
          `raw POST v1/deactivate/${way} -d '{}'`,
          `raw PUT v2/users/${way} -d '{"admin":false}'`,
          `raw POST v1/reset_password/${way} -d '{"new_password":"a-password-4"}'`,
        ])
          expect(await insist(`${line} ${sure}`, room.admin), line).toMatch(/^❌/);
      }
      expect(standing(userId)).toEqual(before);
      expect(await room.ask('bot whoami')).toContain(userId);
    });

    test('no path leads to the admin room', async () => {
      for (const way of waysTo(room.roomId)) {
        const line = `raw DELETE v2/rooms/${way} -d '{"block":true,"purge":true}' ${sure}`;
        expect(await insist(line, room.admin), line).toMatch(/^❌/);
      }
      expect((await room.admin.admin('GET', `/v1/rooms/${part(room.roomId)}/block`)).block).toBe(false);
      expect(await room.ask('server version')).toContain('Synapse');
    });

    test.each([
      `user lock-list ${sure}\n\`\`\`\nBOT\n\`\`\``,
      `user suspend-list ${sure}\n\`\`\`\nBOT\n\`\`\``,
      `user deactivate-all --force ${sure}\n\`\`\`\nBOT\n\`\`\``,
      `user deactivate-regex "castellan.*" --force ${sure}`,
      `user create-list ${sure}\n\`\`\`\nBOT,a-password-4\n\`\`\``,
      `room delete-list ${sure}\n\`\`\`\nROOM\n\`\`\``,
      `room delete-list ${sure}\n\`\`\`\nALIAS\n\`\`\``,
      `room moderation ban-list-of-rooms ${sure}\n\`\`\`\nALIAS\nROOM\n\`\`\``,
      `user modify BOT --lock ${sure}`,
      `user modify BOT --deactivate ${sure}`,
      `user modify BOT --no-admin ${sure}`,
      `user modify BOT -P a-password-4 ${sure}`,
      `user reactivate BOT a-password-4 ${sure}`,
      `user login BOT ${sure}`,
      `user delete-device BOT DEVICE ${sure}`,
      `user force-leave-room BOT ROOM ${sure}`,
      `user redact BOT ${sure}`,
      `room delete ROOM --force-purge ${sure}`,
      `room block ALIAS`,
      `room alias remove ALIAS`,
      `federation disable-room ROOM ${sure}`,
      `history purge ROOM -d 0 ${sure}`,
    ])('%s does nothing to them', async (line) => {
      const { userId, deviceId } = room.botAccount;
      const { canonical_alias } = await room.admin.admin('GET', `/v1/rooms/${part(room.roomId)}`);
      const before = standing(userId);
      const typed = line
        .replace('BOT', userId)
        .replace('ROOM', room.roomId)
        .replace('ALIAS', String(canonical_alias))
        .replace('DEVICE', deviceId);
      const answer = await insist(typed, room.admin);
      expect(answer).toMatch(/^❌/);
      expect(standing(userId)).toEqual(before);
      expect((await room.admin.admin('GET', `/v1/rooms/${part(room.roomId)}`)).canonical_alias).toBe(canonical_alias);
    });
  });

  describe('above `confirm.twoPerson`', () => {
    let names: string[];
    beforeAll(async () => {
      await room.bot().stop();
      room.configure({ confirm: { twoPerson: 2 } });
      await room.start();
    });

    async function plan(as = room.admin): Promise<string> {
      names = await Promise.all(
        ['one', 'two'].map(
          async (name) => (await registerUser(server, `${name}-${Math.trunc(performance.now())}`)).userId,
        ),
      );
      const shown = await room.askWith(`user deactivate-all ${sure}`, names.join('\n'), as);
      return /confirm ([a-z0-9]{5})/.exec(shown)?.[1] ?? '';
    }
    const closed = () => names.map((id) => standing(id).account?.deactivated === 1);
    const story = (code: string) =>
      fromStore(room.dataDir, 'SELECT record FROM audit ORDER BY seq')
        .map(({ record }) => JSON.parse(String(record)))
        .filter((record) => record.plan === code)
        .map(({ kind, actor, command, detail }) => [kind, actor, command, typeof detail === 'string' ? detail : '']);

    test('the audit trail tells who asked, who said yes first and second, and what came of it', async () => {
      const code = await plan();
      expect(await room.ask(`confirm ${code} 2`, deputy)).toContain('who asked for it');
      expect(await room.ask(`confirm ${code} 2`)).toContain('second admin');
      expect(await room.ask(`confirm ${code} 2`, moderator)).toContain('must come from an admin or owner');
      expect(closed()).toEqual([false, false]);
      expect(await room.ask(`confirm ${code} 2`, deputy)).toContain('Deactivating');
      expect(await room.ask(`confirm ${code} 2`, helper)).toContain('has been confirmed already');
      await room.admin.waitForEvent(
        room.roomId,
        (event) => 'dev.castellan.job' in event.content && bodyOf(event).includes('2 of 2'),
      );
      expect(closed()).toEqual([true, true]);
      const { userId } = room.admin;
      expect(story(code).slice(0, 4)).toEqual([
        ['note', userId, 'confirm', 'first yes'],
        ['note', deputy.userId, 'confirm', 'second yes'],
        ['intent', userId, 'user deactivate-all', ''],
        ['outcome', userId, 'user deactivate-all', ''],
      ]);
    });

    test('the second yes does nothing where the first has lost her power, or the second one has', async () => {
      const code = await plan(deputy);
      expect(await room.ask(`confirm ${code} 2`, deputy)).toContain('second admin');
      await room.admin.admin('PUT', `/v1/users/${part(deputy.userId)}/admin`, { admin: false });
      expect(await room.ask(`confirm ${code} 2`)).toContain('may not any more');
      await room.admin.admin('PUT', `/v1/users/${part(deputy.userId)}/admin`, { admin: true });
      await helper.leave(room.roomId);
      await helper.send(room.roomId, `!admin confirm ${code} 2`).catch(() => undefined);
      expect(await room.ask('server version')).toContain('Synapse');
      expect(closed()).toEqual([false, false]);
      expect(await room.ask(`cancel ${code}`, deputy)).toContain('Dropped');
      expect(await room.ask(`confirm ${code} 2`)).toMatch(/❌/);
      expect(story(code).map(([, , , detail]) => detail)).toEqual(['first yes']);
    });
  });
});
