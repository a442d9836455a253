import type { ExtraRow } from './extra-rows.ts';
import { sharedRows } from './extra-rows-shared.ts';

const alice = '@alice:x.org';
const room = '!a:x.org';

const info = (roomId: string, topic: string) => `\`\`\`
Room information for ${roomId}

Room version: 11

Name: Lobby
Topic: 
${topic}

Aliases:
  Canonical: none
  Alternative:
    none
  Local unlisted:
    none

Admins (power level >= 50):
  - ${alice} (100)
\`\`\``;

/** What tuwunel has beside the others. */
export const tuwunelRows: readonly ExtraRow[] = [
  // It says to what the level was changed.
  ...sharedRows.filter(({ typed }) => !typed.startsWith('debug change-log-level')),
  {
    typed: 'debug change-log-level debug',
    sent: 'debug change-log-level debug',
    says: 'Successfully changed log level to debug',
    shows: 'It logs by `debug`',
    refuses: 'Invalid log level filter specified: invalid filter directive',
    not: ['Successfully changed log level to info'],
  },
  {
    typed: 'debug change-log-level debug',
    sent: 'debug change-log-level debug',
    says: 'Successfully changed log level',
    shows: 'It logs by `debug`',
  },
  {
    typed: 'debug change-log-level --reset',
    sent: 'debug change-log-level --reset',
    says: 'Successfully changed log level to info',
    shows: 'what its configuration says',
  },
  {
    typed: 'federation incoming-federation',
    sent: 'federation incoming-federation',
    says: `2 prev walks in flight.

| room | event | origin | phase | elapsed | fetch | prevs | capped |
| :--- | :--- | :--- | :--- | ---: | ---: | ---: | :--- |
| ${room} | $one | y.org | fetch | 1.2s | | | |
| ${room} | $two | y.org | walk | 14.03s | 850ms | 37 | yes |

1 room holding the federation lock with no walk.

| room |
| :--- |
| !idle:x.org |
`,
    shows: '!idle:x.org',
    not: [
      '0 prev walks in flight.\n\n0 rooms holding the federation lock with no walk.\n\nAll is well.',
      '1 prev walk in flight.\n\n0 rooms holding the federation lock with no walk.',
    ],
  },
  {
    typed: 'federation incoming-federation',
    sent: 'federation incoming-federation',
    says: '0 prev walks in flight.\n\n0 rooms holding the federation lock with no walk.',
    shows: '0 prev walks',
  },
  {
    typed: 'user add-email alice Alice@Y.org',
    sent: `users add-email ${alice} alice@y.org`,
    says: `Bound email alice@y.org to user ${alice}.`,
    shows: 'has the mail address alice@y.org now',
    refuses: 'Email alice@y.org is already bound to another user.',
    not: [`Bound email bob@y.org to user ${alice}.`, 'Bound email alice@y.org to user @bob:x.org.'],
  },
  {
    typed: 'user del-email alice alice@y.org',
    sent: `users del-email ${alice} alice@y.org`,
    says: `Removed email alice@y.org from user ${alice}.`,
    shows: 'does not have the mail address alice@y.org',
    refuses: 'User "@alice:y.org" does not belong to our server.',
    not: ['Removed email alice@y.org from user @bob:x.org.'],
  },
  {
    typed: 'user last-active',
    sent: 'users last-active',
    says: '2026-11-21T10:00:00.000 192.0.2.1                                alice\n2026-11-20T10:00:00.000                                          bob',
    shows: '192.0.2.1',
    not: ['Everybody is asleep.'],
  },
  {
    typed: 'user last-active --limit 3',
    sent: 'users last-active --limit=3',
    says: '2026-11-21T10:00:00.000 2001:db8::1                              alice',
    shows: '2001:db8::1',
  },
  {
    typed: 'user erasure alice',
    sent: `users erasure ${alice}`,
    says: `${alice} is erased (since count 12)`,
    shows: 'erased (since count 12)',
    refuses: 'User "@alice:y.org" does not belong to our server.',
    not: ['@bob:x.org is not erased'],
  },
  { typed: 'user erasure alice', sent: `users erasure ${alice}`, says: `${alice} is not erased`, shows: 'not erased' },
  {
    typed: 'user unerase alice',
    sent: `users unerase ${alice}`,
    says: `Cleared the erasure marker of ${alice}`,
    shows: 'are shown to everybody again',
    refuses: 'User "@alice:y.org" does not belong to our server.',
    not: ['Cleared the erasure marker of @bob:x.org'],
  },
  {
    typed: `user force-promote alice ${room}`,
    sent: `users force-promote ${alice} ${room}`,
    says: `User @bob:x.org promoted ${alice} to 100 power level in ${room} - $event`,
    shows: 'has the power 100',
    refuses: 'No privileged user exists in room, cannot promote.',
    not: [
      `User @bob:x.org promoted @eve:x.org to 100 power level in ${room} - $event`,
      `User @bob:x.org promoted ${alice} to 100 power level in !other:x.org - $event`,
    ],
  },
  {
    typed: 'user force-promote @alice:y.org #lobby',
    sent: 'users force-promote @alice:y.org #lobby:x.org',
    says: `User @bob:x.org promoted @alice:y.org to 50 power level in ${room} - $event`,
    shows: 'has the power 50',
  },
  {
    typed: `user redact-recent alice ${room} 20`,
    sent: `users redact-recent ${alice} ${room} 20`,
    says: `Redacted 12 of up to 20 messages from ${alice} in ${room}.`,
    shows: 'Took back 12 messages',
    refuses:
      'Stopped after 3 successful redactions at $event: no power. The failing event may already have been redacted.',
    not: [
      `Redacted 12 of up to 20 messages from @bob:x.org in ${room}.`,
      `Redacted 12 of up to 20 messages from ${alice} in !other:x.org.`,
    ],
  },
  {
    typed: 'user set-profile-key alice displayname Alice of Sales',
    sent: `users set-profile-key ${alice} displayname Alice of Sales`,
    says: `Set profile key "displayname" for ${alice}`,
    shows: 'Set `displayname`',
    refuses: 'Invalid value for profile key "avatar_url": not an mxc',
    not: ['Set profile key "displayname" for @bob:x.org', `Set profile key "m.tz" for ${alice}`],
  },
  {
    typed: 'user set-profile-key alice m.tz -c -p unchanged',
    sent: `users set-profile-key --clear --propagate-to=unchanged ${alice} m.tz`,
    says: `Cleared profile key "m.tz" for ${alice}`,
    shows: 'has no `m.tz` any more',
    not: [`Set profile key "m.tz" for ${alice}`],
  },
  {
    typed: 'user refresh-profile @alice:y.org',
    sent: 'users refresh-profile @alice:y.org',
    says: 'Refreshed the profile of @alice:y.org; removed avatar_url, m.tz.',
    shows: 'gone from it: avatar_url, m.tz',
    refuses: 'User "@alice:y.org" is not known to this server.',
    not: ['Refreshed the profile of @bob:y.org; no cached field was stale.'],
  },
  {
    typed: 'user refresh-profile @alice:y.org',
    sent: 'users refresh-profile @alice:y.org',
    says: 'Refreshed the profile of @alice:y.org; no cached field was stale.',
    shows: 'is fresh',
  },
  {
    typed: 'user reject-all-invites alice',
    sent: `users reject-invites ${alice}`,
    says: `Rejected 3 invite(s) for ${alice}. 0 failed.`,
    shows: 'has declined all its invites',
    refuses: `${alice} has no pending invites.`,
    not: ['Rejected 3 invite(s) for @bob:x.org. 0 failed.', `Rejected 3 invite(s) for ${alice}. 2 failed.`],
  },
  {
    typed: `room info ${room}`,
    sent: `rooms info ${room}`,
    says: info(room, 'Come in'),
    shows: 'Topic',
    refuses: `Room ${room} is not known to this server.`,
    not: [info('!other:x.org', 'Come in')],
  },
  {
    typed: 'room info #lobby',
    sent: 'rooms info #lobby:x.org',
    says: info(room, 'two\n```\nlines'),
    shows: room,
  },
  {
    typed: 'room prune-empty',
    sent: 'rooms prune-empty',
    says: 'Successfully deleted 12 rooms from our database.',
    shows: 'Deleted 12 rooms',
    refuses: 'Room is not known to us.',
  },
  {
    typed: 'room prune-empty --force',
    sent: 'rooms prune-empty --force',
    says: 'Successfully deleted 0 rooms from our database.',
    shows: 'Deleted 0 rooms',
    not: ['Successfully deleted the room from our database.'],
  },
  {
    typed: `room list-purge-user ${alice} --sole-member`,
    sent: `rooms purge-user --dry-run --sole-member ${alice}`,
    says: `Matching rooms:\n\`\`\`\n${room}\tMembers: 1\tName: Lobby\n\`\`\`\nMatched 1 rooms.`,
    shows: room,
    refuses: 'The supplied username is not a valid username: no colon',
    not: [
      'Deleted 1 rooms from our database.',
      `Matching rooms:\n\`\`\`\n${room}\tMembers: 1\tName: Lobby\n!forged:x.org\tMembers: 1\tName: x\n\`\`\`\nMatched 1 rooms.`,
      `Matching rooms:\n\`\`\`\n${room}\tMembers: 1\tName: x\n\`\`\`\nMatched 1 rooms.\n\`\`\`\nMatched 2 rooms.`,
    ],
  },
  {
    typed: 'room list-purge-user @spam_.* --regex',
    sent: 'rooms purge-user --dry-run --regex @spam_.*',
    says: 'Matching rooms:\n```\n```\nMatched 0 rooms.',
    shows: 'None.',
  },
  {
    typed: `room list-extremities ${room}`,
    sent: `rooms list-extremities ${room}`,
    says: `Forward extremities for ${room}:\n\`\`\`\n$one\n$two\n\`\`\`\nTotal: 2`,
    shows: '$two',
    not: [
      `Forward extremities for ${room}:\n\`\`\`\n$one\n\`\`\`\nTotal: 2`,
      'Forward extremities for !other:x.org:\n```\n$one\n```\nTotal: 1',
    ],
  },
  {
    typed: `room prune-extremities ${room} 1`,
    sent: `rooms prune-extremities ${room} 1`,
    says: `Pruned ${room}: 5 to 1 forward extremities (swept 0 dangling, 1 referenced; dropped 3 message, 0 state).`,
    shows: 'from 5 to 1',
    refuses: 'Alias not found.',
    not: [
      `Would prune ${room}: 5 to 1 forward extremities (swept 0 dangling, 1 referenced; dropped 3 message, 0 state).`,
    ],
  },
  {
    typed: `room prune-extremities ${room}`,
    sent: `rooms prune-extremities ${room}`,
    says: `Pruned ${room}: 50 to 20 forward extremities (swept 0 dangling, 1 referenced; dropped 3 message, 0 state).`,
    shows: 'from 50 to 20',
  },
  {
    typed: 'server verify-backup',
    sent: 'server verify-backup',
    says: 'Verified backup #3: all files present with expected sizes.',
    shows: 'Verified backup #3',
    refuses: 'No backups found.',
    not: ['Failed: Backup #3 is corrupt'],
  },
  {
    typed: 'server verify-backup 2',
    sent: 'server verify-backup 2',
    says: 'Verified backup #2: all files present with expected sizes.',
    shows: 'Verified backup #2',
    not: ['Verified backup #3: all files present with expected sizes.'],
  },
  {
    typed: 'server delete-backups 3',
    sent: 'server delete-backups 3',
    says: 'Done. Currently have 3 backups.',
    shows: '3 backups',
    refuses: 'database_backup_path: Configure path to enable backups',
    not: ['Done. Currently have 4 backups.'],
  },
  {
    typed: 'server checkpoint-database',
    sent: 'server checkpoint-database',
    says: 'Created checkpoint at `/var/lib/tuwunel/checkpoint-1`.',
    shows: '/var/lib/tuwunel/checkpoint-1',
    refuses: 'IO error: No space left on device',
  },
  {
    typed: 'server checkpoint-database --map global --path /backup/one',
    sent: 'server checkpoint-database --map=global --path=/backup/one',
    says: 'Created checkpoint at `/backup/one`.',
    shows: '/backup/one',
    not: ['Created checkpoint at `/backup/two`.'],
  },
  {
    typed: 'server regenerate-config /etc/new.toml',
    sent: 'server regenerate-config /etc/new.toml',
    says: 'Configuration regenerated at `/etc/new.toml`.\n\nConfigured values: 12\nResidue values: 0\nDropped startup-only migration controls (never emitted): none',
    shows: '/etc/new.toml',
    refuses: 'Configuration regeneration failed. Consult the server log.',
  },
  {
    typed: 'server regenerate-config /etc/new.toml --force --include-env --strip-unknown',
    sent: 'server regenerate-config --force --include-env --strip-unknown /etc/new.toml',
    says: 'Configuration regenerated at `/etc/new.toml`.\n\nWarning: 2 configuration files were collapsed in source order.\nConfigured values: 12\nResidue values: 0\nDropped startup-only migration controls (never emitted): a, b',
    shows: '/etc/new.toml',
  },
  {
    typed: 'server sign-json\n{"a": 1}',
    sent: 'debug sign-json\n```\n{"a": 1}\n```',
    says: '{\n  "a": 1,\n  "signatures": {}\n}',
    shows: '"signatures"',
    refuses: 'Invalid json: expected value at line 1 column 1',
    not: ['{"a": 1}'],
  },
  {
    typed: 'debug get-auth-chain $event',
    sent: 'debug get-auth-chain $event',
    says: 'Loaded auth chain with length 12 in 1.2ms',
    shows: 'length 12',
    refuses: 'Event not found.',
  },
  {
    typed: 'debug parse-pdu\n{}',
    sent: 'debug parse-pdu\n```\n{}\n```',
    says: 'EventId: Ok("$event")\nPduEvent {}',
    shows: 'PduEvent',
    refuses: 'Could not parse PDU JSON: missing',
  },
  {
    typed: 'debug resolve-true-destination y.org --no-cache',
    sent: 'debug resolve-true-destination --no-cache y.org',
    says: 'Destination: y.org:8448',
    shows: 'y.org:8448',
  },
  {
    typed: 'query users count-users',
    sent: 'query users count-users',
    says: 'Query completed in 1ms:\n\n```rs\n12\n```',
    shows: '12',
  },
  {
    typed: `query room-state-cache server-in-room y.org ${room}`,
    sent: `query room-state-cache server-in-room y.org ${room}`,
    says: 'Query completed in 1ms:\n\n```rs\ntrue\n```',
    shows: 'true',
  },
  {
    typed: 'media preview https://example.org/a?b=c --no-cache',
    sent: 'media preview --no-cache https://example.org/a?b=c',
    says: 'Result:\n```\n{\n  "og:title": "News"\n}\n```',
    shows: 'og:title',
    refuses: 'URL is not allowed to be previewed',
  },
  {
    typed: 'media preview https://example.org/',
    sent: 'media preview https://example.org/',
    says: 'Result:\n```\n{}\n```',
    shows: '{}',
    not: ['{}'],
  },
  {
    typed: 'query oauth revoke alice',
    sent: `query oauth revoke ${alice}`,
    says: 'revoked',
    shows: 'were told to forget the tokens',
    refuses: 'No provider is configured.',
  },
  {
    typed: 'query oauth delete alice',
    sent: `query oauth delete --force ${alice}`,
    says: `deleted any oauth state for ${alice}`,
    shows: 'No identity provider is known',
    refuses: 'Deleting these records can cause registration conflicts. Use --force to be sure.',
    not: ['deleted any oauth state for @bob:x.org'],
  },
  {
    typed: 'query oauth delete alice',
    sent: `query oauth delete --force ${alice}`,
    says: 'deleted any oauth state for {id}',
    shows: 'No identity provider is known',
  },
];
