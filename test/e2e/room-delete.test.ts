import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/commands/define.ts';
import { deleteAtOnce } from '../../src/commands/room/delete-at-once.ts';
import { createSynapse } from '../../src/homeserver/synapse/synapse.ts';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { bodyOf } from './admin-room.ts';
import { DeletionLab, isDeletion, isLook } from './deletion-lab.ts';
import { jsonIn } from './json-in.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { bodyTable } from './tables.ts';

const part = encodeURIComponent;

describeWithSynapse('deleting a room', () => {
  const lab = new DeletionLab({ name: 'delete', config: { allow_guest_access: true } });

  describe('delete', () => {
    test('shows what it would do, and does nothing before its word is typed', async () => {
      const { id, alias } = await lab.makeRoom({ name: 'A | <b>name</b>\nof two lines' });
      const plan = await lab.room.ask(`room delete #${alias}`);
      expect(plan).toContain(`Delete \`${id}\` from this server`);
      expect(plan).toContain('“A | <b>name</b> of two lines”, 2 members, 2 of them from here');
      expect(plan).toContain(`local alias #${alias}:${lab.server.serverName}`);
      expect(plan).toContain('cannot be undone');
      expect(plan).toContain(`room block ${id}`);
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      expect(await lab.room.ask(`confirm ${code}`)).toContain('needs its word');
      expect(await lab.room.ask(`confirm ${code} yes`)).toContain('is not the word of this plan');
      expect(await lab.known(id)).toBe(true);
      expect(lab.ordered()).toEqual([]);
      expect(await lab.room.ask(`room delete ${id} --dry-run`)).toContain('Dry run: nothing was done.');
      expect(await lab.known(id)).toBe(true);
    });

    test('takes everybody out and the room away, and leaves it unblocked', async () => {
      const { id, alias } = await lab.makeRoom();
      expect(await lab.report(`room delete #${alias}`, id)).toContain(': done.');
      expect(await lab.known(id)).toBe(false);
      expect(await lab.blocked(id)).toBe(false);
      expect(await lab.joined(lab.bob)).not.toContain(id);
      expect(await lab.joined(lab.eve)).not.toContain(id);
      expect(await lab.leadsTo(alias)).toBeUndefined();
      expect(lab.bodies()).toEqual([{ block: false, purge: true, force_purge: false }]);
    });

    test('by its canonical alias as the word, and blocked with -b', async () => {
      const { id, alias } = await lab.makeRoom();
      expect(await lab.report(`room delete ${id} -b`, `#${alias}:${lab.server.serverName}`)).toContain(': done.');
      expect(await lab.known(id)).toBe(false);
      expect(await lab.blocked(id)).toBe(true);
    });

    test('--no-purge keeps its history, and its alias leading to it', async () => {
      const { id, alias } = await lab.makeRoom();
      expect(await lab.report(`room delete ${id} --no-purge`, id)).toContain(': done.');
      expect(await lab.api('GET', `/v1/rooms/${part(id)}`)).toMatchObject({ joined_local_members: 0 });
      expect(await lab.leadsTo(alias)).toBe(id);
      expect(lab.bodies()).toEqual([{ block: false, purge: false, force_purge: false }]);
    });

    test('--force-purge is asked of the server', async () => {
      const { id } = await lab.makeRoom();
      expect(await lab.room.ask(`room delete ${id} --force-purge --dry-run`)).toContain('purged all the same');
      expect(await lab.report(`room delete ${id} --force-purge`, id)).toContain(': done.');
      expect(lab.bodies()).toEqual([{ block: false, purge: true, force_purge: true }]);
      expect(await lab.known(id)).toBe(false);
    });

    /** The room that the deletion has made for those who were in it. */
    async function newRoomOf(who: TestClient, before: readonly string[]) {
      const fresh = (await lab.joined(who)).filter((one) => !before.includes(one));
      expect(fresh).toHaveLength(1);
      const [id = ''] = fresh;
      const events = (await who.messages(id)).filter(({ type }) => type === 'm.room.message');
      return { id, details: await lab.api('GET', `/v1/rooms/${part(id)}`), said: events.map(bodyOf) };
    }

    test('-u puts everybody into a new room that says why, with the usual words', async () => {
      const { id, alias } = await lab.makeRoom();
      const before = await lab.joined(lab.eve);
      expect(await lab.room.ask(`room delete ${id} -u bob --dry-run`)).not.toContain('is not registered');
      expect(await lab.report(`room delete ${id} -u bob`, id)).toContain(': done.');
      const fresh = await newRoomOf(lab.eve, before);
      expect(fresh.details).toMatchObject({ name: 'Content Violation Notification', creator: lab.bob.userId });
      expect(fresh.said).toEqual([
        'Sharing illegal content on this server is not permitted and rooms in violation will be blocked.',
      ]);
      expect(await lab.leadsTo(alias)).toBe(fresh.id);
      expect(await lab.known(id)).toBe(false);
    });

    test('-n and -m say it in other words, in the name of nobody who is registered', async () => {
      const { id } = await lab.makeRoom();
      const before = await lab.joined(lab.eve);
      const line = `room delete ${id} --new-room-user-id @nobody:${lab.server.serverName} -n "Closed | down" -m "Go <b>home</b>"`;
      const plan = await lab.room.ask(`${line} --dry-run`);
      expect(plan).toContain(`\`@nobody:${lab.server.serverName}\` is not registered`);
      expect(plan).toContain('A new room “Closed | down” is made');
      expect(await lab.report(line, id)).toContain(': done.');
      const fresh = await newRoomOf(lab.eve, before);
      expect(fresh.details).toMatchObject({ name: 'Closed | down', creator: `@nobody:${lab.server.serverName}` });
      expect(fresh.said).toEqual(['Go <b>home</b>']);
    });

    test.each([
      ['--no-purge --force-purge', '--no-purge, --force-purge exclude each other'],
      ['-n Closed', '--room-name belong to a new room: name who makes it with --new-room-user-id'],
      ['-m "Go home"', '--message belong to a new room'],
      ['-u bob -n ""', '--room-name must not be empty'],
      ['-u @bob:elsewhere.test', 'lives on another server'],
      ['-u "no such"', 'is no user'],
      ['--purge', 'no flag'],
    ])('with %s is refused', async (flags, words) => {
      const { id } = await lab.makeRoom();
      const answer = await lab.room.ask(`room delete ${id} ${flags}`);
      expect(answer).toMatch(/^❌/);
      expect(answer).toContain(words);
      expect(await lab.known(id)).toBe(true);
      expect(lab.ordered()).toEqual([]);
    });

    test('by a suspended account, who could not speak in the new room, is refused', async () => {
      const { id } = await lab.makeRoom();
      const mute = await registerUser(lab.server, 'mute');
      await lab.api('PUT', `/v1/suspend/${part(mute.userId)}`, { suspend: true });
      expect(await lab.room.ask(`room delete ${id} -u mute`)).toContain('is suspended, so it cannot make the new room');
      expect(await lab.known(id)).toBe(true);
    });

    test('refuses what it cannot find, since to the server deleting it is a success', async () => {
      expect(await lab.room.ask('room delete #nowhere')).toContain('leads nowhere');
      expect(await lab.room.ask('room delete !nothing:castellan.test')).toContain(
        '❌ This server does not know the room `!nothing:castellan.test`',
      );
      expect(await lab.room.ask('room delete !0123456789-of-version-12')).toContain('does not know the room');
      expect(await lab.room.ask('room delete doomed')).toContain('is no room');
      expect(await lab.room.ask('room delete')).toContain('needs `<room>`');
      expect(lab.ordered()).toEqual([]);
    });

    test('refuses the admin room by its id, its alias, and an alias that it got later', async () => {
      const later = `#later:${lab.server.serverName}`;
      await lab.room.admin.request('PUT', `/_matrix/client/v3/directory/room/${part(later)}`, {
        room_id: lab.room.roomId,
      });
      const { aliases } = await lab.room.admin.request<{ aliases: string[] }>(
        'GET',
        `/_matrix/client/v3/rooms/${part(lab.room.roomId)}/aliases`,
      );
      expect(aliases).toHaveLength(2);
      for (const name of [lab.room.roomId, ...aliases]) {
        for (const line of [`room delete ${name}`, `room delete ${name} --yes-i-want-to-do-this --v1`])
          expect(await lab.room.ask(line)).toContain('is the admin room');
      }
      expect(lab.ordered()).toEqual([]);
    });

    test('says that a deletion is under way already', async () => {
      const { id } = await lab.makeRoom();
      const task = { id: 'made-up', action: 'purge_room', status: 'scheduled', timestamp_ms: 1, resource_id: id };
      lab.between.handlers.push(({ path }) =>
        path.includes('/scheduled_tasks') ? { status: 200, body: { scheduled_tasks: [task] } } : undefined,
      );
      expect(await lab.room.ask(`room delete ${id} --dry-run`)).toContain('**is being deleted already**');
    });

    test('marks a large room, and one that the requester is in', async () => {
      const { id } = await lab.makeRoom();
      await lab.room.admin.join(id);
      lab.between.handlers.push(async ({ method, path }) => {
        if (method !== 'GET' || !path.endsWith(`/v1/rooms/${part(id)}`)) return undefined;
        const real = await lab.api('GET', `/v1/rooms/${part(id)}`);
        return { status: 200, body: { ...real, joined_members: 5000 } };
      });
      const plan = await lab.room.ask(`room delete ${id}`);
      expect(plan).toContain('**5,000 members: a large room**');
      expect(plan).toContain('**you are in it**');
      expect(plan).toContain('People of other servers stay in it');
    });

    test('takes locked, suspended, shadow-banned, deactivated and guest accounts and open invites out too', async () => {
      const { id } = await lab.makeRoom();
      const people: string[] = [];
      for (const name of ['locked', 'suspended', 'shadowed', 'invited']) {
        const one = await registerUser(lab.server, name);
        people.push(one.userId);
        if (name === 'invited') await lab.bob.invite(id, one.userId);
        else await one.join(id);
      }
      const guest = await lab.bob.request('POST', '/_matrix/client/v3/register?kind=guest', {});
      people.push(String(guest.user_id));
      await lab.api('POST', `/v1/join/${part(id)}`, { user_id: guest.user_id });
      const late = await registerUser(lab.server, 'late');
      await lab.api('POST', `/v1/deactivate/${part(late.userId)}`, {});
      await lab.api('POST', `/v1/join/${part(id)}`, { user_id: late.userId });
      people.push(late.userId);
      const [locked = '', suspended = '', shadowed = ''] = people;
      await lab.api('PUT', `/v2/users/${part(locked)}`, { locked: true });
      await lab.api('PUT', `/v1/suspend/${part(suspended)}`, { suspend: true });
      await lab.api('POST', `/v1/users/${part(shadowed)}/shadow_ban`);
      expect(await lab.report(`room delete ${id}`, id)).toContain(': done.');
      const answer = jsonIn<{ result: { kicked_users: string[] } }>(
        await lab.room.ask(`room delete-status ${id} -o json`),
      );
      expect(answer.result.kicked_users.toSorted()).toEqual([...people, lab.bob.userId, lab.eve.userId].toSorted());
      expect(await lab.known(id)).toBe(false);
    });

    test('of one that has gone since the plan was shown is skipped, and blocked where that was asked for', async () => {
      const { id } = await lab.makeRoom();
      const plan = await lab.room.ask(`room delete ${id} -b`);
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      await lab.api('DELETE', `/v1/rooms/${part(id)}`, {});
      const report = bodyOf(await jobEnd(lab.room, jobIn(await lab.room.ask(`confirm ${code} ${id}`))));
      expect(report).toContain(': skipped, nothing was done.');
      expect(report).toContain('gone since the plan was shown; blocked now');
      expect(await lab.blocked(id)).toBe(true);
      expect(lab.ordered()).toEqual([]);
    });

    test('says why where the homeserver gives it up, and leaves the room', async () => {
      const { id } = await lab.makeRoom();
      lab.between.handlers.push(
        (request) => (isDeletion(request) ? { status: 200, body: { delete_id: 'made-up' } } : undefined),
        (request) =>
          isLook(request)
            ? { status: 200, body: { delete_id: 'made-up', room_id: id, status: 'failed', shutdown_room: null } }
            : undefined,
        ({ path }) =>
          path.includes('/scheduled_tasks') && lab.ordered().length > 0
            ? {
                status: 200,
                body: {
                  scheduled_tasks: [
                    {
                      id: 'made-up',
                      action: 'shutdown_and_purge_room',
                      status: 'failed',
                      timestamp_ms: 1,
                      resource_id: id,
                      result: null,
                      error: '400: Users are still joined to this room\nTraceback',
                    },
                  ],
                },
              }
            : undefined,
      );
      const report = await lab.report(`room delete ${id}`, id);
      expect(report).toContain(': failed.');
      expect(report).toContain('the homeserver gave up: 400: Users are still joined to this room');
      expect(report).not.toContain('Traceback');
      expect(report).toContain(id);
    });

    test('is no success where the server calls complete what is still there', async () => {
      const { id } = await lab.makeRoom();
      lab.between.handlers.push((request) => {
        if (isDeletion(request)) return { status: 200, body: { delete_id: 'made-up' } };
        if (!isLook(request)) return undefined;
        return { status: 200, body: { delete_id: 'made-up', room_id: id, status: 'complete', shutdown_room: null } };
      });
      const report = await lab.report(`room delete ${id}`, id);
      expect(report).toContain(': failed.');
      expect(report).toContain('2 local members still in it');
    });
  });

  describe('delete --v1', () => {
    test('asks once and waits for the answer', async () => {
      const { id } = await lab.makeRoom();
      expect(await lab.report(`room delete ${id} --v1 --block`, id)).toContain(': done.');
      expect(lab.ordered().map(({ path }) => path)).toEqual([`/_synapse/admin/v1/rooms/${part(id)}`]);
      expect(await lab.known(id)).toBe(false);
      expect(await lab.blocked(id)).toBe(true);
    });

    test('finds out by reading what a lost answer was, and asks no second time', async () => {
      const { id } = await lab.makeRoom();
      const lost = lab.once(isDeletion, async () => 'lose');
      const report = await lab.report(`room delete ${id} --v1`, id);
      await lost;
      expect(report).toContain(': done.');
      expect(lab.ordered()).toHaveLength(1);
      expect(await lab.known(id)).toBe(false);
    });

    test('whose order was lost on its way is unknown after a while in which nothing moved', async () => {
      const { id } = await lab.makeRoom();
      const { botAccount, roomId } = lab.room;
      const caps = createSynapse({
        baseUrl: lab.between.url,
        token: botAccount.accessToken,
        serverName: lab.server.serverName,
        botId: botAccount.userId,
        adminRoomNames: () => [roomId],
      });
      let waited = 0;
      let kept: Step['kept'];
      const step: Step = {
        since: 0,
        seen: async () => undefined,
        get kept() {
          return kept;
        },
        keep(data) {
          kept = data;
        },
        says: () => undefined,
        async wait(ms) {
          waited += ms;
        },
        cancelled: () => false,
      };
      const lost = lab.once(isDeletion, async () => 'reset');
      const order = { block: false, purge: true, forcePurge: false };
      expect(await deleteAtOnce(caps, id, order, step)).toEqual({
        state: 'unknown',
        note: 'the answer of the homeserver was lost, and 2 local members still in it',
      });
      await lost;
      expect(waited).toBe(60_000);
      expect(lab.ordered()).toHaveLength(1);
    });

    test('goes on watching after the bot was killed in the middle', async () => {
      const { id } = await lab.makeRoom();
      const killed = lab.once(isDeletion, async () => {
        await lab.room.bot().kill();
        return 'lose';
      });
      const job = await lab.begin(`room delete ${id} --v1 -u bob`, id);
      await killed;
      await lab.room.start();
      expect(bodyOf(await jobEnd(lab.room, job))).toContain(': done.');
      expect(lab.ordered()).toHaveLength(1);
      expect(await lab.known(id)).toBe(false);
    });
  });

  describe('delete-status', () => {
    test('tells of a room that is gone, by its id and by that of the deletion', async () => {
      const { id } = await lab.makeRoom();
      const deleteId = await lab.deletedBehindItsBack(id, { new_room_user_id: lab.eve.userId });
      for (const named of [id, deleteId]) {
        const told = Object.fromEntries(bodyTable(await lab.room.ask(`room delete-status ${named}`)));
        expect(told).toMatchObject({
          Deletion: deleteId,
          Room: id,
          State: 'complete',
          'People removed': '2',
        });
        expect(told['New room']).toMatch(/^!/);
        expect(told['Last moved']).toContain('UTC');
      }
    });

    test('shows the latest of several, by an alias too, and names the others', async () => {
      const { id, alias } = await lab.makeRoom();
      const first = await lab.deletedBehindItsBack(id, { purge: false });
      const second = await lab.deletedBehindItsBack(id, { purge: false });
      const answer = await lab.room.ask(`room delete-status #${alias}`);
      expect(answer).toContain(`The latest of 2 deletions`);
      expect(answer).toContain(`\`${first}\``);
      expect(Object.fromEntries(bodyTable(answer)).Deletion).toBe(second);
    });

    test('says so where there is none, and what is unknown', async () => {
      const { id } = await lab.makeRoom();
      expect(await lab.room.ask(`room delete-status ${id}`)).toContain('No deletion of');
      expect(await lab.room.ask('room delete-status !nothing:castellan.test')).toContain(
        '❌ This server knows neither the room `!nothing:castellan.test` nor a deletion of it',
      );
      expect(await lab.room.ask('room delete-status #nowhere')).toContain('❌ The alias');
      expect(await lab.room.ask('room delete-status AbCdEf')).toContain('❌ There is no deletion with the id `AbCdEf`');
      expect(await lab.room.ask('room delete-status ""')).toMatch(/^❌/);
    });

    test('of a server without its list of tasks goes by what the status tells', async () => {
      const { id } = await lab.makeRoom();
      await lab.deletedBehindItsBack(id);
      lab.between.handlers.push(({ path }) =>
        path.includes('/scheduled_tasks')
          ? { status: 404, body: { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' } }
          : undefined,
      );
      expect(Object.fromEntries(bodyTable(await lab.room.ask(`room delete-status ${id}`)))).toMatchObject({
        Room: id,
        'People removed': '2',
      });
    });
  });
});
