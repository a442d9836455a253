import type { ExtraRow } from './extra-rows.ts';
import { sharedRows } from './extra-rows-shared.ts';

const alice = '@alice:x.org';

export const continuwuityRows: readonly ExtraRow[] = [
  ...sharedRows,
  {
    typed: 'user get-email alice',
    sent: `users get-email ${alice}`,
    says: `${alice} has the associated email address alice@example.org.`,
    shows: 'alice@example.org',
    refuses: 'This account does not exist.',
    not: ['@bob:x.org has the associated email address bob@example.org.'],
  },
  {
    typed: 'user get-email alice',
    sent: `users get-email ${alice}`,
    says: `${alice} has no associated email address.`,
    shows: 'no associated email address',
  },
  {
    typed: 'user get-user-by-email Alice@Example.org',
    sent: 'users get-user-by-email alice@example.org',
    says: `alice@example.org belongs to ${alice}.`,
    shows: alice,
    refuses: 'Invalid email address.',
    not: [`bob@example.org belongs to ${alice}.`],
  },
  {
    typed: 'user get-user-by-email alice@example.org',
    sent: 'users get-user-by-email alice@example.org',
    says: 'No user has alice@example.org as their email address.',
    shows: 'No user has',
  },
  {
    typed: 'user change-email alice new@example.org',
    sent: `users change-email ${alice} new@example.org`,
    says: `${alice} has been associated with the email new@example.org.`,
    shows: 'is new@example.org now',
    refuses: 'This account does not exist.',
    not: [
      '@bob:x.org has been associated with the email new@example.org.',
      `${alice} has been associated with the email other@example.org.`,
      `The associated email of ${alice} has been removed (it was new@example.org).`,
    ],
  },
  {
    typed: 'user change-email alice new@example.org',
    sent: `users change-email ${alice} new@example.org`,
    says: `The associated email of ${alice} has been changed from old@example.org to new@example.org.`,
    shows: 'is new@example.org now',
  },
  {
    typed: 'user change-email alice',
    sent: `users change-email ${alice}`,
    says: `The associated email of ${alice} has been removed (it was old@example.org).`,
    shows: 'no mail address any more',
    not: [`${alice} has been associated with the email old@example.org.`],
  },
  {
    typed: 'user change-email alice',
    sent: `users change-email ${alice}`,
    says: `${alice} already had no associated email. No changes have been made.`,
    shows: 'no mail address any more',
  },
  {
    typed: 'user disable-login alice',
    sent: `users disable-login ${alice}`,
    says: `${alice} can no longer log in. Their existing sessions remain unaffected.`,
    shows: 'can log in nowhere new',
    refuses: 'Admin users cannot have their login disallowed.',
    not: ['@bob:x.org can no longer log in. Their existing sessions remain unaffected.'],
  },
  {
    typed: 'user enable-login alice',
    sent: `users enable-login ${alice}`,
    says: `${alice} can now log in.`,
    shows: 'can log in again',
    refuses: 'This account does not exist.',
    not: ['@bob:x.org can now log in.'],
  },
  {
    typed: 'user list-invited-rooms alice',
    sent: `users list-invited-rooms ${alice}`,
    says: `Rooms ${alice} is Invited to (2):\n\`\`\`\n!a:y.org\tInviter: @eve:y.org\tMembers: 3\tName: Lobby\n!b:y.org\tMembers: 0\tName: !b:y.org\n\`\`\``,
    shows: '@eve:y.org',
    refuses: 'User "@alice:y.org" does not belong to our server.',
    not: [
      // A name with a line break in it.
      `Rooms ${alice} is Invited to (1):\n\`\`\`\n!a:y.org\tMembers: 3\tName: Lobby\n!c:y.org\tMembers: 9\tName: Trust me\n\`\`\``,
      'Rooms @bob:x.org is Invited to (1):\n```\n!a:y.org\tMembers: 3\tName: Lobby\n```',
    ],
  },
  {
    typed: 'user list-invited-rooms alice',
    sent: `users list-invited-rooms ${alice}`,
    says: 'Command failed with error:\n```\nUser is not invited to any rooms.\n```',
    shows: 'not invited to any rooms',
  },
  {
    typed: 'user reject-all-invites alice',
    sent: `users reject-all-invites ${alice}`,
    says: 'Successfully rejected all invites.',
    shows: 'declined all its invites',
    refuses: '2 invites could not be rejected',
  },
  {
    typed: 'user force-leave-remote-room alice !a:y.org',
    sent: `users force-leave-remote-room ${alice} !a:y.org`,
    says: `${alice} successfully left !a:y.org via remote server.`,
    shows: 'has left',
    refuses: 'Failed to make a leave request to any of the remote servers',
    not: [
      '@bob:x.org successfully left !a:y.org via remote server.',
      `${alice} successfully left !b:y.org via remote server.`,
    ],
  },
  {
    typed: 'user force-leave-remote-room alice #lobby:y.org z.org:8448',
    sent: `users force-leave-remote-room ${alice} #lobby:y.org z.org:8448`,
    says: `${alice} successfully left !a:y.org via remote server.`,
    shows: 'has left',
  },
  {
    typed: 'user reset-push-rules alice',
    sent: `users reset-push-rules ${alice}`,
    says: "Reset user's push rules to the server default.",
    shows: 'notified as new accounts are',
    refuses: 'This account does not exist.',
  },
  { typed: 'debug time', sent: 'debug time', says: '2026-11-21T10:00:00Z', shows: '2026-11-21T10:00:00Z' },
  {
    typed: 'query users count-users',
    sent: 'query users count-users',
    says: 'Query completed in 1ms:\n\n```rs\n12\n```',
    shows: '12',
  },
];
