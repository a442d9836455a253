import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Json } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';

/** A page of so many accounts as Synapse would give it, as fat as they are in real life. */
function scriptedPage({ path }: ScriptedRequest, total: number): Json {
  const query = new URL(path, 'http://localhost').searchParams;
  const from = Number(query.get('from'));
  const count = Math.min(Number(query.get('limit')), total - from);
  const one = (at: number): Json => ({
    name: `@someone-${String(at).padStart(7, '0')}:castellan.test`,
    displayname: `Someone with a name of usual length, number ${at}`,
    avatar_url: `mxc://castellan.test/${'x'.repeat(24)}`,
    user_type: null,
    is_guest: false,
    admin: false,
    deactivated: false,
    shadow_banned: false,
    erased: false,
    creation_ts: 1_700_000_000_000 + at,
    last_seen_ts: 1_750_000_000_000 + at,
    locked: false,
    approved: true,
  });
  return { users: Array.from({ length: Math.max(0, count) }, (_, at) => one(from + at)), total };
}

const isUserPage = ({ path }: ScriptedRequest) => path.startsWith('/_synapse/admin/v2/users?');
const isUpload = ({ path }: ScriptedRequest) => path.startsWith('/_matrix/media/v3/upload');

describeWithSynapse('the memory of a long listing', () => {
  let server: Synapse;
  let proxy: Scripted;
  let room: AdminRoom;

  beforeAll(async () => {
    server = await startSynapse({ name: 'listing-memory' });
    proxy = await startScripted([], server.url);
    // A bot that held 100,000 rows at once would come to its end with this.
    const bot = { nodeArguments: ['--max-old-space-size=64', '--max-semi-space-size=4'] };
    room = await openAdminRoom(server, { url: proxy.url, bot });
  });
  afterAll(async () => {
    await room?.close();
    await proxy?.close();
    await server?.stop();
  });
  beforeEach(() => {
    proxy.handlers.length = 0;
    proxy.requests.length = 0;
  });

  const send = (line: string) => room.admin.send(room.roomId, `!admin ${line}`);

  /** Peak resident size of the bot, in MiB (proc(5), VmHWM). */
  const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${room.bot().pid}/status`, 'utf8'))?.[1]) / 1024;

  // The figure is one of Linux.
  test.skipIf(process.platform !== 'linux').each(['csv', 'json'])(
    'memory stays flat while 100,000 rows are written as %s',
    async (output) => {
      let total = 0;
      const lengths: number[] = [];
      proxy.handlers.push(
        (asked) => (isUserPage(asked) ? { status: 200, body: scriptedPage(asked, total) } : undefined),
        (asked) => {
          if (!isUpload(asked)) return undefined;
          expect(asked.headers['content-length']).toBe(String(Buffer.byteLength(asked.body)));
          lengths.push(asked.body.length);
          return { status: 200, body: { content_uri: `mxc://castellan.test/${lengths.length}` } };
        },
      );
      const died = room.bot().exited.then((code) => {
        throw new Error(`the bot ended with ${code}`);
      });
      const peakAfter = async (rows: number) => {
        total = rows;
        const eventId = await send(`user list-users --all -o ${output}`);
        const answer = await Promise.race([room.answerTo(eventId), died]);
        expect(bodyOf(answer)).toContain(`of ${rows.toLocaleString('en')}`);
        return peak();
      };
      const small = await peakAfter(10_000);
      const large = await peakAfter(100_000);
      expect(lengths[1]).toBeGreaterThan((lengths[0] ?? 0) * 9);
      expect(large - small).toBeLessThan(60);
    },
  );
});
