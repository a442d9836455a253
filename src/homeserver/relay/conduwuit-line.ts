import { localpartOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';
import type { Acts, SaidPassword } from './dialect.ts';
import type { Order } from './order.ts';
import {
  aboutUser,
  countedLines,
  eachLine,
  exactly,
  fencedBelow,
  readRoomId,
  readRoomLine,
  readUserId,
  sameUser,
  whole,
} from './readers.ts';

/** The names of the categories, which Palpo has in the singular. */
export interface Categories {
  readonly appservices: string;
  readonly users: string;
  readonly rooms: string;
}

const plural: Categories = { appservices: 'appservices', users: 'users', rooms: 'rooms' };

const endedSessions = '\nAll existing sessions have been logged out.';

/**
 * What all that came of conduwuit understand, in the spellings that every version of them takes (reference, sections 1.3
 * and 3; texts from their sources).
 */
export function conduwuitLine(serverName: string, { appservices, users, rooms }: Categories = plural) {
  const read = <Value>(words: readonly string[], args: readonly string[], reader: Order<Value>['read']) =>
    ({ words, args, writes: false, read: reader }) satisfies Order<Value>;
  const write = <Value>(words: readonly string[], args: readonly string[], reader: Order<Value>['read']) =>
    ({ words, args, writes: true, read: reader }) satisfies Order<Value>;

  const passwordOf = (patterns: readonly RegExp[], userId: string, asked: string | undefined) => {
    return (text: string): SaidPassword | undefined => {
      const sessionsEnded = text.endsWith(endedSessions);
      const sentence = sessionsEnded ? text.slice(0, -endedSessions.length) : text;
      for (const pattern of patterns) {
        const said = whole(pattern, (user = '', password = '') => ({ user, password }))(sentence);
        if (said === undefined || !sameUser(said.user, userId)) continue;
        return asked === undefined || said.password === asked
          ? { userId, password: said.password, sessionsEnded }
          : undefined;
      }
      return undefined;
    };
  };

  const roomsUnder = (heading: RegExp) => (text: string) => eachLine(countedLines(text, heading, true), readRoomLine);
  const noneAs =
    <Value>(inner: (text: string) => readonly Value[] | undefined, none: string) =>
    (text: string) =>
      text.includes(none) && envelopeOf(text) === none ? [] : inner(text);

  return {
    listUsers: () =>
      read([users, 'list-users'], [], (text) =>
        eachLine(countedLines(text, /^Found (\d+) local user account\(s\):$/, true), readUserId),
      ),
    createUser: (userId, password) => ({
      ...write([users, 'create-user'], [localpartOf(userId), password], passwordOf(created, userId, password)),
      secret: true,
    }),
    resetPassword: (userId, password) => ({
      ...write(
        [users, 'reset-password'],
        [localpartOf(userId), ...(password === undefined ? [] : [password])],
        passwordOf([/Successfully reset the password for user (@\S+): `([^`]+)`/], userId, password),
      ),
      secret: true,
    }),
    deactivate: (userId, keepRooms) =>
      write(
        [users, 'deactivate', ...(keepRooms ? ['--no-leave-rooms'] : [])],
        [userId],
        aboutUser(/User (@\S+) has been deactivated/, userId),
      ),
    makeAdmin: (userId) =>
      write([users, 'make-user-admin'], [userId], aboutUser(/(@\S+) has been granted admin privileges\./, userId)),
    joinedRooms: (userId) =>
      read([users, 'list-joined-rooms'], [userId], noneAs(roomsUnder(/^Rooms @\S+ Joined \((\d+)\):$/), noRooms)),
    sharedRooms: (userId) =>
      read(
        ['federation', 'remote-user-in-rooms'],
        [userId],
        noneAs(roomsUnder(/^Rooms @\S+ shares with us \((\d+)\):$/), noRooms),
      ),
    forceJoin: (userId, room) =>
      write([users, 'force-join-room'], [userId, room], aboutUser(/(@\S+) has been joined to [!#]\S+\./, userId)),
    forceLeave: (userId, roomId) =>
      write([users, 'force-leave-room'], [userId, roomId], aboutUser(/(@\S+) has left !\S+\./, userId)),
    forceDemote: (userId, roomId) =>
      write(
        [users, 'force-demote'],
        [userId, roomId],
        aboutUser(/User (@\S+) demoted themselves to the room default power level in !\S+ - \$\S+/, userId),
      ),
    tags: (userId, roomId) => read([users, 'get-room-tags'], [userId, roomId], readTags),
    putTag: (userId, roomId, tag) =>
      write(
        [users, 'put-room-tag'],
        [userId, roomId, tag],
        aboutUser(/Successfully updated room account data for (@\S+) and room !\S+ with tag \S+/, userId),
      ),
    deleteTag: (userId, roomId, tag) =>
      write(
        [users, 'delete-room-tag'],
        [userId, roomId, tag],
        aboutUser(/Successfully updated room account data for (@\S+) and room !\S+, deleting room tag \S+/, userId),
      ),
    redactEvent: (eventId) =>
      write(
        [users, 'redact-event'],
        [eventId],
        whole(/Successfully redacted event\. Redaction event ID: \$\S+/, () => true as const),
      ),

    event: (eventId) =>
      read(['debug', 'get-pdu'], [eventId], (text) =>
        envelopeOf(text) === 'PDU not found locally.' ? null : readPdu(text),
      ),

    listRooms: (page) => read([rooms, 'list'], [String(page)], noneAs(roomsUnder(/^Rooms \((\d+)\):$/), noMoreRooms)),
    listRoomIds: (page) =>
      read(
        [rooms, 'list', '--no-details'],
        [String(page)],
        noneAs((text) => eachLine(countedLines(text, /^Rooms \((\d+)\):$/, true), readRoomId), noMoreRooms),
      ),
    exists: (roomId) =>
      read(
        [rooms, 'exists'],
        [roomId],
        whole(/(true|false)/, (said) => said === 'true'),
      ),
    members: (roomId) =>
      read([rooms, 'info', 'list-joined-members'], [roomId], (text) =>
        eachLine(countedLines(text, /^(\d+) Members in Room ".*":$/, true), readMember),
      ),
    topic: (roomId) => read([rooms, 'info', 'view-room-topic'], [roomId], readTopic),
    banRoom: (roomId) =>
      write(
        [rooms, 'moderation', 'ban-room'],
        [roomId],
        exactly('Room banned, removed all our local users, and disabled incoming federation with room.'),
      ),
    unbanRoom: (roomId) =>
      write([rooms, 'moderation', 'unban-room'], [roomId], exactly('Room unbanned and federation re-enabled.')),
    bannedRooms: () =>
      read(
        [rooms, 'moderation', 'list-banned-rooms'],
        [],
        noneAs(roomsUnder(/^Rooms Banned \((\d+)\):$/), 'No rooms are banned.'),
      ),
    setAlias: (roomId, localpart) =>
      write([rooms, 'alias', 'set'], [roomId, localpart], exactly('Successfully set alias')),
    removeAlias: (alias) =>
      write(
        [rooms, 'alias', 'remove'],
        [localpartOf(alias)],
        whole(/Removed alias from !\S+/, () => true as const),
      ),
    aliases: (roomId) => read([rooms, 'alias', 'list'], [roomId], readAliases),
    everyAlias: () => read([rooms, 'alias', 'list'], [], (text) => readEveryAlias(text, serverName)),
    setPublished: (roomId, published) =>
      write(
        [rooms, 'directory', published ? 'publish' : 'unpublish'],
        [roomId],
        exactly(published ? 'Room published' : 'Room unpublished'),
      ),
    setDisabled: (roomId, disabled) =>
      write(
        ['federation', disabled ? 'disable-room' : 'enable-room'],
        [roomId],
        exactly(disabled ? 'Room disabled.' : 'Room enabled.'),
      ),

    deleteFile: (mxc) =>
      // Some versions report this success as an error.
      write(['media', 'delete', '--mxc'], [mxc], (text) => exactly(fileDeleted)(envelopeOf(text) ?? text)),
    fileInfo: (mxc) => read(['media', 'get-file-info'], [mxc], readFileInfo),
    deleteBefore: (seconds, localToo) => write(pastMedia('--before', localToo), [`${seconds}s`], readDeletedFiles),
    deleteAfter: (seconds, localToo) => write(pastMedia('--after', localToo), [`${seconds}s`], readDeletedFiles),
    deleteOfUser: (userId) => write(['media', 'delete-all-from-user'], [userId], readDeletedFiles),

    showConfig: () => ({ ...read(['server', 'show-config'], [], anything), secret: true }),
    memoryUsage: () => read(['server', 'memory-usage'], [], readMemory),
    clearCaches: () => [write(['server', 'clear-caches'], [], exactly('Done.'))],
    features: () => read(['server', 'list-features'], [], readFeatures),
    reloadConfig: (path) =>
      write(
        ['server', 'reload-config'],
        path === undefined ? [] : [path],
        whole(/Successfully reconfigured[\s\S]*/, () => true as const),
      ),
    restart: (force) =>
      write(['server', 'restart', ...(force ? ['--force'] : [])], [], exactly('Restarting server...')),
    shutdown: () => write(['server', 'shutdown'], [], exactly('Shutting down server...')),

    registerAppservice: (block) => ({
      ...write(
        [appservices, 'register'],
        [],
        whole(/Appservice registered with ID: (\S+?)\.?/, (id) => id),
      ),
      block,
      secret: true,
    }),
    unregisterAppservice: (id) => write([appservices, 'unregister'], [id], exactly('Appservice unregistered.')),
    showAppservice: (id) => ({ ...read([appservices, 'show'], [id], readAppservice), secret: true }),
    listAppservices: () => read([appservices, 'list'], [], readAppservices),
  } satisfies Acts;
}

// Of continuwuity from 26.6 on, and of all before and beside it.
const created = [
  /Created user (@\S+) with password `([^`]+)`/,
  /Created user with user_id: (@\S+) and password: `([^`]+)`/,
];
const noRooms = 'User is not in any rooms.';
const noMoreRooms = 'No more rooms.';
const fileDeleted = 'Deleted the MXC from our database and on our filesystem.';

/** What a failure's envelope holds; where an empty list, or a success, is reported as an error. */
export function envelopeOf(text: string): string | undefined {
  const inner = /^Command failed with error:\n```\n([\s\S]*)\n```$/.exec(text)?.[1];
  return inner === undefined ? undefined : (/^\w+\(\s*"(.*)",?\s*\)$/s.exec(inner.trim())?.[1] ?? inner.trim());
}

export const anything = (text: string): string | undefined => (text === '' ? undefined : text);

const pastMedia = (direction: string, localToo: boolean): readonly string[] => [
  'media',
  'delete-past-remote-media',
  direction,
  ...(localToo ? ['--yes-i-want-to-delete-local-media'] : []),
];

/** An event in a fence of JSON, in whose strings no line can break. */
export function readPdu(text: string): Readonly<Record<string, unknown>> | undefined {
  const inner = fencedBelow(text, /^[^\n]*PDU[^\n]*$/);
  if (inner === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(inner);
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? { ...read } : undefined;
  } catch {
    return undefined;
  }
}

export const readDeletedFiles = whole(/Deleted (\d+) total files\./, (count) => Number(count));

function readMember(line: string): string | undefined {
  return /^(@\S+:\S+) \| .*$/.exec(line)?.[1];
}

function readTopic(text: string): string | undefined {
  if (envelopeOf(text) === 'Room does not have a room topic set.') return '';
  return fencedBelow(text, /^Room topic:$/);
}

function readAliases(text: string): readonly string[] | undefined {
  const [heading = '', ...lines] = text.split('\n');
  if (!/^Aliases for !\S+:$/.test(heading)) return undefined;
  return eachLine(lines, (line) => /^- (#\S+)$/.exec(line)?.[1]);
}

/** Some print the room and the alias each in the other's place. */
function readEveryAlias(text: string, serverName: string) {
  const [heading = '', ...lines] = text.split('\n');
  if (heading !== 'Aliases:') return undefined;
  return eachLine(lines, (line) => {
    const [, one = '', other = ''] = /^- `([^\s`]+)` -> #(\S+)$/.exec(line) ?? [];
    const tail = `:${serverName}`;
    if (one.startsWith('!') && other.endsWith(tail)) return { alias: `#${other}`, roomId: one };
    const bare = other.slice(0, -tail.length);
    return bare.startsWith('!') && other.endsWith(tail) ? { alias: `#${one}${tail}`, roomId: bare } : undefined;
  });
}

function readFileInfo(text: string): string | null | undefined {
  const lines = text.split('\n');
  if (lines[0] !== '```' || lines.at(-1) !== '```') return undefined;
  const inner = lines.slice(1, -1).join('\n');
  return /^(None|Err\([\s\S]*\))$/.test(inner.trim()) ? null : inner;
}

/** `{ "m.favourite": TagInfo { order: Some(0.5) } }`, as Rust prints it. */
function readTags(text: string): ReadonlyMap<string, number | undefined> | undefined {
  const lines = text.split('\n');
  if (lines[0] !== '```' || lines.at(-1) !== '```') return undefined;
  const inner = lines.slice(1, -1).join('\n').trim();
  if (!/^\{[\s\S]*\}$/.test(inner)) return undefined;
  const tags = new Map<string, number | undefined>();
  for (const [, shown = '', body = ''] of inner.matchAll(/^ {4}(\S.*?): TagInfo \{([\s\S]*?)^ {4}\},?$/gm)) {
    const order = /order: Some\(\s*([\d.]+),?\s*\)/.exec(body)?.[1];
    tags.set(tagName(shown), order === undefined ? undefined : Number(order));
  }
  return inner === '{}' || tags.size > 0 ? tags : undefined;
}

const knownTags: Readonly<Record<string, string>> = {
  Favorite: 'm.favourite',
  LowPriority: 'm.lowpriority',
  ServerNotice: 'm.server_notice',
};

function tagName(shown: string): string {
  const user = /"((?:[^"\\]|\\.)*)"/.exec(shown)?.[1];
  if (user === undefined) return knownTags[shown] ?? shown;
  return shown.startsWith('User(') || shown.startsWith('UserTagName') ? `u.${user.replace(/^u\./, '')}` : user;
}

const readMemory = (text: string): string | undefined =>
  /^Services:\n[\s\S]*\nDatabase:/.test(text) ? text : undefined;

const readFeatures = (text: string): string | undefined =>
  text.split('\n').every((line) => /^[✅❌]/u.test(line)) ? text : undefined;

function readAppservice(text: string): string | undefined {
  return /^Config for \S+:\n\n?```yaml\n([\s\S]*?)\n?```$/.exec(text)?.[1];
}

/** `Appservices (2): one, two`; of Palpo `["one", "two"]`. */
export function readAppservices(text: string): readonly string[] | undefined {
  const [, count, list = ''] = /^Appservices \((\d+)\):\s?(.*)$/.exec(text) ?? [];
  if (count === undefined) return undefined;
  const bare = /^\[(.*)\]$/.exec(list)?.[1]?.replaceAll('"', '') ?? list;
  const ids = bare === '' ? [] : bare.split(', ');
  // An id with a comma in it cannot be told from two.
  if (ids.length === Number(count)) return ids;
  throw new Problem(
    'unavailable',
    say`The homeserver says that it has ${Number(count)} appservices, and its list has ${ids.length}; an id in it holds a comma.`,
  );
}
