import { say, type Text } from '../../core/text.ts';
import type { UserDetails } from '../../homeserver/users.ts';
import type { Asker } from '../asker.ts';

/** What a plan says of an account that stands out, in bold where a mistake would hurt most. */
export function accountMarks(account: UserDetails, asker: Asker): readonly Text[] {
  return [
    ...(account.userId === asker.userId ? [say`**yourself**`] : []),
    ...(account.admin ? [say`**server admin**`] : []),
    ...(account.appserviceId === null ? [] : [say`**belongs to the bridge ${account.appserviceId}**`]),
    ...(account.deactivated ? [say`deactivated`] : []),
    ...(account.locked ? [say`locked`] : []),
    ...(account.suspended ? [say`suspended`] : []),
    ...(account.shadowBanned ? [say`shadow-banned`] : []),
    ...(account.guest ? [say`guest`] : []),
  ];
}
