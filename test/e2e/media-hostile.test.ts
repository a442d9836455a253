import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';

describeWithSynapse('media commands beside what somebody sent to hinder them', () => {
  let server: Synapse;
  let room: AdminRoom;
  let alice: TestClient;
  let gallery: string;
  let file: string;

  beforeAll(async () => {
    server = await startSynapse({ name: 'media-hostile' });
    room = await openAdminRoom(server);
    alice = await registerUser(server, 'alice');
    gallery = await alice.createRoom({ preset: 'public_chat', name: 'Gallery' });
    file = await alice.upload(Buffer.from('a picture'), 'image/png');
    for (const url of [file, 'mxc://two.test/..', 'mxc://../v1', `mxc://${server.serverName}/..`])
      await alice.send(gallery, { msgtype: 'm.image', body: 'x', url });
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  test('an address that leads nowhere keeps no other file of its room from being found', async () => {
    expect(await room.ask(`room media ${gallery}`)).toContain(file);
    expect(await room.ask(`room media ${gallery}`)).not.toContain('..');
    const answer = await room.ask('media delete-past-remote-media 1d --after --dry-run');
    expect(answer).toContain('Nothing that is seen here has come since');
    const begun = await room.askAndConfirm(`media quarantine --room-id ${gallery}`);
    expect(bodyOf(await jobEnd(room, jobIn(begun)))).toContain('✅');
    await expect(alice.download(file)).rejects.toMatchObject({ status: 404 });
  });

  test('a message whose only address leads nowhere shows no file', async () => {
    const event = await alice.send(gallery, { msgtype: 'm.image', body: 'x', url: `mxc://${server.serverName}/..` });
    expect(await room.ask(`media delete-media --event-id '${event}'`)).toContain('shows no file');
  });

  test('an upload that was only announced takes nothing from the statistics, nor from deleting what has come', async () => {
    const carl = await registerUser(server, 'carl');
    await carl.request('POST', '/_matrix/media/v1/create', {});
    expect(await room.ask('media statistics')).toContain('carl');
    const flags = '--yes-i-want-to-delete-local-media --dry-run';
    expect(await room.ask(`media delete-past-remote-media 1d --after ${flags}`)).toContain(file);
  });
});
