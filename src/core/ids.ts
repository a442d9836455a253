import { invisible } from './clean.ts';
import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { code, say, type Text } from './text.ts';

// Grammar: Matrix specification, appendices, "Identifier grammar".
const newLocalpart = /^[a-z0-9._=/+-]+$/;
// Accounts made long ago may hold any printable ASCII but the colon ("Historical user IDs").
const anyLocalpart = /^[!-9;-~]+$/;
// Dots alone would be steps in the path of a request.
const server = /^(\[[0-9A-Fa-f:.]+\]|(?!\.+(?::|$))[A-Za-z0-9.-]+)(:\d{1,5})?$/;
const longest = 255;

const wrong = (text: Text, hint?: Text): Problem => new Problem('usage', text, hint);

function hidden(text: string): Text | undefined {
  const char = text.match(invisible)?.[0];
  return char === undefined
    ? undefined
    : say`It holds a character that cannot be seen (U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}); type it anew.`;
}

function within(id: string): string {
  if (new TextEncoder().encode(id).length > longest) throw wrong(say`${clipped(id)} is longer than ${longest} bytes.`);
  return id;
}

/** "example.org:8448": host name or address, port optional. */
export function parseServerName(text: string): string {
  if (!server.test(text)) throw wrong(say`${clipped(text)} is no server name.`, hidden(text));
  return within(text);
}

/** The name of a new account: a to z, 0 to 9 and `._=/+-`; `@alice` and `@alice:<our server>` are accepted too. */
export function parseLocalpart(text: string, serverName: string): string {
  const bare = text.replace(/^@/, '');
  const colon = bare.indexOf(':');
  const name = colon === -1 ? bare : bare.slice(0, colon);
  if (colon !== -1 && bare.slice(colon + 1) !== serverName)
    throw wrong(
      say`${clipped(text)} is not on this server; accounts here end in ${code(`:${serverName}`)}.`,
      hidden(text),
    );
  if (newLocalpart.test(name)) {
    within(`@${name}:${serverName}`);
    return name;
  }
  if (newLocalpart.test(name.toLowerCase()))
    throw wrong(
      say`${clipped(name)} has capital letters, and the names of new accounts are lower case.`,
      say`Try ${code(name.toLowerCase())}.`,
    );
  throw wrong(
    say`${clipped(name)} is no username: only ${code('a')} to ${code('z')}, ${code('0')} to ${code('9')} and ${code('._=/+-')} may stand in it.`,
    hidden(name),
  );
}

/** A whole user id from `@alice:example.org`, or from `alice` and `@alice` on our own server. */
export function parseUser(text: string, serverName: string): string {
  const colon = text.indexOf(':');
  if (text.startsWith('@') && colon !== -1) {
    const name = text.slice(1, colon);
    const host = text.slice(colon + 1);
    if (!anyLocalpart.test(name) || !server.test(host)) throw wrong(say`${clipped(text)} is no user id.`, hidden(text));
    return within(text);
  }
  if (/^[#!$]/.test(text) || text.startsWith('mxc:'))
    throw wrong(say`${clipped(text)} is no user; a user is ${code(`@alice:${serverName}`)} or ${code('alice')}.`);
  if (colon !== -1)
    throw wrong(say`${clipped(text)} is no user id.`, hidden(text) ?? say`Did you mean ${clipped(`@${text}`)}?`);
  const name = text.replace(/^@/, '');
  if (newLocalpart.test(name)) return within(`@${name}:${serverName}`);
  if (newLocalpart.test(name.toLowerCase()))
    throw wrong(
      say`${clipped(text)} has capital letters, and usernames are lower case.`,
      say`Try ${code(name.toLowerCase())}, or write an old account's whole id, ${clipped(`@${name}:${serverName}`)}.`,
    );
  throw wrong(
    say`${clipped(text)} is no user; a user is ${code(`@alice:${serverName}`)} or ${code('alice')}.`,
    hidden(text),
  );
}

/** As {@link parseUser}, but only of our own server. */
export function parseLocalUser(text: string, serverName: string): string {
  const userId = parseUser(text, serverName);
  if (serverOf(userId) !== serverName)
    throw wrong(say`${clipped(userId)} lives on another server; this works for users of ${code(serverName)} only.`);
  return userId;
}

/** What stands after the first colon of a user id. */
export function serverOf(userId: string): string {
  return userId.slice(userId.indexOf(':') + 1);
}

/** What stands between `@` and the first colon. */
export function localpartOf(userId: string): string {
  return userId.slice(1, userId.indexOf(':'));
}

/** A room id; those of room version 12 and later have no server part. */
export function parseRoomId(text: string): string {
  if (!/^![^\s\p{C}]+$/u.test(text))
    throw wrong(say`${clipped(text)} is no room id; one begins with ${code('!')}.`, hidden(text));
  return within(text);
}

/** A whole alias from `#lobby:example.org`, or from `#lobby` on our own server. */
export function parseAlias(text: string, serverName: string): string {
  const whole = text.includes(':') ? text : `${text}:${serverName}`;
  const colon = whole.indexOf(':');
  if (!/^#[^\s\p{C}:]+$/u.test(whole.slice(0, colon)) || !server.test(whole.slice(colon + 1)))
    throw wrong(say`${clipped(text)} is no alias; one looks like ${code(`#lobby:${serverName}`)}.`, hidden(text));
  return within(whole);
}

/** A whole alias of our own server from `lobby`, `#lobby` or `#lobby:<our server>`. */
export function parseLocalAlias(text: string, serverName: string): string {
  const alias = parseAlias(text.startsWith('#') ? text : `#${text}`, serverName);
  if (alias.slice(alias.indexOf(':') + 1) !== serverName)
    throw wrong(say`${clipped(alias)} belongs to another server; aliases here end in ${code(`:${serverName}`)}.`);
  return alias;
}

/** A room by its id or an alias; the backend says which room an alias stands for. */
export function parseRoom(text: string, serverName: string): string {
  if (text.startsWith('!')) return parseRoomId(text);
  if (text.startsWith('#')) return parseAlias(text, serverName);
  throw wrong(
    say`${clipped(text)} is no room; a room is an id, which begins with ${code('!')}, or an alias like ${code('#lobby')}.`,
    hidden(text),
  );
}

/** An event id. */
export function parseEventId(text: string): string {
  if (!/^\$[^\s\p{C}]+$/u.test(text))
    throw wrong(say`${clipped(text)} is no event id; one begins with ${code('$')}.`, hidden(text));
  return within(text);
}

/** `mxc://server/media_id` */
export function parseMxc(text: string): string {
  const match = /^mxc:\/\/([^/\s]+)\/([A-Za-z0-9_=~.-]+)$/.exec(text);
  if (!match || !server.test(match[1] ?? '') || /^\.+$/.test(match[2] ?? ''))
    throw wrong(
      say`${clipped(text)} is no media address; one looks like ${code('mxc://example.org/abcDEF')}.`,
      hidden(text),
    );
  return within(text);
}

/** Whether a file can be found under this; what somebody sent in a message may be anything. */
export function isMxc(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  try {
    return parseMxc(text) === text;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
