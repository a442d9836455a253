import { jsonOf } from '../../core/output.ts';
import type { Block } from '../../core/reply.ts';
import { say, type Text, wordsOf } from '../../core/text.ts';
import type { StoredEvent } from '../../homeserver/room-data.ts';

/** Characters of one string in a block; an event may hold 60,000. */
const longestString = 500;
const longestBlock = 6_000;

const asJson = (data: unknown): string => jsonOf({ outcome: 'done', blocks: [], data });

/** Unreadable for everybody but the devices of those who are in the room. */
export const isEncrypted = ({ type }: Pick<StoredEvent, 'type'>): boolean => type === 'm.room.encrypted';

/** An event's content in words, or as JSON; for a listing, which cuts it. */
export function contentInWords(event: StoredEvent): string {
  const { type, content, redaction } = event;
  if (redaction !== undefined) return wordsOf(say`(${redactionInWords(redaction)})`);
  if (isEncrypted(event)) return '(encrypted; the server cannot read it)';
  if (type !== 'm.room.message' || typeof content.body !== 'string') return JSON.stringify(content);
  return content.msgtype === 'm.text' ? content.body : `(${String(content.msgtype)}) ${content.body}`;
}

/** "redacted by @alice:example.org: spam" */
export function redactionInWords({ by, reason }: NonNullable<StoredEvent['redaction']>): Text {
  return reason === undefined ? say`redacted by ${by}` : say`redacted by ${by}: ${reason}`;
}

/** All of these as a file, for what was cut. */
function asFile(name: string, data: unknown): Block {
  const content = asJson(data);
  return { kind: 'attachment', filename: `${name}.json`, mimetype: 'application/json', content, forReading: true };
}

function cutStrings(value: unknown): unknown {
  if (typeof value === 'string') return value.length > longestString ? `${value.slice(0, longestString)}…` : value;
  if (Array.isArray(value)) return value.map(cutStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutStrings(inner)]));
}

/** Anybody's JSON as a block of text, long values cut; `name`: of the file with all of `whole`, where something was. */
export function contentBlocks(content: unknown, name: string, whole: unknown): readonly Block[] {
  const all = asJson(content);
  const short = asJson(cutStrings(content));
  const shown = short.length > longestBlock ? `${short.slice(0, longestBlock)}\n…` : short;
  const block: Block = { kind: 'code', text: shown, language: 'json' };
  return shown === all ? [block] : [block, asFile(name, whole)];
}
