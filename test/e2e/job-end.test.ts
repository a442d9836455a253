import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { fromStore } from './store-file.ts';

describeWithSynapse('the end of a job', () => {
  let server: Synapse;
  let between: Scripted;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'job-end' });
    between = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: between.url });
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    await server?.stop();
  });

  const isSuspended = (id: string) =>
    server.queryDatabase('SELECT suspended FROM users WHERE name = ?', id)[0]?.suspended === 1;

  test('holds up no other job while the room takes no message, and is told when it does again', async () => {
    const ids: string[] = [];
    const codes: string[] = [];
    for (const name of ['first', 'second']) {
      const { userId } = await registerUser(server, name);
      ids.push(userId);
      const plan = await room.askWith('user suspend-list', userId);
      codes.push(/confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? plan);
    }
    await expect.poll(() => fromStore(room.dataDir, 'SELECT id FROM outbox WHERE sent_at IS NULL')).toEqual([]);
    let refuses = true;
    between.handlers.push(({ method, path }) =>
      refuses && method === 'PUT' && path.includes('/send/m.room.message/')
        ? { status: 502, body: '<html>Bad gateway</html>' }
        : undefined,
    );
    const events: string[] = [];
    for (const code of codes) events.push(await room.admin.send(room.roomId, `!admin confirm ${code}`));
    await expect.poll(() => ids.map(isSuspended)).toEqual([true, true]);
    await expect
      .poll(() => fromStore(room.dataDir, 'SELECT state FROM job ORDER BY seq'))
      .toEqual([{ state: 'finished' }, { state: 'finished' }]);
    refuses = false;
    const ends = await Promise.all(
      events.map((event) =>
        room.admin.waitForEvent(
          room.roomId,
          ({ content }) => content['dev.castellan.for'] === event && content['dev.castellan.job'] !== undefined,
        ),
      ),
    );
    for (const { content } of ends) expect(content.body).toContain('✅');
  });
});
