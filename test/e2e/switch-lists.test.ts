import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type AccountKinds, kinds, startServerOfKinds } from './account-kinds.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn, runJob } from './run-job.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;
const cases = [
  { line: 'user lock-list', state: 'locked', order: 'Lock', doing: 'Locking' },
  { line: 'user suspend-list', state: 'suspended', order: 'Suspend', doing: 'Suspending' },
] as const;

describeWithSynapse('locking and suspending a list of accounts', () => {
  let world: AccountKinds;
  let between: Scripted;
  let room: AdminRoom;
  let made = 0;
  const idOf = (name: string) => `@${name}:${world.server.serverName}`;

  async function accounts(count: number): Promise<string[]> {
    made += 1;
    const ids = Array.from({ length: count }, (_, at) => idOf(`one-${made}-${at + 1}`));
    await Promise.all(ids.map((id) => room.admin.admin('PUT', `/v2/users/${part(id)}`, {})));
    return ids;
  }
  const isSo = async (state: string, ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await world.details(id))[state]));
  const confirmed = async (plan: string) =>
    bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`))));

  beforeAll(async () => {
    world = await startServerOfKinds('switch-lists');
    between = await startScripted([], world.server.url);
    room = await openAdminRoom(world.server, { config: { backend: { type: 'synapse', url: between.url } } });
  });
  afterEach(() => {
    between.handlers.length = 0;
    between.requests.length = 0;
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await world?.server.stop();
  });

  describe.each(cases)('$line', ({ line, state, order, doing }) => {
    test('puts accounts of every kind into that state, and says why it leaves the others out', async () => {
      const all = await Promise.all(kinds.map((kind) => world.make(kind)));
      const of = (kind: string) => all.find((one) => one.kind === kind)?.userId ?? '';
      const body = [...all.map(({ userId }) => userId), 'nobody', room.botAccount.userId, room.admin.userId];
      const plan = await room.askWith(line, body.join('\n'));
      const already = of(state);
      expect(plan).toContain(`⚠️ ${order} 7 accounts.`);
      expect(plan).toContain(`\`${already}\`: ${state} already`);
      expect(plan).toContain(`\`${of('deactivated')}\`: is deactivated`);
      expect(plan).toContain(`\`${idOf('nobody')}\`: no such account`);
      expect(plan).toContain(`\`${room.botAccount.userId}\`: is me`);
      expect(plan).toContain(`\`${room.admin.userId}\`: **yourself**, **server admin**`);
      expect(plan).toContain(`\`${of('bridge')}\`: **belongs to the bridge irc**`);
      expect(await isSo(state, [of('ordinary'), of('guest')])).toEqual([false, false]);

      // Not the requester, who is still needed.
      const others = body.filter((id) => id !== room.admin.userId);
      const report = await confirmed(await room.askWith(line, others.join('\n')));
      expect(report).toBe(`✅ ${doing} 6 accounts: 6 of 6 done.`);
      const done = all.filter(({ kind }) => kind !== 'deactivated').map(({ userId }) => userId);
      expect(await isSo(state, done)).toEqual(done.map(() => true));
      expect(await isSo(state, [of('deactivated'), room.botAccount.userId, room.admin.userId])).toEqual([
        false,
        false,
        false,
      ]);
      const records = fromStore(room.dataDir, 'SELECT record FROM audit ORDER BY seq DESC LIMIT 12');
      const record = records.map((row) => JSON.parse(String(row.record))).find(({ kind }) => kind === 'outcome');
      expect(record.detail.change).toEqual({ before: { [state]: false }, after: { [state]: true } });
    });

    test('changes nothing before the yes, with --dry-run, and where nobody is left', async () => {
      const ids = await accounts(2);
      await room.askWith(line, ids.join('\n'));
      expect(await room.askWith(`${line} --dry-run`, ids.join('\n'))).toContain('Dry run');
      expect(await isSo(state, ids)).toEqual([false, false]);
      const nobody = await room.askWith(line, `nobody\n${room.botAccount.userId}`);
      expect(nobody).toMatch(/^❌ There is nothing to do\./);
      expect(nobody).toContain('is me');
    });

    test('skips who is gone or an admin since the plan, and counts as done who is so already', async () => {
      const [risen = '', closed = '', ready = '', fine = ''] = await accounts(4);
      const plan = await room.askWith(line, [risen, closed, ready, fine].join('\n'));
      await room.admin.admin('PUT', `/v1/users/${part(risen)}/admin`, { admin: true });
      await room.admin.admin('POST', `/v1/deactivate/${part(closed)}`, {});
      if (state === 'locked') await room.admin.admin('PUT', `/v2/users/${part(ready)}`, { locked: true });
      else await room.admin.admin('PUT', `/v1/suspend/${part(ready)}`, { suspend: true });
      const report = await confirmed(plan);
      expect(report).toContain('2 of 4 done, 2 skipped');
      expect(report).toContain(`has become a server admin since the plan was shown (1): \`${risen}\``);
      expect(report).toContain(`deactivated since the plan was shown (1): \`${closed}\``);
      expect(report).toContain(`\`${ready}\`: was ${state} already`);
      expect(await isSo(state, [risen, closed, ready, fine])).toEqual([false, false, true, true]);
    });

    test('finds it done where an answer is lost, and never asks twice', async () => {
      const ids = await accounts(5);
      const isWrite = ({ method, path }: { method: string; path: string }) =>
        method === 'PUT' && /\/v2\/users\/|\/v1\/suspend\//.test(path);
      between.handlers.push((request) => (isWrite(request) ? 'lose' : undefined));
      expect(bodyOf(await runJob(room, line, ids.join('\n')))).toContain('5 of 5 done');
      expect(between.requests.filter(isWrite)).toHaveLength(5);
      expect(await isSo(state, ids)).toEqual(ids.map(() => true));
    });

    test('refuses bad input with a reason', async () => {
      for (const [words, body, why] of [
        ['', undefined, 'needs a block'],
        [' bob', undefined, 'bob'],
        [' --force', 'bob', '`--force` is no flag'],
        ['', 'bob\n@eve:elsewhere.test\nNot A User', 'line 2'],
      ] as const) {
        const answer = await (body === undefined ? room.ask(line + words) : room.askWith(line + words, body));
        expect(answer).toMatch(/^❌/);
        expect(answer).toContain(why);
      }
    });
  });

  test('below owner, admins and listed users are left out, also in the turn of a job that an owner began', async () => {
    const moderator = await registerUser(world.server, 'moderator', { admin: true });
    await room.botAccount.invite(room.roomId, moderator.userId);
    await moderator.join(room.roomId);
    const chief = await registerUser(world.server, 'chief', { admin: true });
    const [listed = '', plain = ''] = await accounts(2);
    await room.bot().stop();
    room.configure({
      roles: { [room.admin.userId]: 'owner', [moderator.userId]: 'moderator', [listed]: 'viewer' },
    });
    await room.start();
    const body = [chief.userId, listed, plain].join('\n');
    const plan = await room.askWith('user lock-list', body, moderator);
    expect(plan).toContain('Lock 1 account.');
    for (const id of [chief.userId, listed]) expect(plan).toContain(`\`${id}\`: an admin or listed user`);

    // The owner may, and is a moderator by the time the job runs.
    const ownersPlan = await room.askWith('user lock-list', [chief.userId, listed].join('\n'));
    expect(ownersPlan).toContain('Lock 2 accounts.');
    expect(ownersPlan).toContain(`\`${chief.userId}\`: **server admin**`);
    const reached = Promise.withResolvers<void>();
    between.handlers.push(async ({ method, path }) => {
      if (method !== 'PUT' || !path.includes('/v2/users/')) return undefined;
      await room.bot().kill();
      reached.resolve();
      return 'reset';
    });
    const yes = await room.admin.send(room.roomId, `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(ownersPlan)?.[1]}`);
    await reached.promise;
    between.handlers.length = 0;
    room.configure({
      roles: { [room.admin.userId]: 'moderator', [moderator.userId]: 'owner', [listed]: 'viewer' },
    });
    await room.start();
    const end = await room.admin.waitForEvent(
      room.roomId,
      ({ content }) => 'dev.castellan.job' in content && content['dev.castellan.for'] === yes,
    );
    expect(bodyOf(end)).toContain('0 of 2 done, 2 skipped');
    expect(await isSo('locked', [chief.userId, listed])).toEqual([false, false]);
  });
});
