import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { bodyTable, column } from './tables.ts';

describeWithSynapse('the room commands', () => {
  let server: Synapse;
  let other: Synapse;
  let room: AdminRoom;
  let bob: TestClient;
  let dave: TestClient;
  let lobby: string;
  let walled: string;
  let banned: string;
  let ghost: string;

  beforeAll(async () => {
    [server, other] = await Promise.all([
      startSynapse({
        federation: true,
        serverName: 'one.test',
        config: { room_list_publication_rules: [{ action: 'allow' }] },
      }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    room = await openAdminRoom(server);
    bob = await registerUser(server, 'bob');
    await room.admin.liftLimits(bob.userId);
    dave = await registerUser(other, 'dave');
    lobby = await bob.createRoom({
      preset: 'public_chat',
      visibility: 'public',
      name: 'The Lobby',
      topic: 'Come in',
      room_alias_name: 'lobby',
    });
    await room.admin.join(lobby);
    await dave.join(lobby, [server.serverName]);
    walled = await bob.createRoom({ name: 'Walled garden', creation_content: { 'm.federate': false } });
    banned = await bob.createRoom({ name: 'Banned' });
    await room.admin.admin('PUT', `/v1/rooms/${encodeURIComponent(banned)}/block`, { block: true });
    ghost = await bob.createRoom({ name: 'Ghost' });
    await bob.leave(ghost);
  });
  afterAll(async () => {
    await room?.close();
    await Promise.all([server?.stop(), other?.stop()]);
  });

  const names = async (line: string) => column(await room.ask(line), 'Name');
  const ids = async (line: string) => column(await room.ask(line), 'Room');

  describe('list-rooms', () => {
    test('shows all rooms, those with most members first, and how many there are', async () => {
      const answer = await room.ask('room list-rooms');
      expect(answer).toMatch(/^5 rooms\./);
      expect(bodyTable(answer)[0]).toEqual(['Name', 'Members', 'Local', 'Alias', 'Room']);
      expect(bodyTable(answer)[1]).toEqual(['The Lobby', '3', '2', `#lobby:${server.serverName}`, lobby]);
      const members = column(answer, 'Members').map(Number);
      expect(members).toEqual(members.toSorted((one, next) => next - one));
      expect(new Set(column(answer, 'Room'))).toEqual(new Set([lobby, walled, banned, ghost, room.roomId]));
      expect(answer).toContain('1–5 of 5');
    });

    test.each(['room list', 'rooms list', 'list-rooms', 'ROOM List_Rooms', 'list_rooms'])(
      'is found as %j too',
      async (line) => expect(await room.ask(line)).toBe(await room.ask('room list-rooms')),
    );

    test.each(['room list 2 -l 2', 'room list --page 2 --limit 2', 'room list -f 2 -l 2', 'room list --from=2 -l2'])(
      'gives the second two with %j, and how to see the next',
      async (line) => {
        const all = await ids('room list');
        const answer = await room.ask(line);
        expect(column(answer, 'Room')).toEqual(all.slice(2, 4));
        expect(answer).toContain('3–4 of 5');
        const next = /next: `(!admin [^`]+)`/.exec(answer)?.[1] ?? '';
        expect(await ids(next)).toEqual(all.slice(4));
        expect(await room.ask(next)).not.toContain('next:');
      },
    );

    test('says where the list ends when a page lies behind it', async () => {
      expect(await room.ask('room list 2')).toMatch(/❌ The list ends at 5; there is nothing from 101 on\./);
    });

    test('gives all of them with --all, which goes with no page', async () => {
      expect(await ids('room list --all')).toHaveLength(5);
      expect(await room.ask('room list --all --page 2')).toMatch(/❌ `--all` shows everything/);
    });

    test('sorts by any column the server sorts by, and the other way round', async () => {
      const named = (await names('room list --sort name')).filter((name) => name !== '');
      expect(named).toEqual(['Admin room', 'Banned', 'The Lobby', 'Walled garden']);
      expect((await names('room list -s name -r')).filter((name) => name !== '')).toEqual(named.toReversed());
      expect((await ids('room list -r')).at(-1)).toBe(lobby);
    });

    test('names the columns when asked for another one', async () => {
      const answer = await room.ask('room list --sort size');
      expect(answer).toContain('❌ `--sort`: `size` is not possible here');
      for (const name of ['joined_members', 'canonical_alias', 'state_events']) expect(answer).toContain(name);
    });

    test('-n finds by name, whatever its case, and by alias and id', async () => {
      expect(await names('room list -n lobby')).toEqual(['The Lobby']);
      expect(await names('room list --name "the l"')).toEqual(['The Lobby']);
      expect(await ids(`room list -n ${walled}`)).toEqual([walled]);
      expect(await room.ask('room list -n nothing-of-that-name')).toBe('None.');
    });

    test('search does the same with a bare word', async () => {
      expect(await names('room search lobby')).toEqual(['The Lobby']);
      expect(await names('rooms search GARDEN')).toEqual(['Walled garden']);
      expect(await room.ask('room search')).toContain('❌ `room search` needs `<term>`');
    });

    test('-e shows rooms without a member from here, -E those with one, and both at once is refused', async () => {
      expect(await ids('room list -e')).toEqual([ghost]);
      expect(await ids('room list --empty')).toEqual([ghost]);
      const full = await ids('room list -E');
      expect(full).toHaveLength(4);
      expect(full).not.toContain(ghost);
      expect(await room.ask('room list -e -E')).toMatch(/❌ `--empty` and `--no-empty` do not go together/);
    });

    test('pages through what is left when the filter is ours', async () => {
      const all = await ids('room list -E');
      const answer = await room.ask('room list -E -l 3 --page 2');
      expect(column(answer, 'Room')).toEqual(all.slice(3));
      expect(answer).toContain('4 of 4');
    });

    test('leaves out what is blocked, and what does not federate', async () => {
      const unbanned = await ids('room list --exclude-banned');
      expect(unbanned).toHaveLength(4);
      expect(unbanned).not.toContain(banned);
      const federated = await ids('room list --exclude-disabled');
      expect(federated).not.toContain(walled);
      expect(federated).not.toContain(room.roomId);
      expect(federated).toContain(banned);
      expect(await ids('room list --exclude-disabled --exclude-banned -E')).toEqual([lobby]);
    });

    test('--public shows the directory', async () => {
      expect(await names('room list --public')).toEqual(['The Lobby']);
    });

    test('--no-details gives bare ids in a block that can be pasted back, page by page', async () => {
      const block = (answer: string) => /```\n([\s\S]*?)\n```/.exec(answer)?.[1]?.split('\n');
      const all = await ids('room list');
      const answer = await room.ask('room list --no-details -l 3');
      expect(block(answer)).toEqual(all.slice(0, 3));
      const next = /1–3 of 5 · next: `(!admin [^`]+)`/.exec(answer)?.[1] ?? '';
      expect(block(await room.ask(next))).toEqual(all.slice(3));
      expect(block(await room.ask('room list --no-details --all'))).toEqual(all);
      for (const id of all) expect(await room.ask(`room exists ${id}`)).toMatch(/^Yes/);
    });

    test("-o json gives the server's own objects, and the ids with --no-details", async () => {
      const path = '/v1/rooms?order_by=joined_members&limit=2';
      const own = (await room.admin.admin('GET', path)).rooms;
      expect(jsonIn(await room.ask('room list -l 2 -o json'))).toEqual(own);
      expect(jsonIn(await room.ask('room list --no-details --output j -n lobby'))).toEqual([lobby]);
    });
  });

  describe('details', () => {
    test.each(['room details #lobby', 'room show #lobby', 'Rooms Details #lobby'])(
      '%s tells what the server knows',
      async (line) => {
        const told = Object.fromEntries(bodyTable(await room.ask(line)));
        expect(told).toMatchObject({
          'Room id': lobby,
          Name: 'The Lobby',
          'Canonical alias': `#lobby:${server.serverName}`,
          Topic: 'Come in',
          Members: '3',
          'Members from this server': '2',
          Creator: bob.userId,
          'Join rule': 'public',
          'In the directory': 'yes',
          Federated: 'yes',
          'Blocked here': 'no',
        });
      },
    );

    test('by id, of a blocked room and of one that does not federate', async () => {
      expect(Object.fromEntries(bodyTable(await room.ask(`room details ${banned}`)))['Blocked here']).toBe('yes');
      expect(Object.fromEntries(bodyTable(await room.ask(`room details ${walled}`))).Federated).toBe('no');
    });

    test('-o json is the answer of the server, with the aliases and the block', async () => {
      const own = await room.admin.admin('GET', `/v1/rooms/${encodeURIComponent(lobby)}`);
      expect(jsonIn(await room.ask('room details #lobby -o json'))).toEqual({
        ...own,
        local_aliases: [`#lobby:${server.serverName}`],
        blocked: false,
      });
    });

    test('says which is unknown, the alias or the room, and how to look for it', async () => {
      const alias = await room.ask('room details #nowhere');
      expect(alias).toContain(`❌ The alias \`#nowhere:${server.serverName}\` leads nowhere.`);
      expect(alias).toContain('room list-rooms --name');
      expect(await room.ask('room details !nothing:one.test')).toContain(
        '❌ This server does not know the room `!nothing:one.test`.',
      );
      expect(await room.ask('room details lobby')).toContain('`lobby` is no room');
    });
  });

  describe('exists', () => {
    test.each([
      ['an alias without server, which is one of ours', () => '#lobby'],
      ['a whole alias', () => `#lobby:${server.serverName}`],
      ['an id', () => lobby],
    ])('says yes to %s, and who is in it', async (_, named) => {
      expect(await room.ask(`room exists ${named()}`)).toBe(
        `Yes: \`${lobby}\`, “The Lobby”, 3 members, 2 of them from this server.`,
      );
    });

    test('says no to an id and an alias that nobody has', async () => {
      expect(await room.ask('room exists !nothing:one.test')).toBe(
        'No: this server does not know `!nothing:one.test`.',
      );
      expect(await room.ask('room exists !0123456789-of-version-12')).toMatch(/^No: this server does not know/);
      expect(await room.ask('room exists #nowhere')).toBe(
        `No: the alias \`#nowhere:${server.serverName}\` leads nowhere.`,
      );
      expect(jsonIn(await room.ask('room exists #nowhere -o json'))).toEqual({ exists: false });
    });

    test("asks the other server for its alias, and knows that this one isn't in the room", async () => {
      const far = await dave.createRoom({ preset: 'public_chat', room_alias_name: 'far' });
      expect(await room.ask(`room exists #far:${other.serverName}`)).toBe(`No: this server does not know \`${far}\`.`);
      expect(await room.ask(`room exists #nothing:${other.serverName}`)).toContain('leads nowhere');
    });

    test('says so when the other server cannot be asked', async () => {
      expect(await room.ask('room exists #far:127.0.0.1:9')).toContain(
        '❌ The server that the alias belongs to could not be asked where it leads.',
      );
    });
  });

  describe('info list-joined-members', () => {
    test.each(['room info list-joined-members', 'room members', 'rooms info list_joined_members'])(
      '%s shows everybody, from here and elsewhere',
      async (line) => {
        const answer = await room.ask(`${line} #lobby`);
        expect(answer).toMatch(new RegExp(`^3 members in \`${lobby.replaceAll(/[$.!]/g, '\\$&')}\``));
        expect(column(answer, 'User')).toEqual([bob.userId, dave.userId, room.admin.userId].toSorted());
      },
    );

    test('--local-only leaves out who is on another server', async () => {
      const answer = await room.ask('room members #lobby --local-only');
      expect(answer).toContain('2 members from this server');
      expect(column(answer, 'User')).toEqual([bob.userId, room.admin.userId].toSorted());
    });

    test('is paged and turned round like every list', async () => {
      const all = column(await room.ask(`room members ${lobby}`), 'User');
      const second = await room.ask(`room members ${lobby} -l 2 --page 2`);
      expect(column(second, 'User')).toEqual(all.slice(2));
      expect(column(await room.ask(`room members ${lobby} -r`), 'User')).toEqual(all.toReversed());
      expect(jsonIn(await room.ask(`room members ${lobby} -l 1 -o json`))).toEqual(all.slice(0, 1));
    });

    test('of an empty room is none, of an unknown one a refusal', async () => {
      expect(await room.ask(`room members ${ghost}`)).toMatch(/^0 members in .*\n\nNone\.$/);
      expect(await room.ask('room members #nowhere')).toContain('leads nowhere');
    });
  });
});
