import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSynapse } from '../../../src/homeserver/synapse/synapse.ts';
import { registerUser, type TestClient } from '../client.ts';
import { describeWithSynapse } from '../describe-with-synapse.ts';
import { startScripted } from '../scripted.ts';
import { type Synapse, startSynapse } from '../synapse.ts';

describeWithSynapse('media over Synapse', () => {
  let server: Synapse;
  let bot: TestClient;
  beforeAll(async () => {
    server = await startSynapse();
    bot = await registerUser(server, 'castellan', { admin: true });
  });
  afterAll(() => server?.stop());

  const media = (mediaUrl?: string) =>
    createSynapse({
      baseUrl: server.url,
      mediaUrl,
      token: bot.accessToken,
      serverName: server.serverName,
      botId: bot.userId,
      adminRoomNames: () => [],
    }).media;

  test('removes a file, and takes one that is gone already for a success', async () => {
    const mxc = await bot.upload(Buffer.from('a list'), 'text/plain');
    expect(await media().remove(mxc)).toBe('removed');
    await expect(bot.download(mxc)).rejects.toMatchObject({ status: 404 });
    expect(await media().remove(mxc)).toBe('was gone');
  });

  test('refuses what is no MXC', async () => {
    await expect(media().remove('https://castellan.test/a')).rejects.toMatchObject({ code: 'usage' });
  });

  test('asks the worker that serves media, where there is one', async () => {
    const asked: string[] = [];
    const worker = await startScripted(
      [
        (request) => {
          asked.push(`${request.method} ${request.path}`);
          return undefined;
        },
      ],
      server.url,
    );
    const mxc = await bot.upload(Buffer.from('a list'), 'text/plain');
    await media(worker.url).remove(mxc);
    const query = { from: 0, limit: 5 };
    await media(worker.url).ofUser(bot.userId, query);
    await media(worker.url).removeOldestOf(bot.userId, 0, 5);
    const ofBot = `/_synapse/admin/v1/users/${encodeURIComponent(bot.userId)}/media`;
    expect(asked).toEqual([
      `DELETE /_synapse/admin/v1/media/${mxc.slice('mxc://'.length)}`,
      `GET ${ofBot}?from=0&limit=5&order_by=created_ts&dir=b`,
      `DELETE ${ofBot}?from=0&limit=5&order_by=created_ts&dir=f`,
    ]);
    await worker.close();
  });
});
