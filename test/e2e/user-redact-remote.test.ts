import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { readableOf, redactionsOf } from './written.ts';

describeWithSynapse('what a user of another server wrote is redacted', () => {
  let server: Synapse;
  let other: Synapse;
  let room: AdminRoom;
  let bob: TestClient;
  let dave: TestClient;
  let shared: string;

  beforeAll(async () => {
    [server, other] = await Promise.all([
      startSynapse({ federation: true, serverName: 'one.test' }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    room = await openAdminRoom(server);
    bob = await registerUser(server, 'bob');
    dave = await registerUser(other, 'dave');
    shared = await bob.createRoom({ preset: 'public_chat', name: 'Shared' });
    await dave.join(shared, [server.serverName]);
    const last = [await dave.send(shared, 'buy'), await dave.send(shared, 'now')].at(-1);
    await bob.waitForEvent(shared, ({ event_id }) => event_id === last);
  });
  afterAll(async () => {
    await room?.close();
    await Promise.all([server?.stop(), other?.stop()]);
  });

  test("it is refused where the bot's power would do nothing", async () => {
    const answer = await room.ask(`user redact ${dave.userId}`);
    expect(answer).toContain('I have no power to redact');
    expect(answer).toContain('I am not in it');
    expect(await readableOf(room.admin, shared, dave.userId)).toHaveLength(2);
    expect(await redactionsOf(room.admin, dave.userId)).toEqual([]);
  });

  test('it is done by the power of the bot, and the other server does the same', async () => {
    await room.botAccount.join(shared);
    const users = { [bob.userId]: 100, [room.botAccount.userId]: 50 };
    await bob.sendState(shared, 'm.room.power_levels', { users });
    const plan = await room.ask(`user redact ${dave.userId} --reason spam`);
    expect(plan).toContain('3 messages in 1 room');
    expect(plan).toContain('user of another server');
    expect(plan).not.toContain('user suspend');
    const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
    const end = await jobEnd(room, jobIn(await room.ask(`confirm ${code} ${dave.userId}`)));
    expect(bodyOf(end)).toContain('3 messages redacted in 1 room');
    expect(await readableOf(room.admin, shared, dave.userId)).toEqual([]);
    const there = async () =>
      (await dave.messages(shared)).filter(
        ({ sender, type, unsigned }) =>
          sender === dave.userId && type === 'm.room.message' && !unsigned?.redacted_because,
      );
    await expect.poll(there, { timeout: 10_000 }).toEqual([]);
  });
});
