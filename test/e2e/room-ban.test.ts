import { describe, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import type { ScriptedRequest } from '../homeserver/scripted.ts';
import { bodyOf } from './admin-room.ts';
import { DeletionLab, isDeletion, isLook } from './deletion-lab.ts';
import { jsonIn } from './json-in.ts';
import { jobEnd, runJob } from './run-job.ts';
import { changeStore, fromStore } from './store-file.ts';
import { bodyTable, column } from './tables.ts';

const part = encodeURIComponent;

describeWithSynapse('banning rooms', () => {
  const lab = new DeletionLab({ name: 'ban', config: { room_list_publication_rules: [{ action: 'allow' }] } });

  const makePublished = () => lab.makeRoom({ visibility: 'public', name: 'Bad | <b>place</b>' });
  const published = async (roomId: string) =>
    (await lab.room.admin.request('GET', `/_matrix/client/v3/directory/list/room/${part(roomId)}`)).visibility;
  const ban = (line: string, word: string) => lab.report(`room moderation ban-room ${line}`, word);
  const ledger = (roomId: string) => {
    const [row] = fromStore(lab.room.dataDir, 'SELECT * FROM ledger WHERE kind = ? AND room_id = ?', 'ban', roomId);
    return row && { ...row, detail: JSON.parse(String(row.detail)) };
  };
  const canJoin = (roomId: string) =>
    lab.bob.join(roomId).then(
      () => true,
      () => false,
    );
  const states = async (flags = '') => {
    const answer = await lab.room.ask(`room moderation list-banned-rooms ${flags}`);
    if (!answer.includes('|')) return new Map<string, string>();
    const now = column(answer, 'Now');
    return new Map(column(answer, 'Room').map((id, at) => [id, now[at] ?? '']));
  };

  describe('moderation ban-room', () => {
    test.each(['room moderation ban-room', 'room ban-room'])(
      '%s takes everybody out, blocks, unpublishes, removes the aliases and keeps a record',
      async (line) => {
        const { id, alias } = await makePublished();
        expect(await published(id)).toBe('public');
        const whole = `#${alias}:${lab.server.serverName}`;
        const plan = await lab.room.ask(`${line} #${alias}`);
        expect(plan).toContain(`Ban \`${id}\` on this server`);
        expect(plan).toContain('“Bad | <b>place</b>”, 2 members, 2 of them from here');
        expect(plan).toContain(whole);
        expect(plan).toContain('Federation of the room ends here with its last local member');
        expect(plan).toContain('I cannot put them back');
        expect(await lab.blocked(id)).toBe(false);
        expect(ledger(id)).toBeUndefined();

        const report = await lab.report(`${line} ${id}`, whole);
        expect(report).toContain(': done.');
        expect(lab.bodies()).toEqual([{ block: true, purge: false, force_purge: false }]);
        expect(await lab.blocked(id)).toBe(true);
        expect(await lab.leadsTo(alias)).toBeUndefined();
        expect(await published(id)).toBe('private');
        expect(await lab.api('GET', `/v1/rooms/${part(id)}`)).toMatchObject({ joined_local_members: 0 });
        expect(await canJoin(id)).toBe(false);
        expect(ledger(id)).toMatchObject({
          actor: lab.room.admin.userId,
          detail: {
            state: 'banned',
            name: 'Bad | <b>place</b>',
            aliases: [whole],
            localMembers: 2,
            published: true,
          },
        });
      },
    );

    test('blocks a room that this server has never seen, of any version', async () => {
      for (const id of ['!never:elsewhere.test', '!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM']) {
        const plan = await lab.room.ask(`room ban-room ${id}`);
        expect(plan).toContain('never seen by this server; it is only blocked');
        expect(await ban(id, id)).toContain(': done.');
        expect(await lab.blocked(id)).toBe(true);
        expect(ledger(id)).toMatchObject({ detail: { state: 'banned', aliases: [], localMembers: 0 } });
      }
      expect(lab.ordered()).toEqual([]);
    });

    test('takes a room that is known by an invite from elsewhere alone, of which the server tells no numbers', async () => {
      const { id } = await lab.makeRoom();
      lab.between.handlers.push(async ({ method, path }) => {
        if (method !== 'GET' || !path.endsWith(`/v1/rooms/${part(id)}`)) return undefined;
        const real = await lab.api('GET', `/v1/rooms/${part(id)}`);
        const unknown = { name: null, joined_members: null, joined_local_members: null, state_events: null };
        return { status: 200, body: { ...real, ...unknown } };
      });
      expect(await lab.room.ask(`room ban-room ${id} --dry-run`)).toContain('no name, 0 members, 0 of them from here');
      expect(await lab.room.ask(`room details ${id}`)).toContain('| Members ');
    });

    test('refuses an alias that leads nowhere, what is banned already, and the admin room by whatever name', async () => {
      expect(await lab.room.ask('room ban-room #nowhere')).toContain('leads nowhere');
      expect(await lab.room.ask('room ban-room nonsense')).toContain('is no room');
      expect(await lab.room.ask('room ban-room !never:elsewhere.test')).toContain('is banned already');
      const later = `#ban-me:${lab.server.serverName}`;
      await lab.room.admin.request('PUT', `/_matrix/client/v3/directory/room/${part(later)}`, {
        room_id: lab.room.roomId,
      });
      for (const name of [lab.room.roomId, later])
        for (const line of ['room ban-room', 'room block'])
          expect(await lab.room.ask(`${line} ${name}`)).toContain('is the admin room');
      expect(await lab.blocked(lab.room.roomId)).toBe(false);
    });

    test('bans the rest where the server keeps the room in its directory, and says so', async () => {
      const { id } = await makePublished();
      lab.between.handlers.push(({ method, path }) =>
        method === 'PUT' && path.includes('/directory/list/room/')
          ? { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'A module forbids it' } }
          : undefined,
      );
      expect(await ban(id, id)).toContain(': done.');
      expect(await lab.blocked(id)).toBe(true);
      expect(await lab.room.ask(`room block-status ${id}`)).toContain('is **blocked**');
    });

    const isUnpublishing = ({ method, path }: ScriptedRequest) =>
      method === 'PUT' && path.includes('/directory/list/room/');
    const isAliasRemoval = ({ method, path }: ScriptedRequest) =>
      method === 'DELETE' && path.includes('/directory/room/');

    test.each([
      ['before its first change', isUnpublishing, 1],
      ['before the order to empty it', isDeletion, 2],
      ['while it is being emptied', isLook, 1],
      ['before its aliases go', isAliasRemoval, 1],
    ])('cut short by kill −9 %s is known to be unfinished, and done to its end', async (_, fits, orders) => {
      const { id, alias } = await makePublished();
      const killed = lab.once(fits, async () => {
        await lab.room.bot().kill();
        return 'reset';
      });
      const job = await lab.begin(`room ban-room ${id}`, id);
      await killed;
      expect(ledger(id)).toMatchObject({ detail: { state: 'begun', localMembers: 2, published: true } });
      await lab.room.start();
      expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
      expect(lab.ordered()).toHaveLength(orders);
      expect(await lab.blocked(id)).toBe(true);
      expect(await lab.leadsTo(alias)).toBeUndefined();
      expect(await published(id)).toBe('private');
      // What there was before is what there was before the first try.
      expect(ledger(id)).toMatchObject({
        detail: {
          state: 'banned',
          localMembers: 2,
          published: true,
          aliases: [`#${alias}:${lab.server.serverName}`],
        },
      });
    });
  });

  describe('moderation ban-list-of-rooms', () => {
    test('bans each room once and names what it leaves out', async () => {
      const one = await makePublished();
      const two = await lab.makeRoom();
      const list = [one.id, `#${one.alias}`, two.id, '!unseen:elsewhere.test', '#nowhere', lab.room.roomId].join('\n');
      const plan = await lab.room.askWith('room moderation ban-list-of-rooms', list);
      expect(plan).toContain('Ban 3 rooms on this server');
      expect(plan).toContain(`the same room as \`${one.id}\``);
      expect(plan).toContain('the alias leads nowhere');
      expect(plan).toContain('is the admin room');
      expect(plan).toContain('never seen by this server; it is only blocked');
      const report = bodyOf(await runJob(lab.room, 'room moderation ban-list-of-rooms', list, '3'));
      expect(report).toContain('3 of 3 done');
      for (const id of [one.id, two.id, '!unseen:elsewhere.test']) {
        expect(await lab.blocked(id)).toBe(true);
        expect(ledger(id)).toMatchObject({ detail: { state: 'banned' } });
      }
      expect(await lab.leadsTo(one.alias)).toBeUndefined();
      expect(await lab.blocked(lab.room.roomId)).toBe(false);
      const again = await lab.room.askWith('room moderation ban-list-of-rooms', one.id);
      expect(again).toMatch(/^❌ Of these rooms none is left/);
      expect(again).toContain('is banned already');
    });

    test('refuses a bad line before anything is done', async () => {
      const { id } = await lab.makeRoom();
      expect(await lab.room.askWith('room moderation ban-list-of-rooms', `${id}\n@bob`)).toContain('line 2');
      expect(await lab.room.ask('room moderation ban-list-of-rooms')).toContain('needs a block');
      expect(await lab.blocked(id)).toBe(false);
    });
  });

  describe('moderation unban-room', () => {
    test('lifts the block, by an alias that the room had, and says what it does not bring back', async () => {
      const { id, alias } = await makePublished();
      const whole = `#${alias}:${lab.server.serverName}`;
      await ban(id, id);
      const answer = await lab.room.ask(`room moderation unban-room #${alias}`);
      expect(answer).toContain(`✅ Lifted the ban of \`${id}\``);
      expect(answer).toContain('**Not restored:**');
      for (const words of ['its 2 local members', whole, 'its place in the directory']) expect(answer).toContain(words);
      expect(await lab.blocked(id)).toBe(false);
      expect(ledger(id)).toBeUndefined();
      expect(await lab.leadsTo(alias)).toBeUndefined();
      expect((await states()).has(id)).toBe(false);
      expect(await lab.room.ask(`room moderation unban-room ${id}`)).toContain('was not banned');
    });

    test('of a room that was blocked in another way lifts that; of an unknown one is refused', async () => {
      const { id } = await lab.makeRoom();
      await lab.api('PUT', `/v1/rooms/${part(id)}/block`, { block: true });
      expect(await lab.room.ask(`room moderation unban-room ${id}`)).toContain('it was not banned by me');
      expect(await lab.blocked(id)).toBe(false);
      expect(await lab.room.ask('room moderation unban-room !nobody:knows.test')).toContain('❌');
      expect(await lab.room.ask('room moderation unban-room #nowhere')).toContain('leads nowhere');
    });

    test('by an alias that another room has got since asks which of the two is meant', async () => {
      const banned = await lab.makeRoom();
      await ban(banned.id, banned.id);
      const other = await lab.bob.createRoom({ room_alias_name: banned.alias });
      const answer = await lab.room.ask(`room moderation unban-room #${banned.alias}`);
      expect(answer).toMatch(/^❌/);
      for (const id of [other, banned.id]) expect(answer).toContain(id);
      expect(await lab.blocked(banned.id)).toBe(true);
    });

    test('waits until nobody is being taken out any more', async () => {
      const { id } = await lab.makeRoom();
      await ban(id, id);
      const task = { id: 'made-up', action: 'shutdown_and_purge_room', status: 'active', timestamp_ms: 1 };
      lab.between.handlers.push(({ path }) =>
        path.includes('/scheduled_tasks')
          ? { status: 200, body: { scheduled_tasks: [{ ...task, resource_id: id }] } }
          : undefined,
      );
      expect(await lab.room.ask(`room moderation unban-room ${id}`)).toContain('cannot be stopped in that');
      expect(await lab.blocked(id)).toBe(true);
      expect(ledger(id)).toBeDefined();
    });

    test('whose answer is lost looks what came of it, and finishes', async () => {
      const { id } = await lab.makeRoom();
      await ban(id, id);
      const isBlock = ({ method, path }: ScriptedRequest) => method === 'PUT' && path.endsWith('/block');
      const reset = lab.once(isBlock, async () => 'reset');
      expect(await lab.room.ask(`room moderation unban-room ${id}`)).toContain('I looked: it was not done');
      await reset;
      expect(ledger(id)).toBeDefined();
      const lost = lab.once(isBlock, async () => 'lose');
      expect(await lab.room.ask(`room moderation unban-room ${id}`)).toContain('its 2 local members');
      await lost;
      expect(await lab.blocked(id)).toBe(false);
      expect(ledger(id)).toBeUndefined();
    });

    test('cut short by kill −9 after the block was lifted takes it out of the record all the same', async () => {
      const { id } = await lab.makeRoom();
      await ban(id, id);
      const killed = lab.once(
        ({ method, path }) => method === 'PUT' && path.endsWith('/block'),
        async () => {
          await lab.api('PUT', `/v1/rooms/${part(id)}/block`, { block: false });
          await lab.room.bot().kill();
          return 'reset';
        },
      );
      const asked = await lab.room.admin.send(lab.room.roomId, `!admin room moderation unban-room ${id}`);
      await killed;
      expect(ledger(id)).toBeDefined();
      await lab.room.start();
      expect(bodyOf(await lab.room.answerTo(asked))).toContain('**Not restored:**');
      expect(ledger(id)).toBeUndefined();
    });
  });

  describe('moderation list-banned-rooms', () => {
    test('shows the record, each room as it stands now', async () => {
      const kept = await makePublished();
      const lifted = await lab.makeRoom();
      for (const { id } of [kept, lifted]) await ban(id, id);
      await lab.api('PUT', `/v1/rooms/${part(lifted.id)}/block`, { block: false });
      const answer = await lab.room.ask('room moderation list-banned-rooms');
      expect(bodyTable(answer)[0]).toEqual(['Name', 'Room', 'Banned', 'By', 'Now']);
      expect(column(answer, 'Room').slice(0, 2)).toEqual([lifted.id, kept.id]);
      expect(answer).toContain('is not blocked any more');
      const shown = await states();
      expect(shown.get(kept.id)).toBe('blocked');
      expect(shown.get(lifted.id)).toBe('not blocked any more');
      expect(column(answer, 'By')[0]).toBe(lab.room.admin.userId);
      expect(column(answer, 'Name')[1]).toContain('<b>place</b>');
      await lab.room.ask(`room moderation unban-room ${lifted.id}`);
    });

    test('marks a ban that was not finished', async () => {
      const { id } = await lab.makeRoom();
      await ban(id, id);
      await lab.room.bot().stop();
      changeStore(
        lab.room.dataDir,
        "UPDATE ledger SET detail = json_set(detail, '$.state', 'begun') WHERE room_id = ?",
        id,
      );
      await lab.room.start();
      expect((await states()).get(id)).toBe('blocked, ban not finished');
      // It may be sent again.
      expect(await ban(id, id)).toContain(': done.');
      expect((await states()).get(id)).toBe('blocked');
    });

    test('--no-details gives bare ids, and it is paged, sorted and turned round like every list', async () => {
      const block = (answer: string) => /```\n([\s\S]*?)\n```/.exec(answer)?.[1]?.split('\n') ?? [];
      const all = column(await lab.room.ask('room moderation list-banned-rooms'), 'Room');
      expect(all.length).toBeGreaterThan(3);
      expect(block(await lab.room.ask('room moderation list-banned-rooms --no-details'))).toEqual(all);
      const page = await lab.room.ask('room moderation list-banned-rooms --no-details -l 2 --page 2');
      expect(block(page)).toEqual(all.slice(2, 4));
      expect(page).toContain(`3–4 of ${all.length}`);
      expect(block(await lab.room.ask('room moderation list-banned-rooms --no-details -r'))).toEqual(all.toReversed());
      expect(block(await lab.room.ask('room moderation list-banned-rooms --no-details -s room'))).toEqual(
        all.toSorted((one, other) => one.localeCompare(other)),
      );
      expect(jsonIn(await lab.room.ask('room moderation list-banned-rooms --no-details -l 1 -o json'))).toEqual(
        all.slice(0, 1),
      );
      expect(await lab.room.ask('room moderation list-banned-rooms --page 99')).toMatch(/❌ The list ends at/);
      expect(await lab.room.ask('room moderation list-banned-rooms --limit 0')).toMatch(/^❌/);
    });

    test('--scan also finds what was blocked in another way', async () => {
      const { id } = await lab.makeRoom();
      await lab.api('PUT', `/v1/rooms/${part(id)}/block`, { block: true });
      expect((await states()).has(id)).toBe(false);
      expect((await states('--scan')).get(id)).toBe('blocked, 2 local members in it, not in my record');
      const rows = jsonIn<{ room_id: string; by: string; blocked: boolean }[]>(
        await lab.room.ask('room moderation list-banned-rooms --scan -o json'),
      );
      expect(rows.find(({ room_id }) => room_id === id)).toMatchObject({
        by: lab.room.admin.userId,
        blocked: true,
        record: null,
      });
    });
  });

  describe('block, unblock and block-status', () => {
    test('keep people from joining while those in it stay, and take it back', async () => {
      const { id, alias } = await lab.makeRoom();
      const fay = await registerUser(lab.server, 'fay');
      const answer = await lab.room.ask(`room block #${alias}`);
      expect(answer).toContain(`✅ Blocked \`${id}\``);
      expect(answer).toContain('2 local members are in it and stay');
      expect(await lab.blocked(id)).toBe(true);
      await expect(fay.join(id)).rejects.toThrow('403');
      expect(await lab.joined(lab.bob)).toContain(id);
      const botId = lab.room.botAccount.userId;
      expect(await lab.room.ask(`room block-status #${alias}`)).toContain(`\`${id}\` is **blocked**, by \`${botId}\``);
      expect(await lab.room.ask(`room block ${id}`)).toContain(`was blocked already, by \`${botId}\``);
      expect(await lab.room.ask(`room unblock #${alias}`)).toContain('Nothing keeps the people of this server');
      expect(await lab.blocked(id)).toBe(false);
      expect(await lab.room.ask(`room unblock ${id}`)).toContain('was not blocked');
      expect(await lab.room.ask(`room block-status ${id}`)).toContain('is not blocked');
      await fay.join(id);
    });

    test('of a room never seen say that it was never seen, and of a banned one that it is in the record', async () => {
      const id = '!unheard:elsewhere.test';
      expect(await lab.room.ask(`room block ${id}`)).toContain('which this server has never seen');
      expect(await lab.blocked(id)).toBe(true);
      expect(await lab.room.ask(`room block-status ${id}`)).toContain('does not know that room');
      expect(await lab.room.ask(`room unblock ${id}`)).toMatch(/^✅/);
      const banned = await lab.makeRoom();
      await ban(banned.id, banned.id);
      expect(await lab.room.ask(`room block-status ${banned.id}`)).toContain(
        `\`${lab.room.admin.userId}\` had me ban it`,
      );
      expect(await lab.room.ask(`room unblock ${banned.id}`)).toContain('still stands in my record of banned rooms');
    });

    test('refuse what leads nowhere and what is no room id', async () => {
      for (const line of ['block', 'unblock', 'block-status']) {
        expect(await lab.room.ask(`room ${line} #nowhere`)).toContain('leads nowhere');
        expect(await lab.room.ask(`room ${line}`)).toContain('needs `<room>`');
        expect(await lab.room.ask(`room ${line} bob`)).toContain('is no room');
      }
    });

    test('let a moderator block and unblock, but not undo the ban of an admin', async () => {
      const mod = await registerUser(lab.server, 'mod', { admin: true });
      await lab.room.botAccount.invite(lab.room.roomId, mod.userId);
      await mod.join(lab.room.roomId);
      const banned = await lab.makeRoom();
      await ban(banned.id, banned.id);
      await lab.room.bot().stop();
      lab.room.configure({ roles: { [lab.room.admin.userId]: 'owner', [mod.userId]: 'moderator' } });
      await lab.room.start();
      const { id } = await lab.makeRoom();
      for (const line of ['block', 'unblock']) expect(await lab.room.ask(`room ${line} ${id}`, mod)).toMatch(/^✅/);
      expect(await lab.room.ask(`room unblock ${banned.id}`, mod)).toContain('takes an admin to undo');
      for (const line of ['delete', 'ban-room', 'moderation unban-room'])
        expect(await lab.room.ask(`room ${line} ${banned.id}`, mod)).toMatch(/^❌/);
      expect(await lab.blocked(banned.id)).toBe(true);
    });

    test('are written to the audit trail with what was before', async () => {
      const { id } = await lab.makeRoom();
      await lab.room.ask(`room block ${id}`);
      const records = fromStore(lab.room.dataDir, 'SELECT record FROM audit ORDER BY seq DESC LIMIT 1');
      expect(JSON.parse(String(records[0]?.record))).toMatchObject({
        command: 'room block',
        outcome: 'done',
        targets: [id],
        detail: { before: { blocked: false }, after: { blocked: true } },
      });
    });
  });
});
