import { expect, test } from 'vitest';
import { loginPassword } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { bodyOf } from './admin-room.ts';
import { JobLab, pasted } from './job-lab.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { fromStore } from './store-file.ts';

const part = encodeURIComponent;

describeWithSynapse('a job that hands out passwords', () => {
  const lab = new JobLab('job-secrets');

  const isHashing = ({ method, path }: ScriptedRequest) => method === 'POST' && path.includes('/v1/reset_password/');
  const isMaking = ({ method, path }: ScriptedRequest) => method === 'PUT' && path.includes('/v2/users/');
  /** Everything that was sent to the operator's direct lab.room. */
  async function direct(): Promise<string[]> {
    const name = `direct-room:${lab.room.admin.userId}`;
    const directRoom = String(fromStore(lab.room.dataDir, 'SELECT value FROM value WHERE name = ?', name)[0]?.value);
    await lab.room.admin.join(directRoom);
    return (await lab.room.admin.messages(directRoom)).filter(({ type }) => type === 'm.room.message').map(bodyOf);
  }
  const passwordsIn = (text: string) =>
    new Map([...text.matchAll(/`(@[^`]+)`:\s+`+\n?([a-zA-Z2-9]{25})/g)].map(([, id = '', word = '']) => [id, word]));

  test('says at its end where they are, and not of those that were typed', async () => {
    const [one = '', two = '', typed = ''] = lab.names(3);
    const id = jobIn(
      await lab.room.askAndConfirm('user create-list', undefined, `${one}\n${two}\n${typed},typed-by-hand-1`),
    );
    const report = bodyOf(await jobEnd(lab.room, id));
    expect(report).toContain('3 of 3 done');
    expect(report).toContain('🔑 2 passwords were made: in a direct message.');
    expect(report).toContain(`\`${lab.idOf(one)}\`: its password was handed out`);
    expect(report).not.toContain(`\`${lab.idOf(typed)}\`:`);
  });

  test('cut short between the message and its record, one without a password is not called done', async () => {
    const [fine = '', refused = '', other = ''] = lab.names(3);
    lab.between.handlers.push((request) =>
      isHashing(request) && request.path.includes(refused)
        ? { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Not a good day' } }
        : undefined,
    );
    // Killed when the message has arrived and the bot does not know.
    await lab.room.bot().stop();
    const client = await startScripted([], lab.server.url);
    lab.room.configure({ homeserverUrl: client.url });
    await lab.room.start();
    try {
      const killed = Promise.withResolvers<void>();
      let sent = false;
      client.handlers.push(async (request) => {
        if (sent || request.method !== 'PUT' || !request.body.includes(lab.idOf(fine))) return undefined;
        if (!request.path.includes('/send/m.room.message/') || request.path.includes(part(lab.room.roomId)))
          return undefined;
        sent = true;
        await lab.room.botAccount.request('PUT', request.path, JSON.parse(request.body));
        await lab.room.bot().kill();
        killed.resolve();
        return 'reset';
      });
      const id = jobIn(
        await lab.room.askAndConfirm('user create-list', undefined, `${fine}\n${refused},,"Re ""F"" Used"\n${other}`),
      );
      await killed.promise;
      lab.between.handlers.length = 0;
      await lab.room.start();
      const report = bodyOf(await jobEnd(lab.room, id));
      expect(report).toContain('2 of 3 done, 1 failed');
      expect(report).toContain('made, but without its password: The homeserver refused: Not a good day');
      expect(report).toContain('🔑 2 passwords were made');
      expect(pasted(report)).toEqual([`${lab.idOf(refused)},,"Re ""F"" Used"`]);
      const messages = (await direct()).filter((text) => text.includes(lab.idOf(fine)));
      expect(messages).toHaveLength(1);
      const made = passwordsIn(messages[0] ?? '');
      expect([...made.keys()].sort()).toEqual([lab.idOf(fine), lab.idOf(other)].sort());
      for (const [userId, password] of made) await loginPassword(lab.server, userId, password);
    } finally {
      await lab.room.bot().stop();
      lab.room.configure({ homeserverUrl: lab.server.url });
      await lab.room.start();
      await client.close();
    }
  });

  test('cancelled before its passwords are handed out it says so, and goes on with that', async () => {
    const list = lab.names(4);
    const away = Promise.withResolvers<void>();
    let tries = 0;
    lab.between.handlers.push((request) => {
      if (!isHashing(request)) return undefined;
      if (++tries > 2) away.resolve();
      return { status: 502, body: '' };
    });
    const id = jobIn(await lab.room.askAndConfirm('user create-list', undefined, list.join('\n')));
    await away.promise;
    await lab.room.ask(`job cancel ${id}`);
    const report = bodyOf(await jobEnd(lab.room, id));
    expect(report).toContain('made, but its password was not handed out (4)');
    lab.between.handlers.length = 0;
    const earlier = await lab.reports(id);
    await lab.confirm(await lab.room.ask(`job resume ${id}`));
    expect(bodyOf(await lab.nextReport(id, earlier))).toContain('4 of 4 done');
    const messages = (await direct()).filter((text) => text.includes(lab.idOf(list[0] ?? '')));
    expect(messages).toHaveLength(1);
    for (const [userId, password] of passwordsIn(messages[0] ?? '')) await loginPassword(lab.server, userId, password);
  });

  test('cannot be gone on with when passwords stood in its message, which is gone', async () => {
    const list = lab.names(4);
    const held = lab.hold(isMaking, 1);
    const id = jobIn(
      await lab.room.askAndConfirm(
        'user create-list',
        undefined,
        list.map((name) => `${name},typed-for-${name}`).join('\n'),
      ),
    );
    await held.reached;
    await lab.room.ask(`job cancel ${id}`);
    held.go();
    const report = bodyOf(await jobEnd(lab.room, id));
    expect(report).toContain('The job was cancelled');
    expect(report).not.toContain('job resume');
    await lab.room.admin.waitForEvent(
      lab.room.roomId,
      ({ type, sender }) => type === 'm.room.redaction' && sender === lab.room.botAccount.userId,
    );
    const source = String(fromStore(lab.room.dataDir, 'SELECT source FROM job WHERE id = ?', id)[0]?.source);
    await lab.room.admin.waitForEvent(
      lab.room.roomId,
      ({ type, redacts, content }) => type === 'm.room.redaction' && (redacts ?? content.redacts) === source,
    );
    const answer = await lab.room.ask(`job resume ${id}`);
    expect(answer).toMatch(/^❌ .*cannot be gone on with: secrets stood in the message/);
    expect(answer).not.toContain('typed-for');
  });
});
