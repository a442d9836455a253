import { Problem } from '../../../core/problem.ts';
import { say } from '../../../core/text.ts';
import { readConduitFailure } from '../failure.ts';
import type { Order } from '../order.ts';
import { eachLine, exactly, sameUser, whole } from '../readers.ts';
import {
  counts,
  does,
  dump,
  type ExtraOrders,
  type Getters,
  getterOrder,
  linesOf,
  listing,
  prints,
  readSigned,
} from './extra-orders.ts';

/** What Conduit says where it finds no block. */
export const noBlock = /^Expected code block in command body\.(?: Add --help for details\.)?$/;

const notJson = [/^Invalid json: [\s\S]*$/, noBlock];
/** Of a list of users, of which one that it does not take makes it take none. */
export const notUsers = [
  noBlock,
  /^(?:The following (?:user ids are not valid|users are not from this server|users do not exist):\n```\n[^`]*```\s*)+$/,
];

const debugGetters: Getters = {
  'get-auth-chain': {
    takes: [1, 1],
    read: whole(/(Loaded auth chain with length \d+ in \S+)/, (said) => said),
    refusals: [/^Event not found\.$/],
  },
  'get-pdu': {
    takes: [1, 1],
    read: whole(/(PDU [^\n]+\n```json\n[\s\S]*\n```)/, (said) => said),
    refusals: [/^PDU not found\.$/],
  },
  'parse-pdu': {
    takes: [0, 0],
    lines: true,
    read: whole(/(EventId: Ok\([^\n]*\)\nPduEvent \{[\s\S]*\})/, (said) => said),
    refusals: [
      noBlock,
      /^Could not parse PDU JSON: [\s\S]*$/,
      /^Invalid json in command body: [\s\S]*$/,
      /^EventId: [^\n]*\nCould not parse event: [\s\S]*$/,
    ],
  },
  'verify-json': {
    takes: [0, 0],
    lines: true,
    // That a signature is false is an answer, too.
    read: whole(
      /(Signature correct(?: \(with expired keys\))?|Signature verification failed: [\s\S]*)/,
      (said) => said,
    ),
    refusals: notJson,
  },
};

/** What Conduit has beside what the others have too (texts from its source). Its `show-media` posts the file itself. */
export const conduitExtras: ExtraOrders = {
  'user deactivate-with-media': ({ user, leaveRooms, mediaFromLast, forceFilehash }) => ({
    ...counts(
      [
        'deactivate-user',
        ...(leaveRooms ? ['--leave-rooms'] : []),
        '--purge-media',
        ...lasting('--media-from-last', mediaFromLast),
        ...(forceFilehash ? ['--force-filehash'] : []),
      ],
      [user],
      whole(
        /User (@\S+) has been deactivated(?:, but (\d+) media failed to be purged, check the logs for more details)?/,
        (said, failed) => (sameUser(said, user) ? failed : undefined),
      ),
    ),
    refusals: [/^User @\S+ doesn't exist on this server$/, /^User @\S+ is not from this server$/],
  }),

  'media block-media': ({ files, andPurge, reason }) => ({
    ...does(
      ['block-media', ...(andPurge ? ['--and-purge'] : []), ...(reason === undefined ? [] : ['--reason'])],
      reason === undefined ? [] : [reason],
      orPartly('Successfully blocked media', /Failed to (?:block|purge) (\d+)(?:, and purge (\d+))? media/),
    ),
    block: files,
    refusals: [noBlock],
  }),
  'media block-media-from-users': ({ users, fromLast, reason }) => ({
    ...does(
      ['block-media-from-users', ...lasting('--from-last', fromLast), ...(reason === undefined ? [] : ['--reason'])],
      reason === undefined ? [] : [reason],
      orPartly('Successfully blocked media', /Failed to block (\d+) media/),
    ),
    block: users,
    refusals: notUsers,
  }),
  'media unblock-media': ({ files }) => ({
    ...does(['unblock-media'], [], orPartly('Successfully unblocked media', /Failed to unblock (\d+) media/)),
    block: files,
    refusals: [noBlock],
  }),
  'media list-blocked-media': () => prints(['list-blocked-media'], [], readBlocked),
  'media purge-media-from-users': ({ users, fromLast, forceFilehash }) => ({
    ...does(
      ['purge-media-from-users', ...purgeFlags(fromLast, forceFilehash)],
      [],
      orPartly('Successfully purged media', /Failed to purge (\d+) media/),
    ),
    block: users,
    refusals: notUsers,
  }),
  'media purge-media-from-server': ({ server, fromLast, forceFilehash }) =>
    does(
      ['purge-media-from-server', ...purgeFlags(fromLast, forceFilehash)],
      [server],
      orPartly(`Media from ${server} has successfully been purged`, /Failed to purge (\d+) media/),
    ),

  'federation incoming-federation': () =>
    prints(['incoming-federation'], [], listing(/^Handling (\d+) incoming pdus:$/, /^!\S+ \$\S+: \d+m\d+s$/, false)),
  'server sign-json': ({ json }) => ({
    ...prints(['sign-json'], [], readSigned),
    block: linesOf(json),
    refusals: notJson,
  }),
  'server hash-and-sign-event': ({ roomVersion, event }) => ({
    ...prints(['hash-and-sign-event'], [roomVersion], readSigned),
    block: linesOf(event),
    refusals: [...notJson, /^Invalid event: [\s\S]*$/],
  }),
  debug: (input) => getterOrder([], debugGetters, input, dump(readConduitFailure)),
};

/** A length of time of ours (ms), which needs no quoting among the flags. */
const lasting = (flag: string, ms: number | undefined): readonly string[] =>
  ms === undefined ? [] : [`${flag}=${Math.max(1, Math.round(ms / 1000))}s`];

const purgeFlags = (fromLast: number | undefined, forceFilehash: boolean): readonly string[] => [
  ...lasting('--from-last', fromLast),
  ...(forceFilehash ? ['--force-filehash'] : []),
];

/** A success, or how many files it did not succeed with: some may have been done. Throws Problem for these. */
function orPartly(success: string, failure: RegExp): Order<true>['read'] {
  const failed = whole(new RegExp(`${failure.source}, check logs for more details`), (...counted) =>
    counted.reduce((sum, one) => sum + Number(one), 0),
  );
  return (text) => {
    const count = failed(text);
    if (count !== undefined)
      throw new Problem(
        'rejected',
        say`The homeserver failed ${count === 1 ? 'once' : `${count} times`}: ${text}`,
        say`What else there was to do is done. Its log says why, and which files they are.`,
      );
    return exactly(success)(text);
  };
}

const blockedHeading = '| SHA256 hash | MXC URI | Time Blocked | Reason |\n| --- | --- | --- | --- |';

/** The reasons are anybody's words: with a line break in one, lines could be made up. */
function readBlocked(text: string): string | undefined {
  if (!text.startsWith(blockedHeading)) return undefined;
  const lines = text.slice(blockedHeading.length).split('\n').slice(1);
  return eachLine(lines, (line) => /^\| [0-9a-f]* \| mxc:\/\/[^\s|]+ \| [^|]* \| .* \|$/.exec(line)?.[0]) && text;
}
