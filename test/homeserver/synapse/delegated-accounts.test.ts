import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Problem } from '../../../src/core/problem.ts';
import { createSynapse } from '../../../src/homeserver/synapse/synapse.ts';
import { registerUser } from '../client.ts';
import { describeWithSynapse } from '../describe-with-synapse.ts';
import { type Scripted, startScripted } from '../scripted.ts';
import { type Synapse, startSynapse } from '../synapse.ts';

describeWithSynapse('a Synapse whose accounts live in a Matrix Authentication Service', () => {
  let first: Synapse;
  let server: Synapse;
  let service: Scripted;
  let homeserver: ReturnType<typeof createSynapse>;
  const id = (localpart: string) => `@${localpart}:${server.serverName}`;

  beforeAll(async () => {
    // All that Synapse asks the service: what it is, and whose a token is.
    service = await startScripted([
      ({ path }) => {
        if (path.startsWith('/.well-known/'))
          return {
            status: 200,
            body: { issuer: `${service.url}/`, account_management_uri: `${service.url}/account/` },
          };
        const scope = 'urn:matrix:client:api:* urn:synapse:admin:*';
        return { status: 200, body: { active: true, scope, username: 'castellan', expires_in: 3600 } };
      },
    ]);
    first = await startSynapse({ name: 'delegated' });
    await registerUser(first, 'castellan', { admin: true });
    await registerUser(first, 'alice', { admin: true });
    await first.stop({ keepData: true });
    server = await startSynapse({
      dataDir: first.dataDir,
      config: {
        matrix_authentication_service: { enabled: true, endpoint: service.url, secret: 'shared with the service' },
        password_config: { enabled: false },
      },
    });
    homeserver = createSynapse({
      baseUrl: server.url,
      token: 'issued-by-the-service',
      serverName: server.serverName,
      botId: id('castellan'),
      adminRoomNames: () => [],
    });
  });
  afterAll(async () => {
    await server?.stop();
    await first?.stop();
    await service?.close();
  });

  test('is recognised, and its users can still be listed', async () => {
    expect(await homeserver.server.delegatesAccounts()).toBe(true);
    const { rows, total } = await homeserver.users.list({ from: 0, limit: 10 });
    expect([rows.map(({ userId }) => userId), total]).toEqual([[id('alice'), id('castellan')], 2]);
  });

  test('nothing is done to an account behind the back of that service', async () => {
    const { users, sessions } = homeserver;
    const writes: [() => Promise<unknown>, line: string][] = [
      [() => users.create({ userId: id('bob'), password: 'x' }), 'mas-cli manage register-user bob'],
      [() => users.setPassword(id('alice'), 'x', true), 'mas-cli manage set-password alice'],
      [() => users.deactivate(id('alice'), false), 'mas-cli manage lock-user alice --deactivate'],
      [() => users.setAdmin(id('alice'), false), 'mas-cli manage demote-admin alice'],
      [() => users.setLocked(id('alice'), true), 'mas-cli manage lock-user alice'],
      [() => users.removeThreepids(id('alice')), ''],
      [() => users.deleteDevices(id('alice'), ['A']), 'mas-cli manage kill-sessions alice'],
      [() => sessions.logInAs(id('alice'), undefined), 'mas-cli manage issue-compatibility-token alice'],
    ];
    for (const [write, line] of writes) {
      const problem = (await write().catch((error: unknown) => error)) as Problem;
      expect(problem).toMatchObject({ code: 'unsupported' });
      expect(JSON.stringify(problem.hint)).toContain(line);
    }
    const rows = server.queryDatabase('SELECT name, admin, deactivated, locked FROM users ORDER BY name');
    const untouched = { admin: 1, deactivated: 0, locked: 0 };
    expect(rows).toEqual(['alice', 'castellan'].map((localpart) => ({ name: id(localpart), ...untouched })));
  });

  test('nobody can be acted as there', async () => {
    const { puppets } = homeserver;
    const acts = [
      () => puppets.leave(id('alice'), '!room:castellan.test'),
      () => puppets.demote(id('alice'), '!room:castellan.test'),
      () => puppets.tags(id('alice'), '!room:castellan.test'),
      () => puppets.redactEvent(id('alice'), '!room:castellan.test', '$event', undefined),
    ];
    for (const act of acts) {
      await expect(act()).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining(id('alice')) });
    }
  });

  test('nobody is taken for an admin because of a flag that means nothing there', async () => {
    await expect(homeserver.users.isAdmin(id('alice'))).rejects.toMatchObject({ code: 'unsupported' });
  });
});
