import { localpartOf } from '../../core/ids.ts';
import { commandLine, say } from '../../core/text.ts';
import { readConduitFile } from './conduit-file.ts';
import { anything, readAppservices, readPdu } from './conduwuit-line.ts';
import type { Dialect, MediaLine } from './dialect.ts';
import { conduitExtras, noBlock, notUsers } from './extras/conduit.ts';
import { readConduitFailure } from './failure.ts';
import type { Order } from './order.ts';
import { aboutUser, countedLines, eachLine, exactly, type RoomLine, readUserId, sameUser, whole } from './readers.ts';

const notThere = [
  /^The specified user does not exist!$/,
  /^The specified user is not from this server!$/,
  /^User @\S+ doesn't exist on this server$/,
  /^User @\S+ is not from this server$/,
];
const badName = [
  /^The supplied username is not a valid username: [^\n]*$/,
  /^Userid @\S+ is not allowed due to historical$/,
  /^Userid @\S+ already exists$/,
];
/** Conduit 0.10 (reference, section 1.2; texts from its source): plain sentences, and no word of which command they answer. */
export function conduit(_serverName: string): Dialect {
  const order = <Value>(
    writes: boolean,
    words: readonly string[],
    args: readonly string[],
    read: Order<Value>['read'],
    refusals: readonly RegExp[] = [],
  ): Order<Value> => ({ words, args, writes, read, refusals });
  const passwordOf = (pattern: RegExp, userId: string, asked: string | undefined) =>
    whole(pattern, (user = '', password = '') =>
      sameUser(user, userId) && (asked === undefined || asked === password)
        ? { userId, password, sessionsEnded: false }
        : undefined,
    );
  const reset = (userId: string) => ({
    ...order(
      true,
      ['reset-password'],
      [localpartOf(userId)],
      passwordOf(/Successfully reset the password for user (@\S+): (\S+)/, userId, undefined),
      [...notThere, ...badName, /^Couldn't reset the password for user [^\n]*$/],
    ),
    secret: true as const,
  });
  const missing = say`Conduit has no such thing; ${commandLine('user deactivate …')} closes an account, ${commandLine('user reset-password …')} opens it again.`;
  const rooms = say`Conduit has no such thing; ${commandLine('federation disable-room …')} keeps other servers out of a room.`;
  return {
    name: 'Conduit',
    serverLocalpart: 'conduit',
    prefix: (serverUser) => `${serverUser}:`,
    quoting: 'shell',
    answers: 'order',
    splits: false,
    readFailure: readConduitFailure,
    pages: false,
    listsOnlyOpen: true,
    resetPassword: 'own',
    deactivatesInPlace: true,
    deletesRemoteFiles: true,
    probe: ['memory-usage'],
    acts: {
      listUsers: () =>
        order(false, ['list-local-users'], [], (text) =>
          eachLine(countedLines(text, /^Found (\d+) local user account\(s\):$/, false), readUserId),
        ),
      createUser: (userId, password) => ({
        ...order(
          true,
          ['create-user'],
          [localpartOf(userId), password],
          passwordOf(/Created user with user_id: (@\S+) and password: ([^\n]+)/, userId, password),
          [...badName, ...notThere],
        ),
        secret: true,
      }),
      resetPassword: reset,
      // A reset opens a closed account again.
      reactivate: reset,
      deactivate: (userId, keepRooms) =>
        order(
          true,
          ['deactivate-user', ...(keepRooms ? [] : ['--leave-rooms'])],
          [userId],
          aboutUser(
            /User (@\S+) has been deactivated(?:, but \d+ media failed to be purged, check the logs[^\n]*)?/,
            userId,
          ),
          notThere,
        ),
      event: (eventId) =>
        order(false, ['get-pdu'], [eventId], (text) => (text === 'PDU not found.' ? null : readPdu(text))),
      listRooms: () => order(false, ['list-rooms'], [], readRooms),
      removeAlias: (alias) =>
        order(true, ['remove-alias'], [alias], exactly('Alias removed successfully'), [
          /^No such alias exists$/,
          /^Cannot remove alias which is not from this server$/,
        ]),
      setDisabled: (roomId, disabled) =>
        order(
          true,
          [disabled ? 'disable-room' : 'enable-room'],
          [roomId],
          exactly(disabled ? 'Room disabled.' : 'Room enabled.'),
        ),
      deleteFile: (mxc) => ({
        ...order(true, ['purge-media'], [], exactly('Successfully purged media'), [
          /^Failed to delete \d+ media, check logs for more details$/,
          noBlock,
        ]),
        block: [mxc],
      }),
      fileInfo: (mxc) => order(false, ['query-media'], [mxc], readConduitFile, [/^Invalid media MXC$/]),
      setBlockedFile: (mxc, blocked) => ({
        ...order(
          true,
          [blocked ? 'block-media' : 'unblock-media'],
          [],
          exactly(blocked ? 'Successfully blocked media' : 'Successfully unblocked media'),
          [/^Failed to (un)?block \d+ media, check logs for more details$/, noBlock],
        ),
        block: [mxc],
      }),
      deleteOfUser: (userId) => ({
        ...order(
          true,
          ['purge-media-from-users'],
          [],
          (text) => (text === 'Successfully purged media' ? ('untold' as const) : undefined),
          [/^Failed to purge \d+ media, check logs for more details$/, ...notUsers],
        ),
        block: [userId],
      }),
      listMedia: (userId) => order(false, ['list-media', '--user'], [userId], readMedia),
      showConfig: () => ({ ...order(false, ['show-config'], [], anything), secret: true }),
      memoryUsage: () =>
        order(false, ['memory-usage'], [], (text) => (/^Services:\n[\s\S]*\nDatabase:/.test(text) ? text : undefined)),
      clearCaches: (which, amount) => [
        order(
          true,
          [which === 'database' ? 'clear-database-caches' : 'clear-service-caches'],
          [String(amount)],
          exactly('Done.'),
        ),
      ],
      registration: () =>
        order(false, ['allow-registration'], [], whole(/Registration is currently (enabled|disabled)/, isOn)),
      setRegistration: (open) =>
        order(true, ['allow-registration'], [String(open)], (text) => {
          const now = whole(/Registration is now (enabled|disabled)/, isOn)(text);
          return now === open ? now : undefined;
        }),
      registerAppservice: (yaml) => ({
        ...order(
          true,
          ['register-appservice'],
          [],
          whole(/Appservice registered with ID: (\S+?)\.?/, (id) => id),
          [/^Failed to register appservice: [\s\S]*$/, /^Could not parse appservice config: [\s\S]*$/, noBlock],
        ),
        block: yaml,
        secret: true,
      }),
      unregisterAppservice: (id) =>
        order(true, ['unregister-appservice'], [id], exactly('Appservice unregistered.'), [
          /^Failed to unregister appservice: [\s\S]*$/,
        ]),
      listAppservices: () => order(false, ['list-appservices'], [], readAppservices, [/^Failed to get appservices\.$/]),
    },
    extras: conduitExtras,
    instead: {
      'users.setSuspended': missing,
      'users.setLocked': missing,
      'users.logOut': missing,
      'users.devices': missing,
      'rooms.ban': rooms,
      'rooms.setBlocked': rooms,
      'rooms.members': say`Conduit does not tell who is in a room; ${commandLine('room list-rooms')} says how many.`,
      'tokens.issue': say`Conduit's only token stands in its configuration; ${commandLine('native allow-registration true')} opens registration until its next restart.`,
      'deletions.start': rooms,
      'extras.media delete-all-from-server': say`${commandLine('media purge-media-from-server …')} does.`,
      'extras.user disable-login': missing,
      'extras.query': say`${commandLine('debug …')} has what it can be asked.`,
      'users.joinedRooms': say`Conduit does not tell in which rooms an account is.`,
    },
  };
}

const isOn = (said = ''): boolean => said === 'enabled';

/** Ids have a server in them here: a line without one is somebody's line break. */
function readRooms(text: string): readonly RoomLine[] | undefined {
  const [heading = '', ...lines] = text.split('\n');
  if (heading !== 'Rooms:') return undefined;
  return eachLine(lines, (line) => {
    const [, roomId, members] = /^(!\S+:[A-Za-z0-9.:[\]-]+)\tMembers: (\d+)$/.exec(line) ?? [];
    return roomId === undefined ? undefined : { roomId, members: Number(members), name: null };
  });
}

const mediaHeading =
  '| MXC URI | Dimensions (if thumbnail) | Created/Downloaded at | Uploader | Content-Type | Filename | Size |';

/** The names of files are their uploaders' words: with a line break in one, lines could be made up. */
function readMedia(text: string): readonly MediaLine[] | undefined {
  const [heading, ruler, ...lines] = text.split('\n');
  if (heading !== mediaHeading || !/^(\| --- )+\|$/.test(ruler ?? '')) return undefined;
  return eachLine(lines, (line) => {
    const cells = /^\| (mxc:\/\/[^\s|]+) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*) \| (.*?) \|$/.exec(line);
    if (cells === null) return undefined;
    const [, mxc = '', , created = '', user = '', type = '', name = '', size = ''] = cells;
    const at = Date.parse(created);
    const filled = (cell: string) => (cell.trim() === '' ? null : cell.trim());
    return {
      mxc,
      createdAt: Number.isNaN(at) ? undefined : at,
      userId: filled(user),
      type: filled(type),
      name: filled(name),
      size: filled(size),
    };
  });
}
