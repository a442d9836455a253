import { afterAll, beforeAll, expect, test } from 'vitest';
import { loginPassword, registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';

const sure = '--yes-i-want-to-do-this';

describeWithSynapse('what no command does', () => {
  let server: Synapse;
  let room: AdminRoom;
  let bot: string;
  let admin: string;

  beforeAll(async () => {
    server = await startSynapse({ name: 'never-list' });
    room = await openAdminRoom(server);
    bot = room.botAccount.userId;
    admin = room.admin.userId;
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  /** All that could be taken from an account. */
  function standing(userId: string) {
    const [account] = server.queryDatabase(
      'SELECT admin, deactivated, locked, suspended, shadow_banned, password_hash FROM users WHERE name = ?',
      userId,
    );
    return {
      ...account,
      deactivated: account?.deactivated,
      tokens: server.queryDatabase('SELECT token FROM access_tokens WHERE user_id = ?', userId).length,
      rooms: server.queryDatabase(
        "SELECT room_id FROM local_current_membership WHERE user_id = ? AND membership = 'join'",
        userId,
      ).length,
    };
  }

  const ask = (line: string) => (line.includes('\n') ? room.askWith(...halves(line)) : room.ask(line));
  const halves = (line: string): [string, string] => {
    const at = line.indexOf('\n');
    return [line.slice(0, at), line.slice(at + 1)];
  };

  test.each([
    [`user deactivate BOT ${sure}`],
    [`user deactivate BOT --erase ${sure}`],
    [`user deactivate BOT --no-leave-rooms ${sure}`],
    [`deactivate-all --force ${sure}\nBOT`],
    [`deactivate-all --force --no-leave-rooms ${sure}\nBOT`],
    [`reset-password BOT typed-for-the-bot ${sure}`],
    [`reset-password BOT typed-for-the-bot --no-logout ${sure}`],
    [`reset-password BOT ${sure}`],
    [`user revoke-user-admin BOT ${sure}`],
    ['user suspend BOT'],
    ['user lock BOT'],
  ])('%s takes nothing from the bot', async (line) => {
    const before = standing(bot);
    const answer = await ask(line.replace('BOT', bot));
    expect(answer).toMatch(/❌/);
    expect(answer).toMatch(/own account|is me|nothing to do/);
    expect(standing(bot)).toEqual(before);
  });

  test('in a list the bot is left out, and the others are done', async () => {
    const { userId } = await registerUser(server, 'in-the-list');
    const before = standing(bot);
    await room.askAndConfirm('deactivate-all --force', '1', `${bot}\n${userId}`);
    await room.admin.waitForEvent(room.roomId, ({ content }) => 'dev.castellan.job' in content);
    expect(standing(userId).deactivated).toBe(1);
    expect(standing(bot)).toEqual(before);
  });

  test.each([
    [`user deactivate ADMIN ${sure}`],
    [`user deactivate ADMIN --no-leave-rooms ${sure}`],
    [`user revoke-user-admin ADMIN ${sure}`],
    ['user lock ADMIN'],
    ['user suspend ADMIN'],
  ])('%s is refused for the last admin besides the bot', async (line) => {
    const before = standing(admin);
    expect(await ask(line.replace('ADMIN', admin))).toContain('last server admin');
    expect(standing(admin)).toEqual(before);
  });

  test('a list of all admins leaves the last one', async () => {
    const other = await registerUser(server, 'other-admin', { admin: true });
    const answer = await room.askWith(`deactivate-all --force ${sure}`, `${other.userId}\n${admin}`);
    expect(answer).toContain('Deactivating');
    const report = await room.admin.waitForEvent(
      room.roomId,
      ({ content }) => 'dev.castellan.job' in content && String(content.body).includes('of 2 done'),
    );
    expect(bodyOf(report)).toContain('1 of 2 done, 1 failed');
    expect(bodyOf(report)).toContain('last server admin');
    expect(standing(other.userId).deactivated).toBe(1);
    expect(standing(admin)).toMatchObject({ admin: 1, deactivated: 0 });
    await loginPassword(server, admin, 'correct horse battery staple');
  });
});
