import { aboutUser, eachLine, exactly, sameUser, whole } from '../readers.ts';
import { counts, does, type ExtraOrders, prints, valued } from './extra-orders.ts';
import { allOf, sameRoom } from './tuwunel-readers.ts';

/** Accounts. `create-jwt` and `query users password-hash` are left out: they are answered with secrets. */
export const tuwunelUsers = {
  'user add-email': ({ user, email }) =>
    does(['users', 'add-email'], [user, email], bound(/Bound email (\S+) to user (@\S+)\./, user, email)),
  'user del-email': ({ user, email }) =>
    does(['users', 'del-email'], [user, email], bound(/Removed email (\S+) from user (@\S+)\./, user, email)),
  'user last-active': ({ limit }) =>
    prints(['users', 'last-active', ...valued('--limit', limit?.toString())], [], (text) =>
      text === ''
        ? 'Nobody was seen yet.'
        : eachLine(text.split('\n'), (line) => /^\S+ (?:[0-9a-fA-F.:]+)? +\S+$/.exec(line)?.[0])?.join('\n'),
    ),
  'user erasure': ({ user }) =>
    prints(
      ['users', 'erasure'],
      [user],
      whole(/(@\S+) is (erased \(since count \d+\)|not erased)/, (said, state) =>
        sameUser(said ?? '', user) ? state : undefined,
      ),
    ),
  'user unerase': ({ user }) =>
    does(['users', 'unerase'], [user], aboutUser(/Cleared the erasure marker of (@\S+)/, user)),
  'user force-promote': ({ user, room }) =>
    counts(
      ['users', 'force-promote'],
      [user, room],
      whole(
        /User @\S+ promoted (@\S+) to (-?\d+) power level in (!\S+) - \$\S+/,
        (said = '', level = '', roomId = '') => (sameUser(said, user) && sameRoom(roomId, room) ? level : undefined),
      ),
    ),
  'user redact-recent': ({ user, room, count }) =>
    counts(
      ['users', 'redact-recent'],
      [user, room, String(count)],
      whole(
        /Redacted (\d+) of up to (\d+) messages from (@\S+) in (!\S+)\./,
        (redacted = '', most = '', said = '', roomId = '') =>
          Number(most) === count && sameUser(said, user) && sameRoom(roomId, room) ? redacted : undefined,
      ),
    ),
  'user set-profile-key': ({ user, key, value, clear, propagateTo }) =>
    does(
      ['users', 'set-profile-key', ...(clear ? ['--clear'] : []), ...valued('--propagate-to', propagateTo)],
      // There is no quoting: the words of a value are put together again there.
      [user, key, ...value.flatMap((words) => words.split(' '))],
      whole(/(Set|Cleared) profile key "(.*)" for (@\S+)/, (verb, said, whose = '') =>
        verb === (clear ? 'Cleared' : 'Set') && said === key && sameUser(whose, user) ? (true as const) : undefined,
      ),
    ),
  'user refresh-profile': ({ user }) =>
    counts(
      ['users', 'refresh-profile'],
      [user],
      whole(
        /Refreshed the profile of (@[^\s;]+); (?:no cached field was stale|removed (.+))\./,
        (said = '', removed) => (sameUser(said, user) ? removed : undefined),
      ),
    ),
  'user reject-all-invites': ({ user }) =>
    does(
      ['users', 'reject-invites'],
      [user],
      allOf(/Rejected (\d+) invite\(s\) for (@\S+)\. (\d+) failed\./, (done, said, failed) =>
        sameUser(said, user) ? { done, failed } : undefined,
      ),
    ),
  'query oauth revoke': ({ user }) => does(['query', 'oauth', 'revoke'], [user], exactly('revoked')),
  // Some print the name of what stands for the account.
  'query oauth delete': ({ user }) =>
    does(['query', 'oauth', 'delete', '--force'], [user], (text) =>
      text === 'deleted any oauth state for {id}' ? true : aboutUser(/deleted any oauth state for (@\S+)/, user)(text),
    ),
} satisfies ExtraOrders;

function bound(pattern: RegExp, userId: string, address: string) {
  return whole(pattern, (said = '', whose = '') =>
    said.toLowerCase() === address && sameUser(whose, userId) ? (true as const) : undefined,
  );
}
