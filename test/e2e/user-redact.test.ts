import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { readableOf, redactionsOf } from './written.ts';

describeWithSynapse('what somebody wrote is redacted', () => {
  let server: Synapse;
  /** Between the bot and the admin API. */
  let between: Scripted;
  let room: AdminRoom;
  let host: TestClient;
  let made = 0;
  /** A fresh account for every test, which has written two messages into a room of its own. */
  let name: string;
  let someone: TestClient;
  let user: string;
  let roomId: string;

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-redact' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { config: { backend: { type: 'synapse', url: between.url } } });
    host = await registerUser(server, 'host', { admin: true });
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  beforeEach(async () => {
    made += 1;
    name = `writer-${made}`;
    someone = await registerUser(server, name);
    user = someone.userId;
    await host.liftLimits(user);
    roomId = await writes(2);
  });

  /** A new room into which the account has written so much. */
  async function writes(count: number, options: Record<string, unknown> = {}, as = someone): Promise<string> {
    const made = await host.createRoom({ preset: 'public_chat', ...options });
    await as.join(made);
    for (let at = 1; at <= count; at++) await as.send(made, `message ${at}`);
    return made;
  }
  const readable = (where = roomId, of = user) => readableOf(host, where, of);
  const tasks = () => redactionsOf(host, user);
  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
  /** Confirms the plan of a command, and waits for the report of its end. */
  async function redact(line: string, of = user): Promise<string> {
    return bodyOf(await jobEnd(room, jobIn(await room.askAndConfirm(`user redact ${line}`, of))));
  }
  const isOrder = ({ method, path }: ScriptedRequest) => method === 'POST' && path.endsWith('/redact');
  const isLook = ({ path }: ScriptedRequest) => path.includes('/scheduled_tasks');
  const orders = () => between.requests.filter(isOrder).map(({ body }) => JSON.parse(body));
  const passOn = async ({ method, path, headers, body }: ScriptedRequest) => {
    const answer = await fetch(server.url + path, {
      method,
      headers: { authorization: String(headers.authorization) },
      ...(method === 'GET' ? {} : { body }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  describe('in its name', () => {
    test('in all rooms, left and banned ones too, after the exact id was typed', async () => {
      const left = await writes(1, { name: 'Left | <b>room</b>\n# no heading', room_alias_name: `left-${made}` });
      await someone.leave(left);
      const banned = await writes(3);
      await host.request('POST', `/_matrix/client/v3/rooms/${banned}/ban`, { user_id: user });
      const sticker = await someone.send(roomId, { body: 'sticker', url: 'mxc://a/b', info: {} }, 'm.sticker');
      const encrypted = await someone.send(roomId, { algorithm: 'm.megolm.v1.aes-sha2' }, 'm.room.encrypted');

      const plan = await room.ask(`user redact ${name} --reason "too | <b>much</b>"`);
      // The joins count.
      expect(plan).toContain(`Redact what \`${user}\` wrote: 10 messages in 3 rooms`);
      expect(plan).toContain(
        `\`${left}\`: 2 messages, “Left | <b>room</b> # no heading”, 1 member, 1 of them from here, local alias #left-${made}:${server.serverName}`,
      );
      expect(plan).toContain(`\`${banned}\``);
      expect(plan).toContain('The limit of 1,000 is for each room');
      expect(plan).toContain('vanish for everyone');
      expect(plan).toContain('nothing brings them back');
      expect(plan).toContain(`user suspend ${user}`);
      expect(plan).toContain(`user shadow-ban ${user}`);
      for (const word of ['', name, 'yes', room.admin.userId]) {
        expect(await room.ask(`confirm ${codeIn(plan)} ${word}`)).toMatch(/[Nn]othing was done/);
      }
      expect(await readable()).toHaveLength(3);
      expect(await tasks()).toEqual([]);

      const end = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} ${user}`))));
      expect(end).toContain(': done.');
      const [task] = await tasks();
      expect(end).toContain(`\`${user}\`: 10 messages redacted in 3 rooms (redaction ${task?.id})`);
      for (const where of [roomId, left, banned]) expect(await readable(where)).toEqual([]);
      const event = await host.event(roomId, encrypted);
      expect(event.content).toEqual({});
      expect(event.unsigned?.redacted_because).toMatchObject({
        sender: user,
        content: { reason: 'too | <b>much</b>' },
      });
      expect((await host.event(roomId, sticker)).content).toMatchObject({ body: 'sticker' });
      expect(orders()).toEqual([{ rooms: expect.any(Array), limit: 1000, reason: 'too | <b>much</b>' }]);
      expect([...orders()[0].rooms].sort()).toEqual([roomId, left, banned].sort());

      expect(await room.ask(`user redact ${name}`)).toContain('There is nothing to redact: I looked in 3 rooms');
    });

    test('--room names the rooms, by alias or id, each once', async () => {
      const named = await writes(1, { room_alias_name: `named-${made}` });
      const third = await writes(1);
      const end = await redact(`${name} --room #named-${made} -r '${named}' --room '${third}'`);
      expect(end).toContain('4 messages redacted in 2 rooms');
      expect(await readable(named)).toEqual([]);
      expect(await readable(third)).toEqual([]);
      expect(await readable()).toHaveLength(2);
      expect(orders()[0].rooms).toHaveLength(2);
    });

    test('--limit is for each room; the end says where it was hit and which one would do', async () => {
      const long = await writes(5);
      const plan = await room.ask(`user redact ${name} --limit 2 --dry-run`);
      expect(plan).toMatch(/in 2 rooms older messages \*\*stay\*\*. `--limit 6` reaches them/);
      expect(plan).toContain('Dry run: nothing was done');
      const end = await redact(`${name} --limit 2`);
      expect(end).toContain('4 messages redacted in 2 rooms');
      expect(end).toMatch(
        /the limit of 2 was hit in \S+, \S+: 5 older messages are still there, which --limit 6 reaches/,
      );
      expect(await readable(long)).toHaveLength(3);
      // What is redacted already counts towards Synapse's limit.
      const again = await room.ask(`user redact ${name} -l 2`);
      expect(again).toContain('The newest 2 of');
      expect(again).toContain('`--limit 6` reaches the older ones');
      expect(await readable(long)).toHaveLength(3);
      expect(await redact(`${name} --limit 6`)).toContain('5 messages redacted in 2 rooms');
      expect(await readable(long)).toEqual([]);
    });

    test('a room that nobody of this server is in any more is left out, unless it is named', async () => {
      await someone.leave(roomId);
      await host.leave(roomId);
      const plan = await room.ask(`user redact ${name}`);
      expect(plan).toContain('There is nothing to redact');
      expect(plan).toContain('has to be named with `--room`');
      expect(await redact(`${name} --room '${roomId}'`)).toContain('3 messages redacted in 1 room');
      expect(await readable()).toEqual([]);
    });

    test('a room that it has left and is invited to again is among them', async () => {
      await someone.leave(roomId);
      await host.invite(roomId, user);
      expect(await redact(name)).toContain('3 messages redacted in 1 room');
      expect(await readable()).toEqual([]);
    });

    test.each<[string, (userId: string) => Promise<unknown>]>([
      ['suspended', (userId) => host.admin('PUT', `/v1/suspend/${userId}`, { suspend: true })],
      ['locked', (userId) => host.admin('PUT', `/v2/users/${userId}`, { locked: true })],
      ['shadow-banned', (userId) => host.admin('POST', `/v1/users/${userId}/shadow_ban`)],
      ['server admin', (userId) => host.admin('PUT', `/v1/users/${userId}/admin`, { admin: true })],
      [
        'deactivated',
        async (userId) => {
          await host.admin('POST', `/v1/deactivate/${userId}`, { erase: true });
          await host.waitForEvent(
            roomId,
            ({ state_key, content }) => state_key === userId && content.membership === 'leave',
          );
        },
      ],
    ])('the plan marks a %s account, and it works for it too', async (mark, change) => {
      await change(user);
      expect(await room.ask(`user redact ${name} --dry-run`)).toContain(mark);
      expect(await redact(name)).toContain('3 messages redacted in 1 room');
      expect(await readable()).toEqual([]);
    });

    test('what the homeserver refuses is counted and told, and not called done', async () => {
      const levels = { users: { [host.userId]: 100 }, events: { 'm.room.redaction': 50 } };
      await host.sendState(roomId, 'm.room.power_levels', levels);
      const refused = [await someone.send(roomId, 'later'), await someone.send(roomId, 'latest')];
      const end = await redact(name);
      expect(end).toContain(': failed.');
      expect(end).toContain('3 messages redacted in 1 room');
      expect(end).toMatch(/2 refused by the homeserver: 403: You don't have permission/);
      expect(await readable()).toEqual(refused);
      const [task] = await tasks();
      const status = await room.ask(`user redact-status ${task?.id}`);
      expect(status).toMatch(/complete/);
      for (const eventId of refused) expect(status).toContain(eventId);
    });

    test('--yes-i-want-to-do-this does not wait', async () => {
      const job = jobIn(await room.ask(`user redact ${name} --yes-i-want-to-do-this`));
      expect(bodyOf(await jobEnd(room, job))).toContain('3 messages redacted');
    });

    test('a target that has become an admin since the plan was shown is left alone', async () => {
      const plan = await room.ask(`user redact ${name}`);
      await host.admin('PUT', `/v1/users/${user}/admin`, { admin: true });
      const end = await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} ${user}`)));
      expect(bodyOf(end)).toContain('has become a server admin');
      expect(await readable()).toHaveLength(2);
    });

    test('a room that has gone since the plan was shown does not keep the others from being redacted', async () => {
      const gone = await writes(1);
      const plan = await room.ask(`user redact ${name}`);
      await host.admin('DELETE', `/v1/rooms/${gone}`, {});
      const end = await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} ${user}`)));
      expect(bodyOf(end)).toContain('3 messages redacted in 1 room');
      expect(await readable()).toEqual([]);
    });
  });

  describe("by the bot's own power", () => {
    const powers = (level: number) => ({ users: { [host.userId]: 100, [room.botAccount.userId]: level } });

    test('also what was sent before it had any, where Synapse itself would refuse', async () => {
      await room.botAccount.join(roomId);
      await host.sendState(roomId, 'm.room.power_levels', powers(50));
      const elsewhere = await writes(1);
      const plan = await room.ask(`user redact ${name} --use-admin --reason spam`);
      expect(plan).toContain('3 messages in 1 room');
      expect(plan).toContain(`\`${elsewhere}\`: I am not in it`);
      expect(plan).toContain('The rooms will show that I redacted them');
      const end = bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${codeIn(plan)} ${user}`))));
      expect(end).toContain('3 messages redacted in 1 room');
      expect(await readable()).toEqual([]);
      expect(await readable(elsewhere)).toHaveLength(1);
      const because = (await host.messages(roomId))
        .filter(({ sender, unsigned }) => sender === user && unsigned?.redacted_because)
        .map(({ unsigned }) => unsigned?.redacted_because);
      expect(because).toHaveLength(3);
      for (const one of because) {
        expect(one).toMatchObject({ sender: room.botAccount.userId, content: { reason: 'spam' } });
      }
      expect(await tasks()).toEqual([]);
    });

    test('is refused where it would do nothing: not in the room, or without power there', async () => {
      const refused = await room.ask(`user redact ${name} --use-admin`);
      expect(refused).toContain('I have no power to redact');
      expect(refused).toContain('I am not in it');
      expect(refused).toContain(`room make-admin ${roomId} -u ${room.botAccount.userId}`);
      await room.botAccount.join(roomId);
      expect(await room.ask(`user redact ${name} --use-admin`)).toContain(
        'my power there is 0, and redacting takes 50',
      );
      expect(await readable()).toHaveLength(2);
    });

    test('keeps to the limit', async () => {
      await room.botAccount.join(roomId);
      await host.sendState(roomId, 'm.room.power_levels', powers(50));
      const end = await redact(`${name} --use-admin --limit 1`);
      expect(end).toContain('1 message redacted in 1 room');
      expect(end).toMatch(/the limit of 1 was hit .*: 2 older messages are still there, which --limit 3 reaches/);
      expect(await readable()).toHaveLength(1);
    });
  });

  describe('is refused', () => {
    test.each([
      ['an unknown account', () => 'nobody-here', 'There is no account `@nobody-here:castellan.test`'],
      [
        'an unknown user of another server',
        () => '@alice:elsewhere.test',
        'There is nothing to redact: I looked in 0 rooms',
      ],
      ['the bot itself', () => room.botAccount.userId, 'is me. I never redact my own account'],
      [
        'an alias that leads nowhere',
        () => `${name} --room #nowhere`,
        'The alias `#nowhere:castellan.test` leads nowhere',
      ],
      ['a room that the server does not know', () => `${name} --room '!no:castellan.test'`, 'does not know the room'],
      ['a room that the account was never in', () => `${name} --room '${room.roomId}'`, 'was never in'],
      ['no room', () => `${name} --room lobby`, 'is no room'],
      ['a limit of 0', () => `${name} --limit 0`, 'must be at least 1'],
      ['a limit that is no number', () => `${name} --limit some`, '--limit'],
      ['nobody', () => '', 'needs `<user>`'],
      ['a word too many', () => `${name} spam`, 'spam'],
    ])('%s', async (_, words, said) => {
      expect(await room.ask(`user redact ${words()}`)).toContain(said);
      expect(await readable()).toHaveLength(2);
      expect(await tasks()).toEqual([]);
    });
  });

  describe('redact-status', () => {
    test('tells of a redaction by its id, and of the latest by the user', async () => {
      await redact(name);
      const [task] = await tasks();
      for (const asked of [task?.id, user]) {
        const answer = await room.ask(`user redact-status ${asked}`);
        expect(answer).toContain(task?.id);
        expect(answer).toContain(user);
        expect(answer).toContain('complete');
        expect(answer).toContain('0 messages');
      }
      expect(jsonIn(await room.ask(`user redact-status ${task?.id} -o json`))).toMatchObject({
        id: task?.id,
        resource_id: user,
        status: 'complete',
      });
    });

    test('knows no id but that of a redaction', async () => {
      const gone = await host.createRoom({});
      const { delete_id: deletion } = await host.admin('DELETE', `/v2/rooms/${gone}`, {});
      for (const id of ['nonsense', 'a/b?c', '"<b> | x"', String(deletion)]) {
        expect(await room.ask(`user redact-status ${id}`)).toContain('There is no redaction with the id');
      }
      expect(await room.ask(`user redact-status ${user}`)).toContain('No redaction of');
    });
  });

  describe('over stops and failures', () => {
    /** What the server would say if it were still at work. */
    const underWay = (id: string, more: object = {}) => ({
      status: 200,
      body: {
        scheduled_tasks: [
          {
            id,
            action: 'redact_all_events',
            status: 'active',
            timestamp_ms: Date.now(),
            resource_id: user,
            result: null,
            error: null,
            ...more,
          },
        ],
      },
    });

    test.each(['before the server is asked', 'after the server was asked', 'while the server works'])(
      'killed %s, the bot follows the one redaction to its end',
      async (when) => {
        const { promise: killed, resolve } = Promise.withResolvers<void>();
        let asked = false;
        between.handlers.push(async (request) => {
          const order = isOrder(request);
          if (order && when === 'while the server works') asked = true;
          const fits = when === 'while the server works' ? asked && isLook(request) : order;
          if (!fits) return undefined;
          between.handlers.length = 0;
          if (when === 'after the server was asked') await passOn(request);
          await room.bot().kill();
          resolve();
          return 'reset';
        });
        const job = jobIn(await room.askAndConfirm(`user redact ${name}`, user));
        await killed;
        await room.start();
        expect(bodyOf(await jobEnd(room, job))).toContain('3 messages redacted in 1 room');
        expect(await readable()).toEqual([]);
        expect(await tasks()).toHaveLength(1);
      },
    );

    test('an order that got no answer is not given twice', async () => {
      between.handlers.push((request) => {
        if (!isOrder(request)) return undefined;
        between.handlers.length = 0;
        return 'lose';
      });
      expect(await redact(name)).toContain('3 messages redacted in 1 room');
      expect(await tasks()).toHaveLength(1);
      expect(orders()).toHaveLength(1);
    });

    test('it is followed over a restart of the homeserver', async () => {
      const { promise: looked, resolve } = Promise.withResolvers<void>();
      let id = '';
      between.handlers.push(async (request) => {
        if (isOrder(request)) {
          const answer = await passOn(request);
          id = String(answer.body.redact_id);
          return answer;
        }
        if (id === '' || !isLook(request)) return undefined;
        resolve();
        return underWay(id);
      });
      const job = jobIn(await room.askAndConfirm(`user redact ${name}`, user));
      await looked;
      await expect.poll(async () => (await tasks())[0]?.status).toBe('complete');
      await server.restart();
      between.handlers.length = 0;
      expect(bodyOf(await jobEnd(room, job))).toContain('3 messages redacted in 1 room');
      expect(orders()).toHaveLength(1);
    });

    test("somebody else's redaction of the account is waited for first", async () => {
      const { promise: looked, resolve } = Promise.withResolvers<void>();
      let looks = 0;
      between.handlers.push((request) => {
        if (!isLook(request)) return undefined;
        looks += 1;
        if (looks === 3) resolve();
        return underWay('somebody-elses');
      });
      const job = jobIn(await room.askAndConfirm(`user redact ${name}`, user));
      await looked;
      expect(orders()).toEqual([]);
      between.handlers.length = 0;
      expect(bodyOf(await jobEnd(room, job))).toContain('3 messages redacted in 1 room');
      expect(await tasks()).toHaveLength(1);
    });

    test('one that begins at the same moment is waited for too', async () => {
      let refused = false;
      between.handlers.push((request) => {
        if (!isOrder(request) || refused) return undefined;
        refused = true;
        const error = `Redact already in progress for user ${user}`;
        return { status: 400, body: { errcode: 'M_UNKNOWN', error } };
      });
      expect(await redact(name)).toContain('3 messages redacted in 1 room');
      expect(orders()).toHaveLength(2);
    });

    test('where the homeserver gives up, the end says why and what is left', async () => {
      let id = '';
      between.handlers.push((request) => {
        if (isOrder(request)) {
          id = 'given-up';
          return { status: 200, body: { redact_id: id } };
        }
        if (id === '' || !isLook(request)) return undefined;
        return underWay(id, { status: 'failed', error: '404: Could not find room_version for !x:y\nTraceback' });
      });
      const end = await redact(name);
      expect(end).toContain(': failed.');
      expect(end).toContain('0 messages redacted in 1 room');
      expect(end).toContain(`3 messages can still be read in ${roomId}`);
      expect(end).toContain('the homeserver gave up: 404: Could not find room_version for !x:y');
      expect(end).not.toContain('Traceback');
    });

    test('a cancelled job ends, and says that the homeserver goes on', async () => {
      const { promise: looked, resolve } = Promise.withResolvers<void>();
      let id = '';
      between.handlers.push((request) => {
        if (isOrder(request)) {
          id = 'goes-on';
          return { status: 200, body: { redact_id: id } };
        }
        if (id === '' || !isLook(request)) return undefined;
        resolve();
        return underWay(id);
      });
      const job = jobIn(await room.askAndConfirm(`user redact ${name}`, user));
      await looked;
      await room.ask(`job cancel ${job}`);
      const end = bodyOf(await jobEnd(room, job));
      expect(end).toContain('cancelled, but the homeserver goes on with it by itself');
      expect(end).toContain('redaction goes-on');
    });
  });
});
