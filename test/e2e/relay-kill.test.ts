import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { bodyOf } from './admin-room.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { fromStore } from './store-file.ts';

/** Killed with SIGKILL between a command in the homeserver's room and its answer, or not waiting for it any more. */
describeWithSynapse('a bot that is killed while the homeserver works', () => {
  let server: Synapse;
  let reply: RelayLab;
  let conduit: RelayLab;
  const user = (name: string) => `@${name}:${server.serverName}`;
  const localOf = (userId: string) => userId.slice(1).split(':')[0] ?? '';

  beforeAll(async () => {
    server = await startSynapse({
      name: 'relay-kill',
      config: { enable_registration: true, enable_registration_without_verification: true },
    });
    [reply, conduit] = await Promise.all([
      openRelayLab(server, 'continuwuity', { version: '26.8', timeout: '3s' }),
      openRelayLab(server, 'conduit', { version: '0.10', timeout: '3s' }),
    ]);
    for (const lab of [reply, conduit])
      for (const name of ['bob', 'carol', 'dora', 'eve', 'frank', localOf(lab.other.userId)])
        lab.native.state.users.add(name);
  });
  afterAll(async () => {
    await reply?.close();
    await conduit?.close();
    await server?.stop();
  });

  const sentOf = (lab: RelayLab, pattern: RegExp) => lab.native.asked.filter((body) => pattern.test(body));
  const asked = (lab: RelayLab, pattern: RegExp) =>
    vi.waitFor(() => expect(sentOf(lab, pattern)).toHaveLength(1), 20_000);
  /** The homeserver's messages in its room in which this stands, and which nobody has removed. */
  const left = async (lab: RelayLab, words: string) =>
    (await lab.native.client.messages(lab.native.roomId)).filter(({ content }) =>
      JSON.stringify(content).includes(words),
    );
  const gone = (lab: RelayLab, words: string) =>
    vi.waitFor(async () => expect(await left(lab, words)).toEqual([]), 20_000);
  const answered = (lab: RelayLab, words: string) =>
    vi.waitFor(async () => expect((await left(lab, words)).length).toBeGreaterThan(0), 20_000);

  /** Confirms the plan, and resolves when the homeserver has taken the command. */
  async function confirmed(lab: RelayLab, line: string, word: string, pattern: RegExp): Promise<string> {
    const code = /confirm ([a-z0-9]{5})/.exec(await lab.room.ask(line))?.[1] ?? '';
    const eventId = await lab.admin.send(lab.room.roomId, `!admin confirm ${code} ${word}`);
    await asked(lab, pattern);
    return eventId;
  }

  test.each(['continuwuity', 'conduit'] as const)(
    'finds done what was done meanwhile, and sends it once: %s',
    async (dialect) => {
      const lab = dialect === 'conduit' ? conduit : reply;
      const { userId } = lab.other;
      const pattern = new RegExp(`deactivate.*${userId}`);
      lab.native.next(pattern, { delayMs: 600 });
      const confirmation = await confirmed(lab, `user deactivate ${userId}`, userId, pattern);
      await lab.room.bot().kill();
      await answered(lab, `User ${userId} has been deactivated`);
      await lab.room.start();
      expect(bodyOf(await lab.room.answerTo(confirmation))).toMatch(
        /^✅ `user deactivate` was done, as I see on the server/,
      );
      expect(sentOf(lab, pattern)).toHaveLength(1);
    },
  );

  test.each(['continuwuity', 'conduit'] as const)(
    'says of what cannot be seen that it may have been applied, and sends it once: %s',
    async (dialect) => {
      const lab = dialect === 'conduit' ? conduit : reply;
      const pattern = /deactivate.*@bob/;
      lab.native.next(pattern, { silent: true });
      const confirmation = await confirmed(lab, 'user deactivate bob', user('bob'), pattern);
      await lab.room.bot().kill();
      await lab.room.start();
      expect(bodyOf(await lab.room.answerTo(confirmation))).toContain('may have been applied');
      const [record] = fromStore(
        lab.room.dataDir,
        "SELECT json_extract(record, '$.outcome') AS outcome FROM audit WHERE command = 'user deactivate' ORDER BY seq DESC LIMIT 1",
      );
      expect(record?.outcome).toBe('unknown');
      // Conduit's next answer is not mistaken for the one that never came.
      expect(await lab.room.ask('user available somebody-new')).not.toContain('deactivated');
      expect(sentOf(lab, pattern)).toHaveLength(1);
    },
  );

  test('leaves no password of an account that was made meanwhile in the homeserver’s room, and makes it once', async () => {
    reply.native.next(/create-user mallory/, { delayMs: 600 });
    const source = await reply.admin.send(reply.room.roomId, '!admin user create-user mallory');
    await asked(reply, /create-user mallory/);
    const password =
      sentOf(reply, /create-user mallory/)[0]
        ?.split(' ')
        .at(-1) ?? '';
    await reply.room.bot().kill();
    await answered(reply, `with password \`${password}`);
    await reply.room.start();
    const answer = bodyOf(await reply.room.answerTo(source));
    expect(answer).toContain('may have been applied');
    expect(answer).not.toContain(password);
    await gone(reply, password);
    expect(sentOf(reply, /create-user mallory/)).toHaveLength(1);
  });

  test('takes no password that came late for the one of the next reset, and leaves neither in that room', async () => {
    conduit.native.next(/reset-password carol/, {
      delayMs: 1_500,
      text: `Successfully reset the password for user ${user('carol')}: LATEpassword1`,
    });
    const source = await conduit.admin.send(conduit.room.roomId, '!admin user reset-password carol');
    await asked(conduit, /reset-password carol/);
    await conduit.room.bot().kill();
    await conduit.room.start();
    expect(bodyOf(await conduit.room.answerTo(source))).toContain('may have been applied');
    const again = await conduit.room.ask('user reset-password carol');
    expect(again).toContain('✅ Set a new password');
    const { botAccount } = conduit.room;
    const { joined_rooms } = await botAccount.request<{ joined_rooms: string[] }>(
      'GET',
      '/_matrix/client/v3/joined_rooms',
    );
    const others = joined_rooms.filter((roomId) => roomId !== conduit.native.roomId);
    const said = JSON.stringify(await Promise.all(others.map((roomId) => botAccount.messages(roomId))));
    expect(said).toContain('conduitmade1234');
    expect(said).not.toContain('LATEpassword1');
    await gone(conduit, 'LATEpassword1');
    await gone(conduit, 'conduitmade1234');
  });

  test.each(['continuwuity', 'conduit'] as const)(
    'is not needed for that: a password that comes after it was given up is taken away too: %s',
    async (dialect) => {
      const lab = dialect === 'conduit' ? conduit : reply;
      lab.native.next(/reset-password.*dora/, { delayMs: 3_600 });
      const answer = await lab.room.ask('user reset-password dora');
      expect(answer).toMatch(/^⚠️ .*gave no answer/);
      const password =
        dialect === 'conduit'
          ? 'conduitmade1234'
          : (sentOf(lab, /reset-password.*dora/)[0]
              ?.split(' ')
              .at(-1) ?? '');
      await lab.native.client.waitForEvent(
        lab.native.roomId,
        ({ sender, content }) =>
          sender === lab.native.client.userId && String(content.body).includes(`${user('dora')}: `),
      );
      await gone(lab, password);
    },
  );

  describe('in the middle of a list', () => {
    test('goes on with the next account, and sends the one before not again', async () => {
      reply.native.next(/deactivate @eve/, { silent: true });
      const id = jobIn(await reply.room.askAndConfirm('user deactivate-all', '2', 'eve\nfrank'));
      await asked(reply, /deactivate @eve/);
      await reply.room.bot().kill();
      await reply.room.start();
      const report = bodyOf(await jobEnd(reply.room, id));
      expect(report).toMatch(/1 of 2 done, 1 unknown.*cut short.*@eve/s);
      expect(reply.native.state.users).not.toContain('frank');
      expect(sentOf(reply, /deactivate @eve/)).toHaveLength(1);
      expect(sentOf(reply, /deactivate @frank/)).toHaveLength(1);
    });
  });
});
