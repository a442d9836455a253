import { commandLine, say } from '../../core/text.ts';
import { conduwuitLine } from './conduwuit-line.ts';
import type { Dialect } from './dialect.ts';
import { tuwunelExtras } from './extras/tuwunel.ts';
import { readEnvelope } from './failure.ts';
import { aboutUser, exactly, sameUser, whole } from './readers.ts';
import { readDeviceIds } from './rust-strings.ts';
import { readIssued, readTokens } from './token-words.ts';

/** tuwunel 1.9 (reference, section 1.3). */
export function tuwunel(serverName: string): Dialect {
  const { topic: _, deleteBefore, deleteAfter, ...line } = conduwuitLine(serverName);
  const locking = say`${commandLine('user deactivate …')} closes an account; its admin API over HTTP (${'"type": "synapse"'}) can do more.`;
  const mail = say`${commandLine('query threepid get-bindings …')} tells.`;
  const deleting = say`${commandLine('media delete-media --mxc …')} deletes a file, also another server's.`;
  return {
    name: 'tuwunel',
    serverLocalpart: 'conduit',
    prefix: () => '!admin',
    quoting: 'none',
    answers: 'reply',
    splits: true,
    readFailure: readEnvelope,
    pages: true,
    listsOnlyOpen: true,
    resetPassword: 'given',
    deactivatesInPlace: true,
    deletesRemoteFiles: true,
    probe: ['debug', 'echo', 'castellan'],
    acts: {
      ...line,
      members: (roomId) => ({ ...line.members(roomId), words: ['rooms', 'list-joined-members'] }),
      deleteBefore: (seconds, localToo) => ({
        ...deleteBefore(seconds, localToo),
        words: range('--older-than', localToo),
      }),
      deleteAfter: (seconds, localToo) => ({
        ...deleteAfter(seconds, localToo),
        words: range('--newer-than', localToo),
      }),
      devices: (userId) => ({
        words: ['query', 'users', 'list-devices'],
        args: [userId],
        writes: false,
        read: readDeviceIds,
      }),
      deleteDevice: (userId, deviceId) => ({
        words: ['users', 'delete-device'],
        args: [userId, deviceId],
        writes: true,
        read: whole(/User (@\S+)'s device (\S+) removed\./, (said = '', device) =>
          sameUser(said, userId) && device === deviceId ? true : undefined,
        ),
      }),
      revokeAdmin: (userId) => ({
        words: ['users', 'revoke-admin'],
        args: [userId],
        writes: true,
        read: aboutUser(/(@\S+) is no longer an admin\./, userId),
      }),
      deleteRoom: (roomId, force) => ({
        words: ['rooms', 'delete', ...(force ? ['--force'] : [])],
        args: [roomId],
        writes: true,
        read: exactly('Successfully deleted the room from our database.'),
      }),
      issueToken: ({ uses, maxAge }) => ({
        words: ['token', 'issue', ...limits(uses, maxAge)],
        writes: true,
        secret: true,
        read: readIssued,
      }),
      listTokens: () => ({ words: ['token', 'list'], writes: false, secret: true, read: readTokens }),
      revokeToken: (token) => ({
        words: ['token', 'revoke'],
        args: [token],
        writes: true,
        secret: true,
        read: exactly('Token revoked successfully.'),
      }),
    },
    extras: tuwunelExtras,
    instead: {
      'extras.media block-media': deleting,
      'extras.media block-media-from-users': say`${commandLine('user delete-media …')} deletes what an account uploaded.`,
      'extras.media purge-media-from-users': say`${commandLine('user delete-media …')} does.`,
      'extras.media purge-media-from-server': say`${commandLine('media delete-all-from-server …')} does.`,
      'extras.user deactivate-with-media': say`${commandLine('user deactivate …')}, and ${commandLine('user delete-media …')}.`,
      'users.setSuspended': locking,
      'users.setLocked': locking,
      'rooms.topic': say`${commandLine('room info …')} shows it.`,
      'roomData.forwardExtremities': say`${commandLine('room list-extremities …')} lists them.`,
      'extras.user get-email': mail,
      'extras.user get-user-by-email': say`${commandLine('query threepid user-id-for-email …')} tells.`,
      'extras.user change-email': say`${commandLine('user add-email …')} and ${commandLine('user del-email …')} do.`,
      'extras.user disable-login': locking,
      'extras.server hash-and-sign-event': say`${commandLine('server sign-json')} signs any JSON.`,
      'rooms.setBlocked': say`${commandLine('room moderation ban-room …')} keeps everybody of this server out of a room.`,
      'deletions.remains': say`${commandLine('room prune-empty')} deletes them all at once, without telling which before.`,
      'files.setQuarantined': deleting,
    },
  };
}

const range = (direction: string, localToo: boolean): readonly string[] => [
  'media',
  'delete-range',
  direction,
  ...(localToo ? ['--yes-i-want-to-delete-local-media'] : []),
];

/** Numbers of ours, which need no quoting among the flags. */
const limits = (uses: number | undefined, maxAge: number | undefined): readonly string[] => [
  ...(uses === undefined ? [] : [`--max-uses=${uses}`]),
  ...(maxAge === undefined ? [] : [`--max-age=${maxAge}s`]),
];
