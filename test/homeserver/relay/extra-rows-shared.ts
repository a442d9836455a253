import type { ExtraRow } from './extra-rows.ts';

const meta = (bytes: number) => `\`\`\`
FileMeta {
    content: Some(
        [],
    ),
    content_type: Some(
        "image/png",
    ),
    content_disposition: None,
}
received ${bytes} bytes for file content.
\`\`\``;

const timedOut = 'Failed to fetch media from specified server: request timed out';
const forged = 'received 1 bytes for file content.\n```';

/** What continuwuity and tuwunel have in common. */
export const sharedRows: readonly ExtraRow[] = [
  {
    typed: 'federation incoming-federation',
    sent: 'federation incoming-federation',
    says: 'Handling 1 incoming PDUs across 2 active transactions:\n!abc:y.org $def: 1m12s',
    shows: '!abc:y.org $def: 1m12s',
    not: ['Handling 1 incoming PDUs across 2 active transactions:\n!abc:y.org $def: 1m12s\n!x:y.org $y: 0m0s'],
  },
  {
    typed: 'federation incoming-federation',
    sent: 'federation incoming-federation',
    says: 'Handling 0 incoming pdus:',
    shows: 'Handling 0',
  },
  {
    typed: 'check check-all-users',
    sent: 'check check-all-users',
    says: 'Database query completed in 1.234567ms:\n\n```\nTotal entries: 12\nFailure/Invalid user count: 0\nSuccess/Valid user count: 12\n```',
    shows: 'Total entries: 12',
    not: ['Database query completed in 1.2µs:'],
  },
  { typed: 'server uptime', sent: 'server uptime', says: '3 days.', shows: '3 days' },
  { typed: 'server uptime', sent: 'server uptime', says: '1.52 hours.', shows: '1.52 hours', not: ['Hello.'] },
  {
    typed: 'server backup-database',
    sent: 'server backup-database',
    says: 'Done. Currently have 3 backups.',
    shows: '3 backups',
    refuses: 'database_backup_path: Configure path to enable backups',
    not: [
      'Failed: IO error: No space left on device. Currently have 2 backups.',
      // It is told to keep none.
      'Done. Currently have 0 backups.',
    ],
  },
  {
    typed: 'server list-backups',
    sent: 'server list-backups',
    says: '#1 Fri, 20 Nov 2026 10:00:00 +0000: 5120 bytes, 4 files\n#2 Sat, 21 Nov 2026 10:00:00 +0000: 5120 bytes, 4 files',
    shows: '#2 Sat',
  },
  {
    typed: 'server list-backups',
    sent: 'server list-backups',
    says: 'Command failed with error:\n```\nNo backups found.\n```',
    shows: 'No backups found.',
    refuses: 'database_backup_path: Configure path to enable backups',
  },
  {
    typed: 'media delete-all-from-server spam.example',
    sent: 'media delete-all-from-server spam.example',
    says: 'Deleted 1234 total files.',
    shows: '1,234 files',
    refuses: 'This command only works for remote media by default.',
  },
  {
    typed: 'media delete-all-from-server x.org --yes-i-want-to-delete-local-media',
    sent: 'media delete-all-from-server --yes-i-want-to-delete-local-media x.org',
    says: 'Deleted 1 total files.',
    shows: '1 file ',
  },
  {
    typed: 'media get-remote-file mxc://y.org/abc',
    sent: 'media get-remote-file --timeout=10000 mxc://y.org/abc',
    says: meta(2048),
    shows: '2,048 bytes',
    refuses: timedOut,
    not: [forged],
  },
  {
    typed: 'media get-remote-file mxc://y.org/abc -s z.org -t 500',
    sent: 'media get-remote-file --timeout=500 --server z.org mxc://y.org/abc',
    says: meta(1),
    shows: '1 byte.',
  },
  {
    typed: 'media get-remote-thumbnail mxc://y.org/abc --width 64 --height 32',
    sent: 'media get-remote-thumbnail --timeout=10000 --width=64 --height=32 mxc://y.org/abc',
    says: meta(99),
    shows: '99 bytes',
    refuses: timedOut,
  },
  {
    typed: 'debug change-log-level warn,conduwuit=debug',
    sent: 'debug change-log-level warn,conduwuit=debug',
    says: 'Successfully changed log level',
    shows: 'logs by',
    refuses: 'Invalid log level filter specified: invalid filter directive',
    not: ['Successfully changed log level back to config value info'],
  },
  {
    typed: 'debug change-log-level --reset',
    sent: 'debug change-log-level --reset',
    says: 'Successfully changed log level back to config value info',
    shows: 'what its configuration says',
  },
  {
    typed: 'debug force-device-list-updates',
    sent: 'debug force-device-list-updates',
    says: 'Marked all devices for all users as having new keys to update',
    shows: 'marked as having new keys',
  },
  { typed: 'debug trim-memory', sent: 'debug trim-memory', says: 'done', shows: 'given unused memory back' },
  {
    typed: 'server reload-mods',
    sent: 'server reload-mods',
    says: 'Reloading server...',
    shows: 'begins to load',
    refuses: 'Reloading not enabled',
    not: ['(TODO) Reloading server...'],
  },
  {
    typed: "debug get-remote-pdu '$abc' y.org",
    sent: 'debug get-remote-pdu $abc y.org',
    says: 'Got PDU from specified server:. Event body:\n```json\n{\n  "type": "m.room.message"\n}\n```',
    shows: 'm.room.message',
    refuses: 'Remote server did not have PDU or failed sending request to remote server: M_NOT_FOUND',
    not: ['Got PDU from specified server:. Event body:'],
  },
  {
    typed: "debug get-remote-pdu '$abc' y.org",
    sent: 'debug get-remote-pdu $abc y.org',
    says: 'Got PDU from specified server and handled as backfilled. Event body:\n```json\n{}\n```',
    shows: 'has sent',
  },
  {
    typed: 'debug get-remote-pdu-list y.org --force\n$abc\n$def',
    sent: 'debug get-remote-pdu-list --force y.org\n```\n$abc\n$def\n```',
    says: 'Got PDU from specified server:. Event body:\n```json\n{}\n```Fetched 1 remote PDUs successfully with 1 failures',
    shows: '1 fetched, 1 not',
    refuses: 'Federation is disabled on this homeserver.',
  },
  {
    typed: 'debug get-remote-pdu-list y.org\n$abc',
    sent: 'debug get-remote-pdu-list y.org\n```\n$abc\n```',
    says: 'Fetched 0 remote PDUs successfully with 0 failures',
    shows: '0 fetched',
  },
];
