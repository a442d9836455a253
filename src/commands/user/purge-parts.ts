import { Problem } from '../../core/problem.ts';
import { counted } from '../../core/text.ts';
import type { Media } from '../../homeserver/media.ts';
import type { Redactions } from '../../homeserver/redactions.ts';
import type { UserDetails, Users } from '../../homeserver/users.ts';
import type { Step } from '../define.ts';
import { deactivateAccount } from './deactivate-account.ts';
import { followRedaction } from './follow-redaction.ts';
import { isWell, redactedInWords } from './redacted.ts';
import { removeUploads } from './remove-uploads.ts';

type Caps = { readonly users: Users; readonly redactions: Redactions; readonly media: Media };

/** What one part of it has come to. */
export interface PartResult {
  readonly well: boolean;
  /** Plain words. */
  readonly note: string;
}

/** One of the things that are done to a spammer's account; each may be done again after it was cut short. */
export interface Part {
  readonly name: 'suspend' | 'redact' | 'delete media' | 'deactivate';
  act(account: UserDetails, caps: Caps, step: Step): Promise<PartResult>;
}

/** Far more than anybody writes in a room: of a spammer's messages none is to stay. */
const purgeLimit = 1_000_000;

/** In the order in which they are done: nothing new can be written first, the account itself goes last. */
export const purgeParts: readonly Part[] = [
  {
    name: 'suspend',
    async act({ userId, suspended }, { users }) {
      await users.setSuspended(userId, true);
      return { well: true, note: suspended ? 'was suspended already' : 'suspended' };
    },
  },
  {
    name: 'redact',
    async act({ userId }, { users, redactions }, step) {
      // Only now, as until its suspension it may have gone into more rooms.
      const rooms = [...(await users.memberships(userId)).keys()];
      const redacted = await followRedaction(redactions, userId, { rooms, limit: purgeLimit, reason: undefined }, step);
      return { well: isWell(redacted), note: redactedInWords(redacted, purgeLimit) };
    },
  },
  {
    name: 'delete media',
    async act({ userId }, { media }, step) {
      const { total: count } = await media.ofUser(userId, { from: 0, limit: 1 });
      const { removed, stuck } = await removeUploads(media, userId, { count, until: Number.MAX_SAFE_INTEGER }, step);
      const note = `${counted(removed, 'file')} deleted`;
      if (stuck === 0) return { well: !step.cancelled() || removed >= count, note };
      return { well: false, note: `${note}, ${stuck.toLocaleString('en')} more the server could not remove` };
    },
  },
  {
    name: 'deactivate',
    async act(account, { users }) {
      const stillIn = await deactivateAccount(users, account, { erase: false, noLeaveRooms: false });
      const note = account.deactivated ? 'was deactivated already' : 'deactivated';
      if (stillIn === undefined || stillIn === 0) return { well: true, note };
      return { well: false, note: `${note}, but still in ${counted(stillIn, 'room')}` };
    },
  },
];

/** Whether it was the server's word on the account, after which nothing else may be done to it either. */
export function forbidsAll(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'never' || error.code === 'forbidden');
}
