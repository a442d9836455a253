/**
 * The barest bot that could do it, on plain fetch: `node bare-bot.ts` with what it needs as JSON on its standard input.
 * One long poll; for each command the same authorization and version calls as Castellan makes and four durable commits
 * (`careful`), or none of these; one send.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export interface BareOptions {
  readonly url: string;
  readonly token: string;
  readonly userId: string;
  readonly roomId: string;
  readonly folder: string;
  readonly careful: boolean;
}

const { url, token, userId, roomId, folder, careful }: BareOptions = JSON.parse(readFileSync(0, 'utf8'));
const path = encodeURIComponent;

async function call(method: string, pathAndQuery: string, body?: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${pathAndQuery}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(`${method} ${pathAndQuery}: ${response.status}`);
  return answer;
}

const db = new Database(join(folder, 'bare.db'));
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec('CREATE TABLE step (id INTEGER PRIMARY KEY, event TEXT, what TEXT)');
const insert = db.prepare('INSERT INTO step (event, what) VALUES (?, ?)');
const commit = (event: string, what: string) => {
  if (careful) insert.run(event, what);
};

interface Event {
  readonly event_id: string;
  readonly sender: string;
  readonly type: string;
  readonly content: { readonly body?: string };
}

async function answer({ event_id, sender }: Event): Promise<void> {
  commit(event_id, 'received');
  if (careful) {
    const [member, account] = await Promise.all([
      call('GET', `/_matrix/client/v3/rooms/${path(roomId)}/state/m.room.member/${path(sender)}`),
      call('GET', `/_synapse/admin/v1/users/${path(sender)}/admin`),
    ]);
    if (member.membership !== 'join' || account.admin !== true) return;
  }
  const { server_version: version } = await call('GET', '/_synapse/admin/v1/server_version');
  commit(event_id, 'answered');
  const body = `Synapse ${version}`;
  await call('PUT', `/_matrix/client/v3/rooms/${path(roomId)}/send/m.room.message/${path(event_id)}`, {
    msgtype: 'm.notice',
    body,
    format: 'org.matrix.custom.html',
    formatted_body: `<p>${body}</p>`,
    'm.relates_to': { 'm.in_reply_to': { event_id } },
    'dev.castellan.for': event_id,
  });
  commit(event_id, 'sent');
}

const nothing = { types: [] };
const filter = (limit: number) =>
  path(
    JSON.stringify({
      presence: nothing,
      account_data: nothing,
      room: {
        rooms: [roomId],
        state: nothing,
        ephemeral: nothing,
        account_data: nothing,
        timeline: { limit, types: ['m.room.message'] },
      },
    }),
  );

let since = String((await call('GET', `/_matrix/client/v3/sync?timeout=0&filter=${filter(0)}`)).next_batch);
process.stdout.write('ready\n');
let before: Promise<void> = Promise.resolve();
for (;;) {
  const page = await call('GET', `/_matrix/client/v3/sync?timeout=20000&filter=${filter(50)}&since=${path(since)}`);
  const rooms = page.rooms as { join?: Record<string, { timeline: { events: Event[] } }> } | undefined;
  for (const event of rooms?.join?.[roomId]?.timeline.events ?? []) {
    if (event.sender === userId || event.content.body?.startsWith('!admin ') !== true) continue;
    // In order, as Castellan's lane.
    before = before.then(() => answer(event));
  }
  since = String(page.next_batch);
  commit(since, 'position');
}
