import { stripVTControlCharacters, styleText } from 'node:util';
import type { RoomEvent } from '../homeserver/client.ts';
import type { Seen } from './follow.ts';

/** An event as lines for a terminal; undefined for those that say nothing to people (the making of a room). */
export function showEvent(
  { event, direct }: Seen,
  earlier: ReadonlyMap<string, RoomEvent>,
  botId: string,
): string | undefined {
  const who = styleText(event.sender === botId ? 'cyan' : 'green', nameOf(event.sender));
  const where = direct ? styleText('magenta', ' (direct message)') : '';
  const head = `${styleText('dim', timeOf(event))} ${who}${where}`;
  const aside = (words: string) => styleText('dim', `${timeOf(event)} ${nameOf(event.sender)} ${words}`) + where;
  switch (event.type) {
    case 'm.room.message':
      return message(event, head);
    case 'm.room.redaction':
      return aside(removed(event, earlier));
    case 'm.reaction': {
      const relation: Record<string, unknown> = { ...(event.content['m.relates_to'] as object | undefined) };
      return aside(`reacted ${clean(relation.key)}`);
    }
    case 'm.room.member':
      return aside(membership(event));
    default:
      return undefined;
  }
}

function message({ content }: RoomEvent, head: string): string {
  const replaced = content['m.new_content'];
  const edited = typeof replaced === 'object' && replaced !== null;
  const { body, msgtype }: Record<string, unknown> = { ...content, ...(edited ? replaced : {}) };
  const notes = `${edited ? ' (edited)' : ''}${msgtype === 'm.file' ? ' (file)' : ''}`;
  const lines = clean(body).split('\n');
  return [`${head}${styleText('dim', notes)}`, ...lines.map((line) => `  ${line}`.trimEnd())].join('\n');
}

function removed(event: RoomEvent, earlier: ReadonlyMap<string, RoomEvent>): string {
  const target = earlier.get(String(event.redacts ?? event.content.redacts));
  const what = target === undefined ? 'a message' : `${nameOf(target.sender)}'s message of ${timeOf(target)}`;
  return `— ${what} (removed)`;
}

function membership({ sender, state_key = '', content }: RoomEvent): string {
  const verbs: Readonly<Record<string, string>> = {
    join: 'joined',
    invite: 'invited',
    leave: 'removed',
    ban: 'banned',
  };
  const { membership } = content;
  if (membership === 'leave' && state_key === sender) return 'left';
  const verb = verbs[String(membership)] ?? String(membership);
  return state_key === sender ? verb : `${verb} ${nameOf(state_key)}`;
}

/** Nothing that somebody writes may move the cursor. */
function clean(value: unknown): string {
  return stripVTControlCharacters(String(value ?? '')).replace(/[^\P{Cc}\n\t]/gu, '');
}

const nameOf = (userId: string) => clean(userId.slice(1).split(':')[0]);
const timeOf = ({ origin_server_ts }: RoomEvent) => new Date(origin_server_ts).toTimeString().slice(0, 8);
