import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loginPassword, type RoomEvent, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { answered, fence } from './answered.ts';
import { fromStore } from './store-file.ts';

describeWithSynapse('plans', () => {
  let server: Synapse;
  let room: AdminRoom;
  let second: TestClient;
  let made = 0;
  /** A fresh account for every test. */
  let target: string;

  beforeAll(async () => {
    server = await startSynapse({ name: 'plans' });
    room = await openAdminRoom(server);
    second = await registerUser(server, 'second', { admin: true });
    await room.botAccount.invite(room.roomId, second.userId);
    await second.join(room.roomId);
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    made += 1;
    target = (await registerUser(server, `target${made}`)).userId;
  });

  interface Shown {
    readonly code: string;
    readonly event: RoomEvent;
    readonly commandId: string;
  }

  async function plan(line: string, as = room.admin): Promise<Shown> {
    const commandId = await as.send(room.roomId, `!admin ${line}`);
    const event = await room.answerTo(commandId);
    const code = /confirm ([a-z0-9]{5})/.exec(bodyOf(event))?.[1];
    if (code === undefined) throw new Error(`no plan came back:\n${bodyOf(event)}`);
    return { code, event, commandId };
  }

  const react = (to: RoomEvent, key: string, as = room.admin) =>
    as.send(room.roomId, { 'm.relates_to': { rel_type: 'm.annotation', event_id: to.event_id, key } }, 'm.reaction');

  const row = (userId: string) =>
    server.queryDatabase('SELECT admin, deactivated FROM users WHERE name = ?', userId)[0];
  const isAdmin = (userId: string) => row(userId)?.admin === 1;
  const isDeactivated = (userId: string) => row(userId)?.deactivated === 1;

  test('a dry run shows the plan and offers nothing', async () => {
    const shown = await room.ask(`user make-user-admin ${target} --dry-run`);
    expect(shown).toContain('Dry run');
    expect(shown).not.toMatch(/confirm [a-z0-9]{5}/);
    expect(isAdmin(target)).toBe(false);
  });

  test('a plan does nothing until its requester taps the tick that the bot has put there', async () => {
    const { event } = await plan(`user make-user-admin ${target}`);
    const offered = await room.admin.waitForEvent(
      room.roomId,
      ({ type, content }) =>
        type === 'm.reaction' &&
        JSON.stringify(content).includes(event.event_id) &&
        JSON.stringify(content).includes('✅'),
    );
    expect(offered.sender).toBe(room.botAccount.userId);
    expect(isAdmin(target)).toBe(false);
    // As phones send it, with a variation selector.
    const tap = await react(event, '✅\uFE0F');
    expect(bodyOf(await room.answerTo(tap))).toContain('server admin now');
    expect(isAdmin(target)).toBe(true);
  });

  test('a cross drops it, and it cannot be confirmed any more', async () => {
    const { code, event } = await plan(`user make-user-admin ${target}`);
    expect(bodyOf(await room.answerTo(await react(event, '❌')))).toContain('Dropped');
    expect(await room.ask(`confirm ${code}`)).toContain('was dropped');
    expect(isAdmin(target)).toBe(false);
  });

  test('other reactions mean nothing', async () => {
    const { event } = await plan(`user make-user-admin ${target}`);
    const tap = await react(event, '👍');
    await fence(room);
    expect(await answered(room, [tap])).toEqual([]);
    expect(isAdmin(target)).toBe(false);
  });

  test('nobody but the requester says yes or no', async () => {
    const { code, event } = await plan(`user make-user-admin ${target}`);
    expect(await room.ask(`confirm ${code}`, second)).toContain('who asked for it');
    expect(await room.ask(`cancel ${code}`, second)).toContain('who asked for it');
    expect(bodyOf(await room.answerTo(await react(event, '✅', second)))).toContain('who asked for it');
    expect(isAdmin(target)).toBe(false);
    expect(await room.ask(`CONFIRM ${code.toUpperCase()}`)).toContain('server admin now');
    expect(isAdmin(target)).toBe(true);
  });

  test('a plan runs once, however often it is confirmed', async () => {
    const { code, event } = await plan(`user make-user-admin ${target}`);
    const yeses = [
      await room.admin.send(room.roomId, `!admin confirm ${code}`),
      await room.admin.send(room.roomId, `!admin confirm ${code}`),
      await react(event, '✅'),
    ];
    const answers: string[] = [];
    for (const yes of yeses) answers.push(bodyOf(await room.answerTo(yes)));
    expect(answers[0]).toContain('server admin now');
    expect(answers[1]).toContain('has been confirmed already');
    expect(answers[2]).toContain('has been confirmed already');
    const invites = (await room.admin.messages(room.roomId)).filter(
      ({ type, state_key, content }) =>
        type === 'm.room.member' && state_key === target && content.membership === 'invite',
    );
    expect(invites).toHaveLength(1);
  });

  test('a typed plan wants its exact word: no tick, no other word, no shorter one', async () => {
    const { code, event } = await plan(`user deactivate ${target}`);
    expect(bodyOf(await room.answerTo(await react(event, '✅')))).toContain('needs its word');
    expect(await room.ask(`confirm ${code}`)).toContain('needs its word');
    expect(await room.ask(`confirm ${code} ${target.split(':')[0]}`)).toContain('not the word');
    expect(await room.ask(`confirm ${code} ${second.userId}`)).toContain('not the word');
    expect(isDeactivated(target)).toBe(false);
    expect(await room.ask(`confirm ${code} ${target}`)).toMatch(/deactivated/i);
    expect(isDeactivated(target)).toBe(true);
  });

  test('a code that was never given confirms nothing', async () => {
    expect(await room.ask('confirm zzzzz')).toContain('no plan');
  });

  test('a plan survives restarts of the bot, by tap and by word', async () => {
    const tapped = await plan(`user make-user-admin ${target}`);
    const typed = await plan(`user deactivate ${target}`);
    await room.bot().kill();
    await room.start();
    expect(bodyOf(await room.answerTo(await react(tapped.event, '✅')))).toContain('server admin now');
    expect(isAdmin(target)).toBe(true);
    // The second was shown when the target was no admin yet.
    expect(await room.ask(`confirm ${typed.code} ${target}`)).toContain('has become a server admin');
    expect(isDeactivated(target)).toBe(false);
  });

  test('a typed secret is read again from the room after a restart', async () => {
    const { code } = await plan(`reset-password ${second.userId} typed-before-restart -n`);
    await room.bot().kill();
    await room.start();
    expect(await room.ask(`confirm ${code}`)).toContain('Set a new password');
    await loginPassword(server, 'second', 'typed-before-restart');
  });

  test('where its message was removed in between, that is said and nothing is done', async () => {
    const { code, commandId } = await plan(`reset-password ${second.userId} typed-and-removed -n`);
    await room.admin.redact(room.roomId, commandId);
    expect(await room.ask(`confirm ${code}`)).toMatch(
      /message with the secret is not in the room any more.*Nothing was/,
    );
    await expect(loginPassword(server, 'second', 'typed-and-removed')).rejects.toThrow('403');
  });

  test('an edit of the command does not change what its plan does', async () => {
    const { code, commandId } = await plan(`user make-user-admin ${target}`);
    const body = `!admin user make-user-admin ${second.userId.replace('second', 'target1')}`;
    await room.admin.send(room.roomId, {
      msgtype: 'm.text',
      body: `* ${body}`,
      'm.new_content': { msgtype: 'm.text', body },
      'm.relates_to': { rel_type: 'm.replace', event_id: commandId },
    });
    expect(await room.ask(`confirm ${code}`)).toContain(`${target}`);
    expect(isAdmin(target)).toBe(true);
  });

  test('an edit of a command with a typed secret does not change the password that is set', async () => {
    const { code, commandId } = await plan(`reset-password ${second.userId} typed-as-planned -n`);
    const body = `!admin reset-password ${second.userId} typed-in-an-edit -n`;
    await room.admin.send(room.roomId, {
      msgtype: 'm.text',
      body: `* ${body}`,
      'm.new_content': { msgtype: 'm.text', body },
      'm.relates_to': { rel_type: 'm.replace', event_id: commandId },
    });
    expect(await room.ask(`confirm ${code}`)).toContain('Set a new password');
    await loginPassword(server, 'second', 'typed-as-planned');
    await expect(loginPassword(server, 'second', 'typed-in-an-edit')).rejects.toThrow('403');
  });

  test('a requester who lost her power in between confirms nothing', async () => {
    const fallen = await registerUser(server, 'fallen', { admin: true });
    await room.botAccount.invite(room.roomId, fallen.userId);
    await fallen.join(room.roomId);
    const { code, event } = await plan(`user make-user-admin ${target}`, fallen);
    await room.admin.admin('PUT', `/v1/users/${fallen.userId}/admin`, { admin: false });
    expect(await room.ask(`confirm ${code}`, fallen)).toContain('may not command me');
    const tap = await react(event, '✅', fallen);
    await fence(room);
    expect(await answered(room, [tap])).toEqual([]);
    expect(isAdmin(target)).toBe(false);
  });

  test('what was shown is what runs: an account gone or made admin since is skipped and reported', async () => {
    const [one, two, three] = await Promise.all(
      ['list-a', 'list-b', 'list-c'].map(async (name) => (await registerUser(server, name)).userId),
    );
    const list = `user deactivate-all\n\`\`\`\n${one}\n${two}\n${three}\n\`\`\``;
    const { code } = await plan(list);
    await room.admin.admin('PUT', `/v1/users/${two}/admin`, { admin: true });
    await room.ask(`confirm ${code} 3`);
    const report = await room.admin.waitForEvent(
      room.roomId,
      ({ content }) => 'dev.castellan.job' in content && String(content.body).includes('2 of 3'),
    );
    expect(bodyOf(report)).toContain('1 skipped');
    expect(bodyOf(report)).toContain('has become a server admin');
    expect([one, two, three].map((name) => isDeactivated(name ?? ''))).toEqual([true, false, true]);
  });

  test('a plan that has expired does nothing', async () => {
    await room.bot().stop();
    room.configure({ confirm: { ttl: '1s' } });
    await room.start();
    const { code, event } = await plan(`user make-user-admin ${target}`);
    const state = () => fromStore(room.dataDir, 'SELECT state FROM plan WHERE code = ?', code)[0]?.state;
    while (state() !== 'expired') await delay(50);
    expect(await room.ask(`confirm ${code}`)).toContain('has expired');
    expect(bodyOf(await room.answerTo(await react(event, '✅')))).toContain('has expired');
    expect(isAdmin(target)).toBe(false);
  });

  test('above `confirm.twoPerson` targets nothing runs without a second admin', async () => {
    await room.bot().stop();
    room.configure({ confirm: { ttl: '5m', twoPerson: 2 } });
    await room.start();
    const names = await Promise.all(['two-a', 'two-b'].map(async (name) => (await registerUser(server, name)).userId));
    const { code } = await plan(`user deactivate-all --yes-i-want-to-do-this\n\`\`\`\n${names.join('\n')}\n\`\`\``);
    expect(await room.ask(`confirm ${code} 2`, second)).toContain('who asked for it');
    expect(await room.ask(`confirm ${code} 2`)).toContain('second admin');
    expect(await room.ask(`confirm ${code} 2`)).toContain('second admin');
    expect(names.map(isDeactivated)).toEqual([false, false]);
    await room.bot().kill();
    await room.start();
    expect(await room.ask(`confirm ${code} 2`, second)).toContain('Deactivating');
    await room.admin.waitForEvent(
      room.roomId,
      ({ content }) => 'dev.castellan.job' in content && String(content.body).includes('2 of 2'),
    );
    expect(names.map(isDeactivated)).toEqual([true, true]);
  });
});
