import { localpartOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import { conduwuitLine } from './conduwuit-line.ts';
import type { Dialect, SaidPassword, TokenOrder } from './dialect.ts';
import { continuwuityExtras } from './extras/continuwuity.ts';
import { readEnvelope } from './failure.ts';
import { aboutUser, exactly } from './readers.ts';
import { readIssued, readTokens } from './token-words.ts';

/** continuwuity, from the versions called 0.5 to 26.8 (reference, sections 1.1 and 1.3). */
export function continuwuity(serverName: string): Dialect {
  const line = conduwuitLine(serverName);
  const failing = say`${commandLine('debug servers-in-backoff')} lists the servers that cannot be reached.`;
  const email = say`${commandLine('user change-email …')} does.`;
  const deleting = say`${commandLine('media delete-media --mxc …')} deletes a file, also another server's.`;
  return {
    name: 'continuwuity',
    serverLocalpart: 'conduit',
    prefix: () => '!admin',
    quoting: 'none',
    answers: 'reply',
    splits: false,
    readFailure: readEnvelope,
    pages: true,
    listsOnlyOpen: true,
    resetPassword: 'given',
    deactivatesInPlace: true,
    deletesRemoteFiles: true,
    probe: ['debug', 'echo', 'castellan'],
    acts: {
      ...line,
      resetPassword: (userId, password, endSessions) => {
        const order = line.resetPassword(userId, password);
        return endSessions ? { ...order, words: [...order.words, '--logout'] } : order;
      },
      // It says nothing when it has done that: whoever asks has to look.
      reactivate: (userId, password) => ({
        words: ['users', 'reset-password', '--convert-to-local-account'],
        args: [localpartOf(userId), password],
        writes: true,
        secret: true,
        read: (text): SaidPassword | undefined =>
          text === '' || text === 'All existing sessions have been logged out.'
            ? { userId, password, sessionsEnded: text !== '' }
            : line.resetPassword(userId, password).read(text),
      }),
      setSuspended: (userId, suspended) => ({
        words: ['users', suspended ? 'suspend' : 'unsuspend'],
        args: [userId],
        writes: true,
        read: aboutUser(suspended ? /User (@\S+) has been suspended\./ : /User (@\S+) has been unsuspended\./, userId),
      }),
      setLocked: (userId, locked) => ({
        words: ['users', locked ? 'lock' : 'unlock'],
        args: [userId],
        writes: true,
        read: aboutUser(locked ? /User (@\S+) has been locked\./ : /User (@\S+) has been unlocked\./, userId),
      }),
      logOut: (userId) => ({
        words: ['users', 'logout'],
        args: [userId],
        writes: true,
        read: aboutUser(/User (@\S+) has been logged out from all devices\./, userId),
      }),
      issueToken: (limits) => ({
        words: ['token', 'issue', ...oneLimit(limits)],
        args: limitArgs(limits),
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
    extras: continuwuityExtras,
    instead: {
      'users.list': say`It lists open accounts only.`,
      'users.devices': say`${commandLine('query users list-devices-metadata …')} lists them, and ${commandLine('user logout …')} ends all sessions of an account at once.`,
      'users.findByThreepid': say`${commandLine('user get-user-by-email …')} knows whose a mail address is.`,
      'users.removeThreepids': say`${commandLine('user change-email …')} takes a mail address away.`,
      'federation.destinations': failing,
      'federation.destination': failing,
      'federation.destinationRooms': say`${commandLine('query room-state-cache server-rooms …')} lists the rooms that a server is in.`,
      'federation.reset': say`${commandLine('query resolver flush-cache …')} lets it look up anew where a server is.`,
      'roomData.state': say`${commandLine('debug get-room-state …')} prints it.`,
      'roomData.messages': say`${commandLine('query room-timeline pdus …')} prints the latest events.`,
      'roomData.forwardExtremities': say`${commandLine('debug rooms-by-extremity-count')} counts them.`,
      'deletions.start': say`${commandLine('room moderation ban-room …')} takes everybody of this server out of a room.`,
      'files.setQuarantined': deleting,
      'extras.user add-email': email,
      'extras.user del-email': email,
      'extras.media block-media': deleting,
      'extras.media block-media-from-users': say`${commandLine('user delete-media …')} deletes what an account uploaded.`,
      'extras.media purge-media-from-users': say`${commandLine('user delete-media …')} does.`,
      'extras.media purge-media-from-server': say`${commandLine('media delete-all-from-server …')} does.`,
      'extras.user deactivate-with-media': say`${commandLine('user deactivate …')}, and ${commandLine('user delete-media …')}.`,
      'extras.user redact-recent': say`${commandLine('user redact-event …')} takes one message back.`,
      'extras.room info': say`${commandLine('room details …')}, and ${commandLine('debug get-room-state …')}.`,
      'extras.room list-extremities': say`${commandLine('debug rooms-by-extremity-count')} counts them.`,
    },
  };
}

function oneLimit({ uses, maxAge }: TokenOrder): readonly string[] {
  if (uses !== undefined && maxAge !== undefined)
    throw new Problem(
      'unsupported',
      say`continuwuity limits a registration token by its uses or by its age, not by both. Nothing was made.`,
      say`Give ${code('--uses')} or ${code('--max-age')} alone.`,
    );
  if (uses === 1) return ['--once'];
  if (uses !== undefined) return ['--max-uses'];
  return [maxAge === undefined ? '--immortal' : '--max-age'];
}

function limitArgs({ uses, maxAge }: TokenOrder): readonly string[] {
  if (uses !== undefined) return uses === 1 ? [] : [String(uses)];
  return maxAge === undefined ? [] : [`${maxAge}s`];
}
