import { type AdminRoom, bodyOf, type RoomEvent } from './admin-room.ts';

const client = '/_matrix/client/v3';

interface Sync {
  readonly next_batch: string;
  readonly rooms?: { readonly join?: Record<string, { readonly timeline: { readonly events: readonly RoomEvent[] } }> };
}

/**
 * Sends commands one right after the other; resolves to their answers, or to the reports of the jobs they begin. Cheaper
 * than asking one by one, which reads the whole room each time; there are few enough of them for one page of a sync.
 */
export async function askAll({ admin, roomId, botAccount }: AdminRoom, lines: readonly string[]): Promise<string[]> {
  const filter = encodeURIComponent(JSON.stringify({ room: { rooms: [roomId], timeline: { limit: 100 } } }));
  const sync = (query: string) => admin.request<Sync>('GET', `${client}/sync?filter=${filter}${query}`);
  let { next_batch: since } = await sync('&timeout=0');
  const asked: string[] = [];
  for (const line of lines) asked.push(await admin.send(roomId, `!admin ${line}`));
  const answers = new Map<string, string>();
  const ends = new Map<string, string>();
  /** What is known of a command's end. */
  const endOf = (eventId: string): string | undefined => {
    const answer = answers.get(eventId);
    const job = /job cancel ([a-z0-9]+)/.exec(answer ?? '')?.[1];
    return job === undefined ? answer : ends.get(job);
  };
  const deadline = Date.now() + 240_000;
  while (asked.some((eventId) => endOf(eventId) === undefined)) {
    if (Date.now() > deadline) throw new Error(`no answer to all of:\n${lines.join('\n')}`);
    const next = await sync(`&timeout=5000&since=${encodeURIComponent(since)}`);
    since = next.next_batch;
    for (const event of next.rooms?.join?.[roomId]?.timeline.events ?? []) {
      const { 'dev.castellan.job': job, 'dev.castellan.for': answered } = event.content;
      if (event.sender !== botAccount.userId) continue;
      if (typeof job === 'string') ends.set(job, bodyOf(event));
      else if (typeof answered === 'string') answers.set(answered, bodyOf(event));
    }
  }
  return asked.map((eventId) => endOf(eventId) ?? '');
}
