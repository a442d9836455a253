import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { writeCertificate } from '../homeserver/certificate.ts';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { bodyTable, column } from './tables.ts';

/** A web server of its own on the usual port, which only an address of its own leaves free. */
const webAddress = '127.66.6.6';

describeWithSynapse('the federation commands about servers', () => {
  let server: Synapse;
  let other: Synapse;
  let room: AdminRoom;
  let bob: TestClient;
  let dave: TestClient;
  let shared: string;
  let folder: string;
  let web: Server;
  let published = { status: 200, body: '' };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'castellan-tls-'));
    await writeCertificate(folder, [webAddress]);
    web = createServer(
      { key: readFileSync(join(folder, 'tls.key')), cert: readFileSync(join(folder, 'tls.crt')) },
      (request, response) => {
        const { status, body } = request.url === '/.well-known/matrix/support' ? published : { status: 500, body: '' };
        response.writeHead(status).end(body);
      },
    );
    await new Promise<void>((resolve) => web.listen(443, webAddress, resolve));
    [server, other] = await Promise.all([
      startSynapse({
        federation: true,
        serverName: 'one.test',
        // One try is enough to find a server down.
        config: { federation: { max_long_retries: 0, max_short_retries: 0 } },
      }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    room = await openAdminRoom(server, {
      bot: { env: { NODE_EXTRA_CA_CERTS: join(folder, 'tls.crt') } },
    });
    bob = await registerUser(server, 'bob');
    dave = await registerUser(other, 'dave');
    shared = await bob.createRoom({ preset: 'public_chat', name: 'Shared' });
    await dave.join(shared, [server.serverName]);
    await bob.send(shared, 'hello');
  });
  afterAll(async () => {
    await room?.close();
    await Promise.all([server?.stop(), other?.stop()]);
    web?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const state = async () => Object.fromEntries(bodyTable(await room.ask(`federation destination ${other.serverName}`)));

  describe('while the other server is there', () => {
    test('destinations lists it as reached', async () => {
      const answer = await room.ask('federation destinations');
      expect(answer).toMatch(/^1 server\./);
      expect(bodyTable(answer)[1]?.slice(0, 2)).toEqual([other.serverName, '✅ reached']);
      const own = (await room.admin.admin('GET', '/v1/federation/destinations')).destinations;
      expect(jsonIn(await room.ask('federation destinations -o json'))).toEqual(own);
    });

    test('destinations --failing is empty, and so is a name that nobody has', async () => {
      expect(await room.ask('federation destinations --failing')).toContain('None.');
      expect(await room.ask('federation destinations -n nobody')).toContain('None.');
      expect(column(await room.ask('federation destinations --name two'), 'Server')).toEqual([other.serverName]);
    });

    test('destinations is paged and sorted like every list', async () => {
      expect(await room.ask('federation destinations --page 2')).toContain('❌ The list ends at 1');
      expect(await room.ask('federation destinations --sort size')).toContain('last_successful_stream_ordering');
      for (const flags of ['-s destination -r', '--sort failure_ts --reverse', '-l 1 -f 0', '--all'])
        expect(column(await room.ask(`federation destinations ${flags}`), 'Server'), flags).toEqual([other.serverName]);
    });

    test('destination says so', async () => expect(await state()).toMatchObject({ State: '✅ reached' }));

    test('destination-rooms names what is shared', async () => {
      const answer = await room.ask(`federation destination-rooms ${other.serverName}`);
      expect(answer).toMatch(/^1 room shared with/);
      expect(bodyTable(answer)[1]).toEqual(['Shared', '2', '', shared]);
      expect(column(await room.ask(`federation destination-rooms ${other.serverName} -r -l 1`), 'Room')).toEqual([
        shared,
      ]);
    });

    test('reset has nothing to do', async () => {
      expect(await room.ask(`federation reset ${other.serverName}`)).toContain('is not waited for');
    });
  });

  test.each(['federation destination', 'federation destination-rooms', 'federation reset'])(
    '%s says that nothing was ever sent to a server that nobody knows, and what is no server at all',
    async (line) => {
      expect(await room.ask(`${line} nobody.test`)).toContain(
        '❌ This server has never sent anything to `nobody.test`.',
      );
      expect(await room.ask(`${line} two.test/rooms`)).toContain('❌');
      expect(await room.ask(`${line} https://two.test`)).toContain('is no server name');
    },
  );

  describe('once the other server is down', () => {
    beforeAll(async () => {
      await other.kill();
      await bob.send(shared, 'are you there?');
      await vi.waitFor(async () => expect((await state()).State).toBe('❌ not reached'), { timeout: 60_000 });
    });

    test('destinations --failing names it, and since when', async () => {
      const [, row] = bodyTable(await room.ask('federation destinations --failing'));
      expect(row?.[0]).toBe(other.serverName);
      expect(row?.[2]).toMatch(/UTC \(now|ago\)$/);
      const own = await room.admin.admin('GET', `/v1/federation/destinations/${other.serverName}`);
      expect(own.failure_ts).toBeGreaterThan(0);
    });

    test('reset lets it be tried at once, and it is reached when it is back', async () => {
      await other.restart();
      expect(await room.ask(`federation reset ${other.serverName}`)).toMatch(/^✅ `two\.test:\d+` is tried again/);
      expect((await state()).State).toBe('✅ reached');
      await bob.send(shared, 'there you are');
      await dave.waitForEvent(shared, (event) => event.content.body === 'there you are');
      expect(await room.ask('federation destinations --failing')).toContain('None.');
    });
  });

  describe('fetch-support-well-known', () => {
    const line = `federation fetch-support-well-known ${webAddress}`;

    test('does not ask a server inside the network, by whatever name', async () => {
      published = { status: 200, body: '{"support_page":"secret"}' };
      for (const name of [webAddress, `${webAddress}:8448`, 'localhost', '[::1]', '10.0.0.1', '169.254.169.254']) {
        const answer = await room.ask(`federation fetch-support-well-known ${name}`);
        expect(answer, name).toMatch(/^❌ `.*` is not asked: it (is|leads to) .*, which is no public address\./);
        expect(answer).toContain('allowPrivateAddresses');
      }
    });

    test('says when a name is no server name, or nobody has it', async () => {
      expect(await room.ask('federation fetch-support-well-known example.org/x')).toContain('is no server name');
      expect(await room.ask('federation fetch-support-well-known nobody.invalid')).toContain(
        'There is no address for `nobody.invalid`',
      );
    });

    describe('in a closed network', () => {
      beforeAll(async () => {
        room.configure({ federation: { allowPrivateAddresses: true } });
        await room.bot().stop();
        await room.start({ env: { NODE_EXTRA_CA_CERTS: join(folder, 'tls.crt') } });
      });

      test('shows whom to ask', async () => {
        const support = {
          contacts: [
            { role: 'm.role.admin', matrix_id: '@admin:example.org', email_address: 'admin@example.org' },
            { role: 'm.role.security', email_address: '<b>|`x`' },
          ],
          support_page: 'https://example.org/help',
        };
        published = { status: 200, body: JSON.stringify(support) };
        const answer = await room.ask(line);
        expect(answer).toContain('names 2 contacts');
        expect(bodyTable(answer)[1]).toEqual(['admin', '@admin:example.org', 'admin@example.org']);
        expect(bodyTable(answer)[2]?.[0]).toBe('security');
        expect(answer).toContain('https://example.org/help');
        expect(jsonIn(await room.ask(`${line} -o json`))).toEqual(support);
      });

      test.each([
        ['nothing', 404, 'publishes no support information'],
        ['a page', 200, 'is no support information', '<html>'],
        ['a list', 200, 'is no support information', '[]'],
        ['contacts of another kind', 200, 'is no support information', '{"contacts":"me"}'],
        ['a failure', 502, 'answers with status 502'],
        ['too much', 200, 'is longer than 64 KiB', `{"support_page":"${'x'.repeat(70_000)}"}`],
      ])('says so when it publishes %s', async (_, status, why, body = '') => {
        published = { status, body };
        expect(await room.ask(line)).toContain(why);
      });
    });
  });
});
