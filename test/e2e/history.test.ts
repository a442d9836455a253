import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { bodyTable } from './tables.ts';

const part = encodeURIComponent;

describeWithSynapse('history', () => {
  let server: Synapse;
  let other: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let alice: TestClient;
  let dave: TestClient;

  beforeAll(async () => {
    [server, other] = await Promise.all([
      startSynapse({ federation: true, serverName: 'one.test' }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    alice = await registerUser(server, 'alice');
    dave = await registerUser(other, 'dave');
    await room.admin.liftLimits(alice.userId);
    await (await registerUser(other, 'boss', { admin: true })).liftLimits(dave.userId);
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await Promise.all([server?.stop(), other?.stop()]);
  });

  let made = 0;
  /** A room with messages from both servers, in turn. */
  async function chat(): Promise<{
    readonly id: string;
    readonly alias: string;
    readonly ours: string[];
    readonly theirs: string[];
  }> {
    made += 1;
    const alias = `chat-${made}`;
    const id = await alice.createRoom({ preset: 'public_chat', name: `Chat ${made}`, room_alias_name: alias });
    await dave.join(id, [server.serverName]);
    const ours: string[] = [];
    const theirs: string[] = [];
    for (let n = 0; n < 4; n++) {
      ours.push(await alice.send(id, `ours ${n}`));
      theirs.push(await dave.send(id, `theirs ${n}`));
      await alice.waitForEvent(id, ({ event_id }) => event_id === theirs.at(-1));
    }
    return { id, alias: `#${alias}:${server.serverName}`, ours, theirs };
  }
  const isThere = (eventId: string) =>
    room.admin.admin('GET', `/v1/fetch_event/${part(eventId)}`).then(
      () => true,
      () => false,
    );
  const there = (events: readonly string[]) => Promise.all(events.map(isThere));
  const sentAt = async (eventId: string) =>
    Number(
      ((await room.admin.admin('GET', `/v1/fetch_event/${part(eventId)}`)).event as { origin_server_ts: number })
        .origin_server_ts,
    );
  async function purge(line: string, word: string): Promise<string> {
    return bodyOf(await jobEnd(room, jobIn(await room.askAndConfirm(line, word))));
  }

  test('the plan names room, time and what cannot be undone, and a dry run does nothing', async () => {
    const { id, alias, theirs } = await chat();
    const plan = await room.ask(`history purge ${alias} -i '${theirs[2]}' --dry-run`);
    expect(plan).toContain(id);
    expect(plan).toContain('2 members');
    expect(plan).toContain(alias);
    expect(plan).toMatch(/sent \*{0,2}\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(plan).toContain('It cannot be undone.');
    expect(plan).toContain("What this server's own people sent stays.");
    expect(await there(theirs)).toEqual([true, true, true, true]);
  });

  test.each([
    ['-i', async (events: readonly string[]) => `-i '${events[2]}'`],
    ['--before-event-id', async (events: readonly string[]) => `--before-event-id '${events[2]}'`],
    [
      '--before',
      async (events: readonly string[]) => `--before ${new Date(await sentAt(events[2] ?? '')).toISOString()}`,
    ],
    ['--before-ts', async (events: readonly string[]) => `--before-ts ${await sentAt(events[2] ?? '')}`],
  ])('%s forgets what others sent before that, and keeps our own', async (_, bound) => {
    const { id, ours, theirs } = await chat();
    const end = await purge(`history purge ${id} ${await bound(theirs)}`, id);
    expect(end).toContain('✅');
    expect((await there(theirs)).slice(0, 1)).toEqual([false]);
    expect((await there(theirs)).at(-1)).toBe(true);
    expect(await there(ours)).toEqual([true, true, true, true]);
  });

  test('--delete-local forgets our own too, and the alias confirms as well', async () => {
    const { id, alias, ours, theirs } = await chat();
    expect(await room.ask(`history purge ${id} -i '${theirs[3]}' --delete-local --dry-run`)).toContain(
      'the only copies',
    );
    await purge(`history purge ${alias} -i '${theirs[3]}' --delete-local`, alias);
    expect(await there(ours.slice(0, 3))).toEqual([false, false, false]);
    expect(await isThere(theirs[3] ?? '')).toBe(true);
    expect((await room.admin.admin('GET', `/v1/rooms/${part(id)}`)).name).toMatch(/^Chat/);
  });

  test('purge-status tells how one went', async () => {
    const { id, theirs } = await chat();
    const end = await purge(`history purge ${id} -i '${theirs[2]}'`, id);
    const purgeId = /purge (\S+) is complete/.exec(end)?.[1] ?? '';
    expect(Object.fromEntries(bodyTable(await room.ask(`history purge-status ${purgeId}`)))).toMatchObject({
      Purge: purgeId,
      State: 'complete',
    });
    expect(jsonIn(await room.ask(`history purge-status ${purgeId} -o json`))).toEqual({
      purge_id: purgeId,
      status: 'complete',
    });
    expect(await room.ask('history purge-status nothing')).toContain('The server knows no purge `nothing`');
  });

  test('a purge that was ordered before the bot was killed is followed, and not ordered again', async () => {
    const { id, theirs } = await chat();
    const killed = Promise.withResolvers<void>();
    between.handlers.push(async ({ method, path }) => {
      if (method !== 'POST' || !path.includes('/purge_history/')) return undefined;
      await room.admin.admin('POST', `/v1/purge_history/${part(id)}`, {
        purge_up_to_event_id: theirs[2],
        delete_local_events: false,
      });
      await room.bot().kill();
      killed.resolve();
      return 'reset';
    });
    const job = jobIn(await room.askAndConfirm(`history purge ${id} -i '${theirs[2]}'`, id));
    await killed.promise;
    between.handlers.length = 0;
    await room.start();
    expect(bodyOf(await jobEnd(room, job))).toContain('✅');
    const tasks = (await room.admin.admin('GET', `/v1/scheduled_tasks?resource_id=${part(id)}`))
      .scheduled_tasks as unknown[];
    expect(tasks).toHaveLength(1);
    expect(await isThere(theirs[0] ?? '')).toBe(false);
  });

  test('nothing older is said, and is no success', async () => {
    const { id } = await chat();
    expect(await purge(`history purge ${id} -d 1`, id)).toMatch(/^❌[\s\S]*There is nothing older/);
  });

  test.each([
    ['no bound', '', 'is needed'],
    ['two bounds', '-d 5 --before 2026-01-01', 'exclude each other'],
    ['a time in seconds', '--before-ts 1700000000', 'milliseconds'],
    ['a time to come', '--before 2099-01-01', 'lies in the future'],
    ['no days', '-d 0', 'must be at least 1'],
    ['days that are none', '-d five', 'is no whole number'],
    ['a day that does not exist', '--before 2026-02-30', 'There is no such time'],
    ['an event that nobody knows', "-i '$nothing'", 'is no event of'],
    ['an event id that is none', '-i nothing', 'is no event id'],
  ])('refuses %s, and purges nothing', async (_, flags, why) => {
    const { id, theirs } = await chat();
    expect(await room.ask(`history purge ${id} ${flags}`)).toContain(why);
    expect(await there(theirs)).toEqual([true, true, true, true]);
  });

  test('refuses an event of another room, a room that nobody knows, and the admin room', async () => {
    const [one, two] = [await chat(), await chat()];
    expect(await room.ask(`history purge ${one.id} -i '${two.theirs[1]}'`)).toContain('is no event of');
    expect(await room.ask('history purge !nothing:one.test -d 5')).toContain('does not know the room');
    expect(await room.ask('history purge #nowhere -d 5')).toContain('leads nowhere');
    expect(await room.ask(`history purge ${room.roomId} -d 5`)).toContain('is the admin room');
    expect(await there(two.theirs)).toEqual([true, true, true, true]);
  });

  describe('and what is beside it', () => {
    test('group delete says that communities are gone', async () => {
      const answer = await room.ask('group delete +x:one.test');
      expect(answer).toMatch(/^❌ Synapse has had no communities/);
      expect(answer).toContain('room delete');
    });

    test('remote-user-in-rooms names the rooms shared with somebody elsewhere', async () => {
      const { id } = await chat();
      const answer = await room.ask(`federation remote-user-in-rooms ${dave.userId} --all`);
      expect(answer).toContain(id);
      expect(answer).toMatch(/is in \d+ rooms with people of this server/);
      const first = await room.ask(`federation remote-user-in-rooms ${dave.userId} -s name -l 1`);
      expect(bodyTable(first)[1]?.[0]).toBe('Chat 1');
      expect(
        bodyTable(await room.ask(`federation remote-user-in-rooms ${dave.userId} -s name -r -l 1`))[1]?.[0],
      ).not.toBe('Chat 1');
      expect(await room.ask('federation remote-user-in-rooms @nobody:two.test')).toContain('shares no room with');
      const ours = await room.ask('federation remote-user-in-rooms alice');
      expect(ours).toContain('is of this server');
      expect(ours).toContain('user list-joined-rooms');
    });
  });
});
