import { escapeRegex } from './escape-regex.ts';

/** The bot as the room knows it. */
export interface Me {
  /** "!admin" */
  readonly prefix: string;
  readonly userId: string;
  readonly displayName: string | undefined;
  readonly serverName: string;
}

/** Whether a message speaks to the bot, and what it says after the address. */
export type Addressed =
  | { readonly kind: 'no' }
  | {
      readonly kind: 'command';
      /** The rest of the first line. */
      readonly line: string;
      /** The lines below as they are; `undefined` where there is nothing but space. */
      readonly body: string | undefined;
      /** By user id or display name, not by the prefix. */
      readonly mentioned: boolean;
    };

const no: Addressed = { kind: 'no' };

/** Marks of a message that repeats another one's words (MSC2723), and of an edit. */
const anothersWords = ['m.forwarded', 'org.matrix.msc2723.forwarded', 'm.new_content'];

/** Reads the content of an `m.room.message`, which is somebody else's and unchecked. */
export function addressed(content: Readonly<Record<string, unknown>>, me: Me): Addressed {
  if (content.msgtype !== 'm.text' || typeof content.body !== 'string') return no;
  if (anothersWords.some((mark) => mark in content)) return no;
  const relation = content['m.relates_to'];
  if (isObject(relation) && relation.rel_type === 'm.replace') return no;
  const body = content.body.replaceAll('\r\n', '\n');
  const said = (isReply(content) ? withoutFallback(body) : body).trimStart();
  for (const { address, mentioned } of addresses(me)) {
    const found = address.exec(said);
    if (!found) continue;
    const [line = '', ...below] = said.slice(found[0].length).split('\n');
    const rest = below.join('\n');
    return { kind: 'command', line: line.trim(), body: rest.trim() === '' ? undefined : rest, mentioned };
  }
  return no;
}

/** True where the message answers another one. */
export function isReply(content: Readonly<Record<string, unknown>>): boolean {
  const relation = content['m.relates_to'];
  return isObject(relation) && isObject(relation['m.in_reply_to']);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Client-server API, "Fallbacks for rich replies": quoted lines, then an empty one. */
function withoutFallback(body: string): string {
  const lines = body.split('\n');
  let at = 0;
  while (/^>( |$)/.test(lines[at] ?? '')) at += 1;
  return at > 0 && lines[at] === '' ? lines.slice(at + 1).join('\n') : body;
}

function addresses(me: Me): readonly { readonly address: RegExp; readonly mentioned: boolean }[] {
  return [
    { address: new RegExp(`^${escapeRegex(me.prefix)}(?=\\s|$)`, 'iu'), mentioned: false },
    // A colon with a digit behind it is the port of a longer id.
    { address: new RegExp(`^${escapeRegex(me.userId)}(?:\\s*:(?!\\d)|(?=\\s))`, 'u'), mentioned: true },
    ...(me.displayName ? [{ address: new RegExp(`^${escapeRegex(me.displayName)}[:,]`, 'u'), mentioned: true }] : []),
  ];
}
