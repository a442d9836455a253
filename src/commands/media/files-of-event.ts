import { isMxc } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { RoomData } from '../../homeserver/room-data.ts';

type Content = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Content => (typeof value === 'object' && value !== null ? { ...value } : {});

/** The addresses of the files that a message names: its own and those of its thumbnails, encrypted ones too. */
export async function filesOfEvent(roomData: RoomData, eventId: string): Promise<readonly string[]> {
  const event = await roomData.event(eventId);
  if (event === undefined) throw new Problem('not-found', say`This server does not know the event ${code(eventId)}.`);
  if (event.redaction !== undefined || event.withheld)
    throw new Problem(
      'conflict',
      say`${code(eventId)} was redacted, so that it does not say any more which file it showed.`,
      say`The file itself is found among its uploader's.`,
    );
  if (event.type === 'm.room.encrypted')
    throw new Problem('conflict', say`${code(eventId)} is encrypted: the server cannot see which file it shows.`);
  const { content } = event;
  const info = objectOf(content.info);
  const named = [content.url, objectOf(content.file).url, info.thumbnail_url, objectOf(info.thumbnail_file).url];
  const files = named.filter(isMxc);
  if (files.length === 0) throw new Problem('conflict', say`${code(eventId)} shows no file.`);
  return [...new Set(files)];
}
