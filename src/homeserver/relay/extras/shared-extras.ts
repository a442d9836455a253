import { Problem } from '../../../core/problem.ts';
import { code, say } from '../../../core/text.ts';
import type { ExtraInputs } from '../../extras.ts';
import { readDeletedFiles } from '../conduwuit-line.ts';
import { exactly, fencedBelow, whole } from '../readers.ts';
import { counts, does, type ExtraOrders, itself, listing, orNone, prints } from './extra-orders.ts';

/** What continuwuity and tuwunel have in common beside what all have (texts from continuwuity's source). */
export const sharedExtras = {
  'federation incoming-federation': () =>
    prints(
      ['federation', 'incoming-federation'],
      [],
      listing(
        /^Handling (\d+) incoming (?:pdus|PDUs across \d+ active transactions):$/,
        /^!\S+ \$\S+: \d+m\d+s$/,
        false,
      ),
    ),
  'server uptime': () =>
    prints(
      ['server', 'uptime'],
      [],
      whole(/(\d+(?:\.\d+)? (?:day|hour|minute|second|millisecond|microsecond|nanosecond)s?)\./, (said) => said),
    ),
  'server backup-database': () => ({
    ...counts(['server', 'backup-database'], [], readBackups),
    refusals: [/^Failed: [\s\S]*\. Currently have \d+ backups\.$/],
  }),
  'server list-backups': () =>
    prints(
      ['server', 'list-backups'],
      [],
      // Some print them without any line break between.
      orNone(itself(whole(/(?:#\d+ [^\n#]+: \d+ bytes, \d+ files\n?)+/, () => true)), 'No backups found.'),
    ),
  'check check-all-users': () =>
    prints(
      ['check', 'check-all-users'],
      [],
      itself(
        whole(
          /Database query completed in [\d.]+\S{1,3}:\n\n```\nTotal entries: \d+\nFailure\/Invalid user count: \d+\nSuccess\/Valid user count: \d+\n```/,
          () => true,
        ),
      ),
    ),
  'server reload-mods': () => does(['server', 'reload-mods'], [], exactly('Reloading server...')),
  'media delete-all-from-server': ({ server, yesIWantToDeleteLocalMedia: local }) =>
    counts(
      ['media', 'delete-all-from-server', ...(local ? ['--yes-i-want-to-delete-local-media'] : [])],
      [server],
      (text) => readDeletedFiles(text)?.toString(),
    ),
  'media get-remote-file': (input) => fetched('get-remote-file', input, []),
  'media get-remote-thumbnail': ({ width, height, ...input }) =>
    fetched('get-remote-thumbnail', input, [`--width=${width}`, `--height=${height}`]),
  'debug change-log-level': ({ filter, reset }) =>
    does(
      ['debug', 'change-log-level', ...(reset ? ['--reset'] : [])],
      filter === undefined ? [] : [filter],
      reset
        ? whole(/Successfully changed log level back to config value .+/, () => true)
        : exactly('Successfully changed log level'),
    ),
  'debug force-device-list-updates': () =>
    does(
      ['debug', 'force-device-list-updates'],
      [],
      exactly('Marked all devices for all users as having new keys to update'),
    ),
  'debug get-remote-pdu': ({ eventId, server }) =>
    counts(
      ['debug', 'get-remote-pdu'],
      [eventId, server],
      itself((text) =>
        fencedBelow(text, /^Got PDU from specified server(?: and handled as backfilled|:)\. Event body:$/),
      ),
    ),
  'debug get-remote-pdu-list': ({ server, eventIds, force }) => ({
    ...counts(
      ['debug', 'get-remote-pdu-list', ...(force ? ['--force'] : [])],
      [server],
      // All events stand before it, in whose JSON no line can break.
      whole(
        /(?:Got PDU from specified server[\s\S]*\n```\n?)?Fetched (\d+) remote PDUs successfully with (\d+) failures/,
        (fetched, failed) => `${fetched} fetched, ${failed} not`,
      ),
    ),
    block: eventIds,
  }),
  'debug trim-memory': () => does(['debug', 'trim-memory'], [], exactly('done')),
} satisfies ExtraOrders;

function fetched(
  command: string,
  { mxc, server, timeout }: ExtraInputs['media get-remote-file'],
  flags: readonly string[],
) {
  return counts(
    ['media', command, `--timeout=${timeout}`, ...flags, ...(server === undefined ? [] : ['--server'])],
    [...(server === undefined ? [] : [server]), mxc],
    whole(/```\n[\s\S]+\nreceived (\d+) bytes for file content\.\n```/, (bytes) => bytes),
  );
}

/** It also says "Done" where it is told to keep none. */
const readBackups = whole(/Done\. Currently have (\d+) backups\./, (count) => {
  if (count !== '0') return count;
  throw new Problem(
    'rejected',
    say`The homeserver has no backup afterwards: its ${code('database_backups_to_keep')} tells it to keep none.`,
    say`Set that to 1 or more in its configuration.`,
  );
});
