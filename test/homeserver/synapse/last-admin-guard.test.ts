import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSynapse } from '../../../src/homeserver/synapse/synapse.ts';
import { registerUser, type TestClient } from '../client.ts';
import { describeWithSynapse } from '../describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../synapse.ts';

describeWithSynapse('the last server admin besides the bot', () => {
  let server: Synapse;
  let bot: TestClient;
  let homeserver: ReturnType<typeof createSynapse>;
  let alice: string;
  let bob: string;
  const asked: string[] = [];

  beforeAll(async () => {
    server = await startSynapse({ name: 'last-admin' });
    bot = await registerUser(server, 'castellan', { admin: true });
    homeserver = createSynapse({
      baseUrl: server.url,
      token: bot.accessToken,
      serverName: server.serverName,
      botId: bot.userId,
      adminRoomNames: () => [],
      heard: ({ request }) => asked.push(request),
    });
    alice = (await registerUser(server, 'alice', { admin: true })).userId;
    bob = (await registerUser(server, 'bob')).userId;
  });
  afterAll(() => server?.stop());

  const details = (userId: string) => bot.admin('GET', `/v2/users/${userId}`);
  const takings = (userId: string): (() => Promise<void>)[] => [
    () => homeserver.users.setAdmin(userId, false),
    () => homeserver.users.deactivate(userId, false),
    () => homeserver.users.setLocked(userId, true),
    () => homeserver.users.setSuspended(userId, true),
  ];

  async function nothingTakes(userId: string) {
    for (const take of takings(userId)) await expect(take()).rejects.toMatchObject({ code: 'never' });
    const untouched = { admin: true, deactivated: false, locked: false, suspended: false };
    expect(await details(userId)).toMatchObject(untouched);
  }

  test('cannot be demoted, deactivated, locked or suspended', () => nothingTakes(alice));

  test('a user who is no admin can', async () => {
    await homeserver.users.setLocked(bob, true);
    await homeserver.users.setLocked(bob, false);
    expect(await details(bob)).toMatchObject({ locked: false });
  });

  test('an account that is not there is said to be not there', async () => {
    await expect(homeserver.users.setLocked(`@nobody:${server.serverName}`, true)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('is still the last one while the others are locked or suspended', async () => {
    await homeserver.users.setAdmin(bob, true);
    await homeserver.users.setSuspended(bob, true);
    await nothingTakes(alice);
    await homeserver.users.setSuspended(bob, false);
    await homeserver.users.setLocked(bob, true);
    await nothingTakes(alice);
    await homeserver.users.setLocked(bob, false);
  });

  test('is not alone when another one can act', async () => {
    await homeserver.users.setSuspended(alice, true);
    expect(await details(alice)).toMatchObject({ suspended: true });
    await homeserver.users.setSuspended(alice, false);
  });

  test('is not looked for where it was just told that an account is no admin', async () => {
    const [carol, dora] = [await registerUser(server, 'carol'), await registerUser(server, 'dora')];
    await homeserver.users.get(carol.userId);
    asked.length = 0;
    await homeserver.users.deactivate(carol.userId, false);
    expect(asked).toEqual(['POST /_synapse/admin/v1/deactivate/…']);
    await homeserver.users.deactivate(dora.userId, false);
    expect(asked).toHaveLength(3);
  });

  test('is an account that was no admin a moment ago, and was made one since', async () => {
    await homeserver.users.setAdmin(bob, false);
    await homeserver.users.get(bob);
    await homeserver.users.setAdmin(bob, true);
    await homeserver.users.setAdmin(alice, false);
    await nothingTakes(bob);
    await homeserver.users.setAdmin(alice, true);
  });

  test('is left when two are demoted at the same time', async () => {
    const both = await Promise.allSettled([alice, bob].map((userId) => homeserver.users.setAdmin(userId, false)));
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const admins = server.queryDatabase('SELECT name FROM users WHERE admin = 1 AND name != ?', bot.userId);
    expect(admins).toHaveLength(1);
  });
});
