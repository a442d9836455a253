import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedOutcome, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { changeStore, fromStore } from './store-file.ts';
import { bodyTable, column } from './tables.ts';

describeWithSynapse('aliases and the public directory', () => {
  let server: Synapse;
  /** Between the bot and the homeserver. */
  let between: Scripted;
  let room: AdminRoom;
  let bob: TestClient;
  let lobby: string;
  let cellar: string;
  let ghost: string;
  let adminAlias: string;

  const whole = (localpart: string) => `#${localpart}:${server.serverName}`;
  const directory = (localpart: string) => `/_matrix/client/v3/directory/room/${encodeURIComponent(whole(localpart))}`;
  const point = (localpart: string, roomId: string) =>
    room.admin.request('PUT', directory(localpart), { room_id: roomId, servers: [server.serverName] });
  /** Where an alias leads, by the server's own word. */
  const target = (localpart: string) =>
    server.queryDatabase('SELECT room_id FROM room_aliases WHERE room_alias = ?', whole(localpart))[0]?.room_id;
  const canonical = async (roomId: string) => {
    const path = `/v1/rooms/${encodeURIComponent(roomId)}/state?type=m.room.canonical_alias`;
    return ((await room.admin.admin('GET', path)).state as { content: unknown }[])[0]?.content;
  };
  const isListed = async (roomId: string) => {
    const path = `/_matrix/client/v3/directory/list/room/${encodeURIComponent(roomId)}`;
    return (await room.admin.request('GET', path)).visibility === 'public';
  };

  beforeAll(async () => {
    server = await startSynapse({
      name: 'room-alias',
      config: {
        room_list_publication_rules: [{ alias: '#open*', action: 'allow' }],
        alias_creation_rules: [{ user_id: '@castellan-*', alias: '#guarded*', action: 'deny' }, { action: 'allow' }],
      },
    });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url });
    bob = await registerUser(server, 'bob');
    await room.admin.liftLimits(bob.userId);
    lobby = await bob.createRoom({ name: 'The **Lobby** | <b>', room_alias_name: 'lobby' });
    cellar = await bob.createRoom({ name: 'Cellar', room_alias_name: 'cellar' });
    ghost = await bob.createRoom({ name: 'Ghost' });
    await bob.leave(ghost);
    adminAlias = String(
      server.queryDatabase('SELECT room_alias FROM room_aliases WHERE room_id = ?', room.roomId)[0]?.room_alias,
    );
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  const writesTo = (localpart: string) =>
    between.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith(directory(localpart)));

  describe('alias set', () => {
    test.each([
      ['free-1', () => 'free-1'],
      ['free-2', () => '#free-2'],
      ['free-3', () => whole('free-3')],
      ['Größe/<b>|x', () => "'Größe/<b>|x'"],
    ])('points the free alias %s at a room, however it is written', async (localpart, typed) => {
      const answer = await room.ask(`room alias set #lobby ${typed()}`);
      expect(answer).toBe(`✅ \`${whole(localpart)}\` leads to \`${lobby}\` (“The **Lobby** | <b>”, 1 member) now.`);
      expect(target(localpart)).toBe(lobby);
    });

    test('does so for a room that nobody is in', async () => {
      expect(await room.ask(`room alias set ${ghost} haunted`)).toContain(`leads to \`${ghost}\``);
      expect(target('haunted')).toBe(ghost);
    });

    test('is found done when only its answer was lost, and not done when it never arrived', async () => {
      for (const outcome of ['lose', 'reset'] as const) {
        between.handlers.splice(0, 1, ({ method, path }) =>
          method === 'PUT' && path.includes('/directory/') ? outcome : undefined,
        );
        const answer = await room.ask(`room alias set #lobby free-${outcome}`);
        if (outcome === 'lose') expect(answer).toMatch(/^✅ .* leads to .* now\.$/);
        else expect(answer).toContain('I looked: it was not done');
        expect(target(`free-${outcome}`)).toBe(outcome === 'lose' ? lobby : undefined);
      }
    });

    test('refuses a used alias, names where it leads, and changes nothing', async () => {
      const answer = await room.ask('room alias set #lobby cellar');
      expect(answer).toContain(`❌ \`${whole('cellar')}\` leads to \`${cellar}\` (“Cellar”, 1 member) already`);
      expect(answer).toContain('With `--force`');
      expect(target('cellar')).toBe(cellar);
    });

    test('says so when it leads there already, with and without --force', async () => {
      for (const flag of ['', '--force '])
        expect(await room.ask(`room alias set ${flag}#lobby lobby`)).toMatch(/^✅ .* leads to .* already\.$/);
      expect(writesTo('lobby')).toEqual([]);
    });

    test.each(['-f', '--force'])('%s really takes it from another room, and names that one', async (flag) => {
      await point(`moved${flag}`, cellar);
      const answer = await room.ask(`room alias set ${flag} #lobby #moved${flag}`);
      expect(answer).toMatch(/^✅/);
      expect(answer).toContain(`Before, it led to \`${cellar}\` (“Cellar”, 1 member).`);
      expect(answer).not.toContain('still names');
      expect(target(`moved${flag}`)).toBe(lobby);
      const last = fromStore(room.dataDir, 'SELECT record FROM audit ORDER BY seq DESC LIMIT 1')[0];
      expect(JSON.parse(String(last?.record)).detail).toEqual({ before: { room: cellar }, after: { room: lobby } });
      expect(fromStore(room.dataDir, "SELECT * FROM due WHERE kind = 'restore-alias'")).toEqual([]);
    });

    test('says that the old room still names it as its address', async () => {
      const attic = await bob.createRoom({ name: 'Attic', room_alias_name: 'attic' });
      const answer = await room.ask('room alias set -f #lobby attic');
      expect(answer).toContain(`The room \`${attic}\` still names \`${whole('attic')}\` as its address`);
      expect(await canonical(attic)).toEqual({ alias: whole('attic') });
      expect(target('attic')).toBe(lobby);
    });

    test('tries the new room before it takes the alias from the old one: what the rules forbid changes nothing', async () => {
      await bob.request('PUT', directory('guarded'), { room_id: cellar });
      expect(await room.ask('room alias set -f #lobby guarded')).toBe(
        '❌ The homeserver refused: Not allowed to create alias',
      );
      expect(target('guarded')).toBe(cellar);
      expect(writesTo('guarded').map(({ method }) => method)).toEqual(['PUT']);
    });

    test.each([
      ['room alias set #nowhere x1', /❌ The alias `#nowhere:castellan\.test` leads nowhere/],
      ['room alias set !nothing:castellan.test x1', /❌ This server does not know the room `!nothing/],
      ['room alias set #lobby #x1:elsewhere.test', /❌ .*`#x1:elsewhere\.test` belongs to another server/],
      ['room alias set #lobby "x 1"', /❌ .*is no alias/],
      ['room alias set #lobby x1:x:castellan.test', /❌ /],
      [`room alias set #lobby ${'x'.repeat(256)}`, /❌ .*longer than 255 bytes/],
      ['room alias set #lobby', /❌ `room alias set` needs `<localpart>`/],
      ['room alias set #lobby x1 x2', /❌ .*x2/],
    ])('%s is refused and leaves no alias', async (line, why) => {
      expect(await room.ask(line)).toMatch(why);
      expect(target('x1')).toBeUndefined();
    });
  });

  describe('the admin room', () => {
    test.each(['admins', '#admins', 'Admins', '#admins:castellan.test'])(
      '%s is neither set nor removed',
      async (name) => {
        for (const line of [
          `room alias set #lobby ${name}`,
          `room alias set -f #lobby ${name}`,
          `remove-alias ${name}`,
        ])
          expect(await room.ask(line)).toMatch(/❌ .* is kept for the admin room/);
        expect(target('admins')).toBeUndefined();
      },
    );

    test('keeps its aliases and gets none, by id or alias', async () => {
      const lines = [
        `room alias set -f #lobby ${adminAlias}`,
        `room alias remove ${adminAlias}`,
        `room alias set ${room.roomId} another-door`,
        `room alias set -f ${adminAlias} lobby`,
        `room publish ${adminAlias}`,
        `room unpublish ${room.roomId}`,
      ];
      for (const line of lines) expect(await room.ask(line), line).toMatch(/❌ .* is the admin room/);
      expect(server.queryDatabase('SELECT room_alias FROM room_aliases WHERE room_id = ?', room.roomId)).toEqual([
        { room_alias: adminAlias },
      ]);
      expect(target('lobby')).toBe(lobby);
      expect(between.requests.filter(({ method, path }) => method !== 'GET' && path.includes('/directory/'))).toEqual(
        [],
      );
    });

    test('keeps an alias that it got a moment ago', async () => {
      await point('back-door', room.roomId);
      expect(await room.ask('room alias set -f #lobby back-door')).toMatch(/❌ .* is the admin room/);
      expect(await room.ask('room alias remove back-door')).toMatch(/❌ .* is the admin room/);
      expect(target('back-door')).toBe(room.roomId);
    });

    test('keeps one that it gets between the look and the act', async () => {
      await point('trapdoor', cellar);
      let looked = false;
      between.handlers.push(async ({ method, path }) => {
        if (looked || method !== 'GET' || !path.startsWith(directory('trapdoor'))) return undefined;
        looked = true;
        const answer = { status: 200, body: { room_id: cellar, servers: [server.serverName] } };
        await room.admin.request('DELETE', directory('trapdoor'));
        await point('trapdoor', room.roomId);
        return answer;
      });
      expect(await room.ask('room alias remove trapdoor')).toMatch(/❌ .*refused: it would act on the admin room/);
      expect(target('trapdoor')).toBe(room.roomId);
    });
  });

  describe('alias set --force that goes wrong in the middle', () => {
    /** The outcome of the n-th request of this kind to the alias. */
    const meddle = (localpart: string, method: string, nth: number, outcome: ScriptedOutcome) => {
      let seen = 0;
      between.handlers.push((request: ScriptedRequest) => {
        if (request.method !== method || !request.path.startsWith(directory(localpart))) return undefined;
        seen += 1;
        return seen === nth ? outcome : undefined;
      });
    };
    const no = { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'Not today' } };
    const dues = () => fromStore(room.dataDir, "SELECT target, room_id FROM due WHERE kind = 'restore-alias'");

    test('puts the old one back when the new one is refused', async () => {
      await point('swing', cellar);
      meddle('swing', 'PUT', 2, no);
      const answer = await room.ask('room alias set -f #lobby swing');
      expect(answer).toContain(
        `❌ \`${whole('swing')}\` was not set to \`${lobby}\`. The homeserver refused: Not today`,
      );
      expect(answer).toContain(`It leads to \`${cellar}\`, as before.`);
      expect(target('swing')).toBe(cellar);
      expect(writesTo('swing').map(({ method }) => method)).toEqual(['PUT', 'DELETE', 'PUT', 'PUT']);
      expect(dues()).toEqual([]);
    });

    test("puts the old room's address back too, where the bot has power in it", async () => {
      const mine = await room.botAccount.createRoom({ name: 'Mine', room_alias_name: 'mine' });
      await point('mine-too', mine);
      const addresses = { alias: whole('mine'), alt_aliases: [whole('mine-too')] };
      await room.botAccount.sendState(mine, 'm.room.canonical_alias', addresses);
      meddle('mine-too', 'PUT', 2, no);
      expect(await room.ask('room alias set -f #lobby mine-too')).toContain('as before');
      expect(target('mine-too')).toBe(mine);
      expect(await canonical(mine)).toEqual(addresses);
      between.handlers.length = 0;
      expect(await room.ask('room alias set -f #lobby mine-too')).not.toContain('still names');
      expect(await canonical(mine)).toEqual({ alias: whole('mine') });
    });

    test.each<[string, string, number, ScriptedOutcome, 'done' | 'as before']>([
      ['the removal is done and its answer lost', 'DELETE', 1, 'lose', 'as before'],
      ['the removal never arrives', 'DELETE', 1, 'reset', 'as before'],
      ['the new one is set and its answer lost', 'PUT', 2, 'lose', 'done'],
      ['the new one never arrives', 'PUT', 2, 'reset', 'as before'],
      ['a proxy answers for the new one', 'PUT', 2, { status: 502, body: '<html>' }, 'as before'],
    ])('when %s, it leads to one of the two and the answer says to which', async (what, method, nth, outcome, end) => {
      const name = what.replaceAll(' ', '-');
      await point(name, cellar);
      meddle(name, method, nth, outcome);
      const answer = await room.ask(`room alias set -f #lobby ${name}`);
      if (end === 'done') {
        expect(answer).toMatch(/^✅/);
        expect(target(name)).toBe(lobby);
      } else {
        expect(answer).toContain(`It leads to \`${cellar}\`, as before.`);
        expect(target(name)).toBe(cellar);
      }
    });

    test('when nothing more can be reached, says so, and puts it back when it comes to it', async () => {
      await point('adrift', cellar);
      meddle('adrift', 'PUT', 2, 'reset');
      let gone = false;
      between.handlers.push(({ method, path }) => {
        if (!path.startsWith(directory('adrift'))) return undefined;
        gone ||= method === 'DELETE';
        return gone && method === 'GET' ? no : undefined;
      });
      const answer = await room.ask('room alias set -f #lobby adrift');
      expect(answer).toContain(`⚠️ \`${whole('adrift')}\` may lead nowhere now.`);
      expect(answer).toContain(`It led to \`${cellar}\`. In a few minutes I look again`);
      expect(target('adrift')).toBeUndefined();
      expect(dues()).toContainEqual({ target: whole('adrift'), room_id: cellar });
      await room.bot().stop();
      between.handlers.length = 0;
      changeStore(room.dataDir, "UPDATE due SET at = 0 WHERE kind = 'restore-alias'");
      await room.start();
      const said = await room.admin.waitForEvent(room.roomId, (event) => bodyOf(event).startsWith('↩️'));
      expect(bodyOf(said)).toContain(`leads to \`${cellar}\` again, as before`);
      expect(target('adrift')).toBe(cellar);
      expect(dues()).toEqual([]);
    });

    test('is told with the whole line when it cannot be put back either', async () => {
      await point('lost', ghost);
      await room.bot().stop();
      changeStore(
        room.dataDir,
        "INSERT INTO due (key, kind, room_id, target, at) VALUES (?, 'restore-alias', '!gone:castellan.test', ?, 0)",
        `alias ${whole('gone')}`,
        whole('gone'),
      );
      await room.start();
      const said = await room.admin.waitForEvent(room.roomId, (event) => bodyOf(event).includes(whole('gone')));
      expect(bodyOf(said)).toContain('Room does not exist');
      expect(bodyOf(said)).toContain(`\`!admin room alias set !gone:castellan.test ${whole('gone')}\``);
    });

    /** Kills the bot when it is about to set the new one. */
    function killBetween(localpart: string): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      between.handlers.push(async ({ method, path }) => {
        if (method !== 'PUT' || !path.startsWith(directory(localpart)) || target(localpart) !== undefined)
          return undefined;
        await room.bot().kill();
        resolve();
        return 'reset';
      });
      return promise;
    }

    test('goes on after a crash in between, and still names the old room', async () => {
      await point('crashed', cellar);
      const killed = killBetween('crashed');
      const command = await room.admin.send(room.roomId, '!admin room alias set -f #lobby crashed');
      await killed;
      expect(target('crashed')).toBeUndefined();
      between.handlers.length = 0;
      await room.start();
      const answer = bodyOf(await room.answerTo(command));
      expect(answer).toMatch(/^✅/);
      expect(answer).toContain(`Before, it led to \`${cellar}\``);
      expect(target('crashed')).toBe(lobby);
      expect(dues()).toEqual([]);
    });

    test('puts the old one back after a crash when the new one is refused then', async () => {
      await point('refused-later', cellar);
      const killed = killBetween('refused-later');
      const command = await room.admin.send(room.roomId, '!admin room alias set -f #lobby refused-later');
      await killed;
      between.handlers.length = 0;
      meddle('refused-later', 'PUT', 1, no);
      await room.start();
      expect(bodyOf(await room.answerTo(command))).toContain(`It leads to \`${cellar}\`, as before.`);
      expect(target('refused-later')).toBe(cellar);
    });

    test('puts the old one back after a crash when the command was taken back', async () => {
      await point('taken-back', cellar);
      const killed = killBetween('taken-back');
      const command = await room.admin.send(room.roomId, '!admin room alias set -f #lobby taken-back');
      await killed;
      between.handlers.length = 0;
      await room.admin.redact(room.roomId, command);
      changeStore(room.dataDir, "UPDATE due SET at = 0 WHERE kind = 'restore-alias'");
      await room.start();
      expect(bodyOf(await room.answerTo(command))).toContain('may have been applied');
      await room.admin.waitForEvent(
        room.roomId,
        (event) => bodyOf(event).startsWith('↩️') && bodyOf(event).includes('taken-back'),
      );
      expect(target('taken-back')).toBe(cellar);
    });
  });

  describe('alias remove', () => {
    test.each(['room alias remove', 'remove-alias', 'Remove_Alias'])(
      '%s removes it and names where it led',
      async (line) => {
        await point('brief', cellar);
        expect(await room.ask(`${line} brief`)).toBe(
          `✅ Removed \`${whole('brief')}\`, which led to \`${cellar}\` (“Cellar”, 1 member).`,
        );
        expect(target('brief')).toBeUndefined();
        expect(await room.ask(`${line} brief`)).toContain(`❌ The alias \`${whole('brief')}\` leads nowhere.`);
      },
    );

    test("says that a room's address stays as it is, and cleans it where the bot has power", async () => {
      const theirs = await bob.createRoom({ name: 'Theirs', room_alias_name: 'theirs' });
      expect(await room.ask('room alias remove theirs')).toContain(`The room \`${theirs}\` still names`);
      expect(await canonical(theirs)).toEqual({ alias: whole('theirs') });
      const ours = await room.botAccount.createRoom({ name: 'Ours', room_alias_name: 'ours' });
      expect(await room.ask('room alias remove ours')).not.toContain('still names');
      expect(await canonical(ours)).toEqual({});
    });

    test('is done once when its answer is lost', async () => {
      await point('once', cellar);
      between.handlers.push(({ method }) => (method === 'DELETE' ? 'lose' : undefined));
      expect(await room.ask('room alias remove once')).toBe(`✅ \`${whole('once')}\` leads nowhere any more.`);
      expect(writesTo('once')).toHaveLength(1);
    });

    test('refuses an alias of another server', async () => {
      expect(await room.ask('room alias remove #x:elsewhere.test')).toMatch(/❌ .*belongs to another server/);
    });
  });

  describe('reading aliases', () => {
    test('which tells where one leads', async () => {
      expect(await room.ask('room alias which cellar')).toBe(
        `\`${whole('cellar')}\` leads to \`${cellar}\` (“Cellar”, 1 member).`,
      );
      expect(jsonIn(await room.ask('room alias which cellar -o json'))).toEqual({
        alias: whole('cellar'),
        room_id: cellar,
        servers: [server.serverName],
      });
      expect(await room.ask('room alias which nowhere')).toContain(
        `❌ The alias \`${whole('nowhere')}\` leads nowhere`,
      );
    });

    test('list shows those of one room, its main one marked', async () => {
      await point('cellar-2', cellar);
      const answer = await room.ask('room alias list #cellar');
      const own = server.queryDatabase('SELECT room_alias FROM room_aliases WHERE room_id = ?', cellar);
      expect(new Set(column(answer, 'Alias'))).toEqual(new Set(own.map(({ room_alias }) => room_alias)));
      expect(bodyTable(answer)).toContainEqual([whole('cellar'), 'Cellar', cellar, '✅']);
      expect(bodyTable(answer)).toContainEqual([whole('cellar-2'), 'Cellar', cellar, '']);
      expect(await room.ask('room alias list #nowhere')).toContain('❌ The alias `#nowhere');
    });

    test('list without a room shows all, page by page, sorted', async () => {
      const own = server.queryDatabase('SELECT room_alias, room_id FROM room_aliases');
      const all = jsonIn<{ alias: string; room_id: string }[]>(await room.ask('room alias list --all -o json'));
      expect(new Set(all.map(({ alias, room_id }) => `${alias} ${room_id}`))).toEqual(
        new Set(own.map(({ room_alias, room_id }) => `${room_alias} ${room_id}`)),
      );
      const second = await room.ask('room alias list -l 3 --page 2');
      expect(second).toContain(`4–6 of ${own.length}`);
      expect(second).toContain('next: `!admin room alias list -l 3 --from 6`');
      const reversed = jsonIn<{ alias: string }[]>(await room.ask('room alias list --all -s alias -r -o json'));
      expect(reversed.map(({ alias }) => alias)).toEqual(all.map(({ alias }) => alias).toReversed());
      expect(await room.ask('room alias list --page 99')).toMatch(/❌ The list ends at/);
      expect(await room.ask('room alias list -l 0')).toMatch(/❌ .*at least 1/);
    });

    test('resolve goes from an alias to its room, and with -r back', async () => {
      expect(await room.ask('room resolve #cellar')).toContain(`\`${whole('cellar')}\` leads to \`${cellar}\``);
      for (const flag of ['-r', '--reverse']) {
        const answer = await room.ask(`room resolve ${flag} ${cellar}`);
        expect(answer).toContain(`- \`${whole('cellar')}\``);
        expect(answer).toContain('“Cellar”');
      }
      expect(await room.ask(`room resolve -r ${ghost}`)).toContain('local alias');
      expect(await room.ask('room resolve #nowhere')).toContain('❌ The alias `#nowhere');
      expect(await room.ask('room resolve -r !nothing:castellan.test')).toContain('❌ This server does not know');
      expect(await room.ask('room resolve #x:nobody.invalid')).toContain('❌ The server that the alias belongs to');
      for (const line of ['room resolve', 'room resolve #cellar -r #cellar'])
        expect(await room.ask(line)).toMatch(/❌ Give either an alias, or `-r` and a room/);
    });
  });

  describe('the directory', () => {
    let open: string;
    beforeAll(async () => {
      open = await bob.createRoom({ preset: 'public_chat', name: 'Open', room_alias_name: 'open' });
    });

    test.each([
      ['room directory publish', 'room directory unpublish'],
      ['room publish', 'room unpublish'],
    ])('%s and %s set it, twice too', async (publish, unpublish) => {
      expect(await room.ask(`${publish} #open`)).toMatch(/^✅ .*“Open”.* is in the public directory now\.$/);
      expect(await isListed(open)).toBe(true);
      expect(await room.ask(`${publish} ${open}`)).toMatch(/^✅ .* is in the public directory already\.$/);
      expect(await room.ask('room directory list')).toContain('Open');
      expect(await room.ask(`${unpublish} #open`)).toMatch(/^✅ .* is out of the public directory\.$/);
      expect(await isListed(open)).toBe(false);
      expect(await room.ask(`${unpublish} #open`)).toMatch(/^✅ .* was not in the public directory\.$/);
      expect(await room.ask('room directory list')).toBe('None.');
    });

    test('names the setting that keeps a room out', async () => {
      const answer = await room.ask('room publish #cellar');
      expect(answer).toContain("❌ The homeserver's rules let nobody publish this room");
      expect(answer).toContain('`room_list_publication_rules`');
      expect(await isListed(cellar)).toBe(false);
    });

    test('says that clients are not shown a room which one cannot join freely', async () => {
      const closed = await bob.createRoom({ name: 'Closed', room_alias_name: 'open-by-name' });
      expect(await room.ask('room publish #open-by-name')).toContain('by invitation only');
      expect(await isListed(closed)).toBe(true);
      expect(column(await room.ask('room directory list'), 'Name')).toEqual(['Closed']);
      await room.ask('room unpublish #open-by-name');
    });

    test('does not believe a yes after which nothing has changed', async () => {
      between.handlers.push(({ method, path }) =>
        method === 'PUT' && path.includes('/directory/list/') ? { status: 200, body: {} } : undefined,
      );
      expect(await room.ask('room publish #open')).toContain('❌ The homeserver said yes, but');
      expect(await isListed(open)).toBe(false);
    });

    test('lists page by page', async () => {
      for (const name of ['open-a', 'open-b', 'open-c']) {
        const made = await bob.createRoom({ preset: 'public_chat', name, room_alias_name: name });
        await room.ask(`room publish ${made}`);
      }
      for (const line of ['room directory list 2 -l 2', 'room directory list --page 2 -l 2 '])
        expect(await room.ask(line)).toContain('3 of 3');
      expect(column(await room.ask('room directory list -s name -r'), 'Name')).toEqual(['open-c', 'open-b', 'open-a']);
    });

    test.each(['room publish #nowhere', 'room unpublish !nothing:castellan.test'])('%s is refused', async (line) => {
      expect(await room.ask(line)).toMatch(/^❌ (The alias|This server does not know)/);
    });
  });
});
