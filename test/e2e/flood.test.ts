import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';
import { type Forged, startTraffic, type Traffic } from './traffic.ts';

const aPoll = 1_000;
/** SQLite folds its write-ahead log into the database whenever it has grown to 4 MB. */
const logSize = 6_000_000;

describeWithSynapse('a flood by a member who is no admin', () => {
  let server: Synapse;
  let traffic: Traffic;
  let room: AdminRoom;
  let mallory: TestClient;

  beforeAll(async () => {
    server = await startSynapse({ name: 'flood' });
    traffic = await startTraffic(server);
    // A bot that held what comes would come to its end with this.
    const bot = { nodeArguments: ['--max-old-space-size=256'] };
    room = await openAdminRoom(server, { url: traffic.url, bot });
    mallory = await registerUser(server, 'mallory');
    await room.admin.invite(room.roomId, mallory.userId);
    await mallory.join(room.roomId);
    await registerUser(server, 'victim');
    await room.ask('bot whoami');
  });
  afterAll(async () => {
    await room?.close();
    await traffic?.close();
    await server?.stop();
  });

  const bytesOnDisk = () =>
    readdirSync(room.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  const inInbox = () =>
    Number(fromStore(room.dataDir, 'SELECT count(*) AS n FROM inbox WHERE sender = ?', mallory.userId)[0]?.n);
  const many = (content: (n: number) => Forged['content'], type?: string): readonly Forged[] =>
    Array.from({ length: aPoll }, (_, n) => ({
      sender: mallory.userId,
      content: content(n),
      ...(type === undefined ? {} : { type }),
    }));
  const text = (body: string) => ({ msgtype: 'm.text', body });

  /** Every sync brings that many until `work` is over; what the bot wrote and stored meanwhile. */
  async function during(events: () => readonly Forged[], work: () => Promise<void>, atLeast = 5) {
    const before = { disk: bytesOnDisk(), log: room.bot().output().length, inbox: inInbox() };
    let over = false;
    let polls = 0;
    const flood = traffic.run(room.roomId, (poll) => {
      polls = poll;
      return over && poll >= atLeast ? undefined : events();
    });
    await work();
    over = true;
    await flood;
    // What came last has been handled when a command behind it is answered.
    await room.ask('bot whoami');
    return {
      messages: polls * aPoll,
      disk: bytesOnDisk() - before.disk,
      log: room.bot().output().length - before.log,
      inbox: inInbox() - before.inbox,
    };
  }

  const answersAdmin = async () => {
    for (const line of ['bot whoami', 'server version', 'user lock victim', 'user unlock victim'])
      expect(await room.ask(line)).not.toContain('❌');
  };

  test.each<[string, () => readonly Forged[]]>([
    ['chat, 1,000 messages with every sync', () => many((n) => text(`hello ${n}`))],
    ['bodies of 60 kB', () => many((n) => text(`${n} ${'x'.repeat(60_000)}`)).slice(0, 200)],
    ['what almost is a command', () => many((n) => text(`!adminuser ${n} `))],
    [
      'links and mentions without end',
      () =>
        many(() => ({
          ...text('x'),
          format: 'org.matrix.custom.html',
          formatted_body: '<a href="https://matrix.to/#/@a:b">'.repeat(1_000),
        })).slice(0, 150),
    ],
  ])('of %s starves no admin, and leaves nothing behind', async (_, events) => {
    const left = await during(events, answersAdmin);
    expect(left.messages).toBeGreaterThanOrEqual(5 * aPoll);
    expect(left.inbox).toBe(0);
    expect(left.disk).toBeLessThan(logSize);
    // A few lines for each of the admin's commands, none for the others'.
    expect(left.log).toBeLessThan(20_000);
  });

  test('of commands is refused once, stored no oftener than sixty times, and starves no admin', async () => {
    const left = await during(() => many((n) => text(`!admin user deactivate victim ${n}`)), answersAdmin);
    expect(left.inbox).toBeGreaterThan(0);
    // Sixty, and one for each second that the flood takes.
    expect(left.inbox).toBeLessThan(left.messages / 20);
    expect(left.disk).toBeLessThan(logSize);
    const refusals = (await room.admin.messages(room.roomId)).filter((event) =>
      bodyOf(event).includes('may not command me'),
    );
    expect(refusals).toHaveLength(1);
    expect(
      server.queryDatabase('SELECT deactivated FROM users WHERE name = ?', `@victim:${server.serverName}`),
    ).toEqual([{ deactivated: 0 }]);
  });

  test('of an outage is read without being held, and the command in the midst of it is answered', async () => {
    const body = 'x'.repeat(60_000);
    const left = await during(
      () => Array.from({ length: 5_000 }, () => ({ sender: mallory.userId, content: text(body) })),
      async () => expect(await room.ask('server version')).toContain('Synapse'),
      1,
    );
    expect(left.disk).toBeLessThan(logSize);
  });

  test('of 10,000 reactions to a plan confirms nothing, and the admin does', async () => {
    const plan = await room.ask('user logout victim');
    const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
    const message = (await room.admin.messages(room.roomId)).findLast((event) => bodyOf(event) === plan);
    const relation = { rel_type: 'm.annotation', event_id: message?.event_id, key: '✅' };
    const react = () => many(() => ({ 'm.relates_to': relation }), 'm.reaction');
    const left = await during(react, answersAdmin, 10_000 / aPoll);
    expect(left.inbox).toBeLessThan(left.messages / 20);
    expect(fromStore(room.dataDir, 'SELECT state FROM plan WHERE code = ?', code)).toEqual([{ state: 'open' }]);
    expect(await room.ask(`confirm ${code}`)).toContain('✅');
  });
});
