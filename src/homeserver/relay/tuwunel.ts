import { commandLine, say } from '../../core/text.ts';
import { conduwuitLine } from './conduwuit-line.ts';
import type { Dialect } from './dialect.ts';
import { tuwunelExtras } from './extras/tuwunel.ts';
import { readEnvelope } from './failure.ts';
import { exactly } from './readers.ts';
import { readIssued, readTokens } from './token-words.ts';

/** tuwunel 1.9 (reference, section 1.3). */
export function tuwunel(serverName: string): Dialect {
  const { topic: _, deleteBefore, deleteAfter, ...line } = conduwuitLine(serverName);
  const locking = say`${commandLine('user deactivate …')} closes an account; its admin API over HTTP (${'"type": "synapse"'}) can do more.`;
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
      'users.logOut': say`Its room ends sessions only by name: ${commandLine('native users delete-device …')}`,
      'users.devices': say`Its admin API over HTTP (${'"type": "synapse"'}) lists them.`,
      'rooms.topic': say`${commandLine('native rooms info …')} shows it.`,
      'deletions.start': say`${commandLine('room moderation ban-room …')} takes everybody of this server out of a room.`,
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
