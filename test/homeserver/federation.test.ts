import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser } from './client.ts';
import { describeWithSynapse } from './describe-with-synapse.ts';
import { type Synapse, startSynapse } from './synapse.ts';

describeWithSynapse('two servers that federate', () => {
  let one: Synapse;
  let two: Synapse;

  beforeAll(async () => {
    one = await startSynapse({ name: 'one', federation: true, serverName: 'one.test' });
    two = await startSynapse({ name: 'two', federation: true, serverName: 'two.test' });
  });
  afterAll(async () => {
    await one?.stop();
    await two?.stop();
  });

  test('carry messages of a shared room both ways', async () => {
    const alice = await registerUser(one, 'alice', { admin: true });
    const bob = await registerUser(two, 'bob', { admin: true });
    expect(bob.userId).toMatch(/^@bob:two\.test:\d+$/);
    const roomId = await alice.createRoom({ preset: 'public_chat' });
    expect(await bob.join(roomId, [one.serverName])).toBe(roomId);
    const question = await alice.send(roomId, 'from one');
    await bob.waitForEvent(roomId, ({ event_id }) => event_id === question);
    const relation = { 'm.relates_to': { 'm.in_reply_to': { event_id: question } } };
    await bob.send(roomId, { msgtype: 'm.text', body: 'from two', ...relation });
    expect((await alice.waitForReply(roomId, question)).sender).toBe(bob.userId);
  });
});
