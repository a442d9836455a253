import { aboutUser, exactly, sameUser, whole } from '../readers.ts';
import { does, type ExtraOrders, itself, listing, orNone, prints } from './extra-orders.ts';

/** Accounts. */
export const continuwuityUsers = {
  'user get-email': ({ user }) =>
    prints(
      ['users', 'get-email'],
      [user],
      itself(aboutUser(/(@\S+) has (?:the associated email address \S+|no associated email address)\./, user)),
    ),
  'user get-user-by-email': ({ email }) =>
    prints(
      ['users', 'get-user-by-email'],
      [email],
      itself(
        whole(/(?:(\S+) belongs to @\S+|No user has (\S+) as their email address)\./, (belongs, none) =>
          `${belongs}${none}`.toLowerCase() === email ? true : undefined,
        ),
      ),
    ),
  'user change-email': ({ user, email }) =>
    does(
      ['users', 'change-email'],
      email === undefined ? [user] : [user, email],
      email === undefined
        ? aboutUser(
            /(?:The associated email of )?(@\S+) (?:has been removed \(it was \S+\)\.|already had no associated email\. No changes have been made\.)/,
            user,
          )
        : whole(
            /(?:The associated email of (@\S+) has been changed from \S+ to (\S+)|(@\S+) has been associated with the email (\S+))\./,
            (changed, to, first, set) =>
              sameUser(`${changed}${first}`, user) && `${to}${set}`.toLowerCase() === email ? true : undefined,
          ),
    ),
  'user disable-login': ({ user }) =>
    does(
      ['users', 'disable-login'],
      [user],
      aboutUser(/(@\S+) can no longer log in\. Their existing sessions remain unaffected\./, user),
    ),
  'user enable-login': ({ user }) =>
    does(['users', 'enable-login'], [user], aboutUser(/(@\S+) can now log in\./, user)),
  'user list-invited-rooms': ({ user }) =>
    prints(
      ['users', 'list-invited-rooms'],
      [user],
      orNone(
        (text) => (text.startsWith(`Rooms ${user} is`) ? readInvites(text) : undefined),
        'User is not invited to any rooms.',
      ),
    ),
  'user reject-all-invites': ({ user }) =>
    does(['users', 'reject-all-invites'], [user], exactly('Successfully rejected all invites.')),
  'user force-leave-remote-room': ({ user, room, via }) =>
    does(
      ['users', 'force-leave-remote-room'],
      [user, room, ...(via === undefined ? [] : [via])],
      whole(/(@\S+) successfully left (!\S+) via remote server\./, (who, where) =>
        // An alias is answered with the room's id.
        sameUser(who ?? '', user) && (room.startsWith('#') || where === room) ? true : undefined,
      ),
    ),
  'user reset-push-rules': ({ user }) =>
    does(['users', 'reset-push-rules'], [user], exactly("Reset user's push rules to the server default.")),
  // `issue-token` is left out: it asks for the account's password.
} satisfies ExtraOrders;

const readInvites = listing(
  /^Rooms @\S+ is Invited to \((\d+)\):$/,
  /^!\S+\t(?:Inviter: @\S+\t)?Members: \d+\tName: .*$/,
);
