import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { type Forged, heapOf, probed, startTraffic, type Traffic } from './traffic.ts';

/** `npm run test:day -- --count 24` for the long run. */
const hours = Number(process.env.CASTELLAN_COUNT ?? 2);
/** A sync every twenty seconds, as in a quiet room. */
const syncsInAnHour = 180;

describeWithSynapse(`${hours} hours of a busy admin room`, () => {
  let server: Synapse;
  let traffic: Traffic;
  let room: AdminRoom;
  let member: TestClient;

  beforeAll(async () => {
    server = await startSynapse({ name: 'day' });
    traffic = await startTraffic(server);
    room = await openAdminRoom(server, {
      url: traffic.url,
      bot: { nodeArguments: probed },
      config: { logLevel: 'info' },
    });
    member = await registerUser(server, 'member');
    await room.admin.invite(room.roomId, member.userId);
    await member.join(room.roomId);
  });
  afterAll(async () => {
    await room?.close();
    await traffic?.close();
    await server?.stop();
  });

  const text = (body: string) => ({ msgtype: 'm.text', body });
  let commands = 0;

  /** What people say in twenty seconds: chat, edits, reactions, a change of name, somebody coming and going; now and then a command. */
  function aSync(n: number): readonly Forged[] {
    const by = (sender: string, content: Forged['content'], type?: string): Forged => ({
      sender,
      content,
      ...(type === undefined ? {} : { type }),
    });
    const passer: Forged = {
      sender: `@passer-${n}:${server.serverName}`,
      type: 'm.room.member',
      stateKey: `@passer-${n}:${server.serverName}`,
      content: { membership: 'join', displayname: `Passer-by ${n}` },
    };
    const relation = { event_id: `$forged-${n}`, rel_type: 'm.annotation', key: '✅' };
    const edit = { event_id: `$forged-${n}`, rel_type: 'm.replace' };
    const isCommand = n % 9 === 0;
    if (isCommand) commands += 1;
    return [
      ...Array.from({ length: 12 }, (_, at) => by(member.userId, text(`message ${n} ${at} ${'x'.repeat(2_000)}`))),
      by(member.userId, { ...text('* edited'), 'm.new_content': text(`edited ${n}`), 'm.relates_to': edit }),
      by(member.userId, { 'm.relates_to': relation }, 'm.reaction'),
      by(member.userId, { redacts: `$forged-${n}`, reason: `reason ${n}` }, 'm.room.redaction'),
      by(member.userId, text(`!admin user details ${n}`)),
      passer,
      { ...passer, content: { membership: 'leave' } },
      ...(isCommand
        ? [by(room.admin.userId, text(n % 2 === 0 ? '!admin bot status' : '!admin user details member'))]
        : []),
    ];
  }

  const answers = async () =>
    (await room.botAccount.messages(room.roomId)).filter(({ content }) =>
      String(content['dev.castellan.for'] ?? '').startsWith('$forged-'),
    ).length;

  async function pass(syncs: number, from: number): Promise<number> {
    await traffic.run(room.roomId, (poll) => (poll < syncs ? aSync(from + poll) : undefined));
    // Behind it in both lanes.
    await room.ask('server version');
    await room.ask('bot whoami');
    return from + syncs;
  }

  test(
    'every command is answered once, and the bot holds no more at its end than near its beginning',
    async () => {
      // An hour, or a quarter of it, to have everything loaded and compiled.
      const total = Math.ceil(hours * syncsInAnHour);
      let at = await pass(Math.min(syncsInAnHour, Math.ceil(total / 2)), 0);
      const early = await heapOf(room);
      at = await pass(total - at, at);
      const late = await heapOf(room);
      expect(at).toBe(total);
      process.stderr.write(
        `${hours} h: ${(early / 2 ** 20).toFixed(1)} MiB early, ${(late / 2 ** 20).toFixed(1)} MiB late\n`,
      );
      // Each sync brings 26 kB in 18 events: to hold an hundredth of that would be found in the long run.
      expect(late - early).toBeLessThan(1_500_000 + (total - syncsInAnHour) * 100);
      expect(await answers()).toBe(commands + 1);
    },
    Math.max(60_000, hours * 60_000),
  );
});
