import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';

describeWithSynapse('the next page of a list, by a tap', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'next-page' });
    room = await openAdminRoom(server);
    for (const name of ['u1', 'u2', 'u3']) await registerUser(server, name);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  const ask = async (line: string) => room.answerTo(await room.admin.send(room.roomId, `!admin ${line}`));
  const react = (to: RoomEvent, key = '⏭️', as: TestClient = room.admin) =>
    as.send(room.roomId, { 'm.relates_to': { rel_type: 'm.annotation', event_id: to.event_id, key } }, 'm.reaction');
  const reactionsTo = async (to: RoomEvent) =>
    (await room.admin.messages(room.roomId)).filter(
      ({ type, sender, content }) =>
        type === 'm.reaction' &&
        sender === room.botAccount.userId &&
        (content['m.relates_to'] as { event_id?: string }).event_id === to.event_id,
    );

  test('is offered below a page that is not the last, and shown as an answer to it', async () => {
    const first = await ask('user list-users --limit 2 -s name');
    expect(bodyOf(first)).toContain('1–2 of 5');
    await expect.poll(async () => (await reactionsTo(first)).length, { timeout: 20_000 }).toBe(1);
    const second = await room.answerTo(await react(first));
    expect(bodyOf(second)).toContain('3–4 of 5');
    expect(second.content['m.relates_to']).toMatchObject({ 'm.in_reply_to': { event_id: first.event_id } });
    const third = await room.answerTo(await react(second, '⏭'));
    expect(bodyOf(third)).toContain('5 of 5');
    expect(bodyOf(await ask('bot status'))).toContain('Castellan');
    expect(await reactionsTo(third)).toEqual([]);
  });

  test('is shown also after a restart of the bot', async () => {
    const first = await ask('user list-users --limit 1 -o json');
    await room.bot().kill();
    await room.start();
    expect(bodyOf(await room.answerTo(await react(first)))).toContain('2 of 5');
  });

  test('is shown to those who may command, and by no other sign', async () => {
    const first = await ask('room list-rooms --limit 1');
    const users = await ask('user list-users --limit 1');
    const onlooker = await registerUser(server, 'onlooker');
    await room.botAccount.invite(room.roomId, onlooker.userId);
    await onlooker.join(room.roomId);
    expect(bodyOf(await room.answerTo(await react(users, '⏭', onlooker)))).toContain('may not command me');
    const yes = await react(users, '✅');
    const single = await react(first, '⏭');
    const said = await room.admin.send(room.roomId, '!admin bot whoami');
    await room.answerTo(said);
    const answers = (await room.admin.messages(room.roomId)).map(({ content }) => content['dev.castellan.for']);
    expect(answers).not.toContain(yes);
    expect(answers).not.toContain(single);
  });
});
