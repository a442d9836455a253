import type { ExtraRow } from './extra-rows.ts';

const alice = '@alice:x.org';
const mxc = 'mxc://x.org/abc';

/** What Conduit has beside the others. */
export const conduitRows: readonly ExtraRow[] = [
  {
    typed: 'user deactivate-with-media alice',
    sent: `deactivate-user --purge-media ${alice}`,
    says: `User ${alice} has been deactivated`,
    not: [
      'User @bob:x.org has been deactivated',
      `User ${alice} has been deactivated\nUser @bob:x.org has been deactivated`,
    ],
    shows: 'What it uploaded is deleted',
    refuses: `User ${alice} doesn't exist on this server`,
  },
  {
    typed: 'user deactivate-with-media alice --leave-rooms --media-from-last 48h --force-filehash',
    sent: `deactivate-user --leave-rooms --purge-media --media-from-last=172800s --force-filehash ${alice}`,
    says: `User ${alice} has been deactivated, but 3 media failed to be purged, check the logs for more details`,
    shows: 'could not delete 3 files',
    refuses: `User ${alice} is not from this server`,
  },
  {
    typed: `media block-media\n${mxc}`,
    sent: `block-media\n\`\`\`\n${mxc}\n\`\`\``,
    says: 'Successfully blocked media',
    shows: `Blocked \`${mxc}\``,
    refuses: 'Failed to block 1 media, check logs for more details',
  },
  {
    typed: `media block-media --and-purge --reason "it's spam; sold -a"\n${mxc}\nmxc://x.org/b`,
    sent: `block-media --and-purge --reason 'it'\\''s spam; sold -a'\n\`\`\`\n${mxc}\nmxc://x.org/b\n\`\`\``,
    says: 'Successfully blocked media',
    shows: 'Blocked and deleted 2 files',
    refuses: 'Failed to block 1, and purge 2 media, check logs for more details',
  },
  {
    typed: 'media block-media-from-users\nalice',
    sent: `block-media-from-users\n\`\`\`\n${alice}\n\`\`\``,
    says: 'Successfully blocked media',
    shows: `Blocked what \`${alice}\` uploaded`,
    refuses: `The following users do not exist:\n\`\`\`\n${alice}\n\`\`\`\n\n`,
  },
  {
    typed: 'media block-media-from-users -f 60m -r spam\nalice\nbob',
    sent: `block-media-from-users --from-last=3600s --reason spam\n\`\`\`\n${alice}\n@bob:x.org\n\`\`\``,
    says: 'Successfully blocked media',
    shows: 'Blocked what 2 accounts uploaded',
    refuses: 'Failed to block 2 media, check logs for more details',
  },
  {
    typed: `media unblock-media\n${mxc}`,
    sent: `unblock-media\n\`\`\`\n${mxc}\n\`\`\``,
    says: 'Successfully unblocked media',
    shows: 'not blocked any more',
    refuses: 'Failed to unblock 1 media, check logs for more details',
  },
  {
    typed: 'media list-blocked-media',
    sent: 'list-blocked-media',
    not: ['| SHA256 hash | MXC URI | Time Blocked | Reason |\n| --- | --- | --- | --- |\nNothing is blocked.'],
    says: `| SHA256 hash | MXC URI | Time Blocked | Reason |\n| --- | --- | --- | --- |\n| 0a1b | ${mxc} | 2026-01-31 12:00:00 UTC | spam |\n|  | mxc://x.org/b | 2026-01-31 12:00:00 UTC |  |`,
    shows: mxc,
  },
  {
    typed: 'media purge-media-from-users\nalice',
    sent: `purge-media-from-users\n\`\`\`\n${alice}\n\`\`\``,
    says: 'Successfully purged media',
    shows: 'Deleted what 1 account uploaded',
    refuses: `The following user ids are not valid:\n\`\`\`\n${alice}\n\`\`\`\n\nThe following users are not from this server:\n\`\`\`\n@b:y.org\n\`\`\`\n\n`,
  },
  {
    typed: 'media purge-media-from-users --from-last 48h --force-filehash\nalice',
    sent: `purge-media-from-users --from-last=172800s --force-filehash\n\`\`\`\n${alice}\n\`\`\``,
    says: 'Successfully purged media',
    shows: 'Deleted what 1 account uploaded',
    refuses: 'Failed to purge 7 media, check logs for more details',
  },
  {
    typed: 'media purge-media-from-server spam.example',
    sent: 'purge-media-from-server spam.example',
    says: 'Media from spam.example has successfully been purged',
    not: ['Media from x.org has successfully been purged', 'Successfully purged media'],
    shows: 'Deleted the copies of the files of `spam.example`',
    refuses:
      'Encountered an error while handling the command:\n```\nCannot purge all media from your own homeserver\n```',
  },
  {
    typed: 'media purge-media-from-server spam.example -f -t 10d',
    sent: 'purge-media-from-server --from-last=864000s --force-filehash spam.example',
    says: 'Media from spam.example has successfully been purged',
    shows: 'Deleted the copies of the files of `spam.example`',
    refuses: 'Failed to purge 7 media, check logs for more details',
  },
  {
    typed: 'federation incoming-federation',
    sent: 'incoming-federation',
    not: [
      'Handling 2 incoming pdus:\n!a:x.org $event: 0m3s',
      'Handling 1 incoming pdus:\n!a:x.org $event: 0m3s\nall is well',
    ],
    says: 'Handling 1 incoming pdus:\n!a:x.org $event: 0m3s',
    shows: '$event: 0m3s',
  },
  {
    typed: 'server sign-json\n{"a": 1}',
    sent: 'sign-json\n```\n{"a": 1}\n```',
    not: ['{"a": 1}', 'Here you are: {"signatures": {}}'],
    says: '{\n  "a": 1,\n  "signatures": {}\n}',
    shows: '"signatures"',
    refuses: 'Invalid json: expected value at line 1 column 1',
  },
  {
    typed: 'server hash-and-sign-event 11\n{\n\n"type": "m.room.message"}',
    sent: 'hash-and-sign-event 11\n```\n{\n"type": "m.room.message"}\n```',
    says: '{\n  "hashes": {},\n  "signatures": {}\n}',
    shows: '"hashes"',
    refuses: 'Invalid event: no sender',
  },
  {
    typed: 'debug get-auth-chain $event',
    sent: "get-auth-chain '$event'",
    says: 'Loaded auth chain with length 12 in 1.2ms',
    shows: 'length 12',
    refuses: 'Event not found.',
  },
  {
    typed: 'debug get-pdu $event',
    sent: "get-pdu '$event'",
    says: 'PDU was accepted\n```json\n{}\n```',
    shows: 'PDU was accepted',
    refuses: 'PDU not found.',
  },
  {
    typed: 'debug parse-pdu\n{}',
    sent: 'parse-pdu\n```\n{}\n```',
    says: 'EventId: Ok("$event")\nPduEvent {\n    kind: "m.room.message",\n}',
    shows: 'PduEvent',
    refuses: 'EventId: Ok("$event")\nCould not parse event: missing field `room_id`',
  },
  {
    typed: 'debug verify-json\n{}',
    sent: 'verify-json\n```\n{}\n```',
    says: 'Signature correct (with expired keys)',
    shows: 'Signature correct',
    refuses: 'Invalid json: expected value at line 1 column 1',
  },
  {
    typed: 'debug verify-json\n{"signatures": {}}',
    sent: 'verify-json\n```\n{"signatures": {}}\n```',
    says: 'Signature verification failed: no signature',
    shows: 'verification failed',
  },
];
