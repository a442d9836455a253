import { parseMxc } from '../../core/ids.ts';
import { parseEmail } from '../../core/people.ts';
import { Problem } from '../../core/problem.ts';
import { clipped } from '../../core/shown.ts';
import { code, joined, say, type Text } from '../../core/text.ts';
import type { AccountChanges, Threepid } from '../../homeserver/accounts.ts';
import type { UserDetails } from '../../homeserver/users.ts';

/** The flags of `user modify` that set something. */
export interface ModifyFlags {
  readonly displayName?: string | undefined;
  readonly threepid: readonly (readonly string[])[];
  readonly clearThreepids: boolean;
  readonly avatarUrl?: string | undefined;
  readonly admin: boolean;
  readonly noAdmin: boolean;
  readonly activate: boolean;
  readonly lock: boolean;
  readonly unlock: boolean;
  readonly userType?: string | undefined;
}

/** One thing that changes. */
export interface Difference {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

const media = ['email', 'msisdn'];
const same = (one: Threepid, other: Threepid) => one.medium === other.medium && one.address === other.address;
/** In an order of its own: servers give them in any. */
const threepidText = (all: readonly Threepid[]) =>
  all
    .map(({ medium, address }) => `${medium} ${address}`)
    .toSorted()
    .join(', ') || 'none';
const orNone = (text: string | null | undefined) =>
  text === null || text === undefined || text === '' ? 'none' : text;

/** Third-party ids that were given, checked. Throws Problem for one that is none. */
export function threepidsIn(pairs: ModifyFlags['threepid']): readonly Threepid[] {
  const read = pairs.map(([medium = '', address = '']) => {
    if (!media.includes(medium))
      throw new Problem('usage', say`${clipped(medium)} is no medium; it may be ${joined(media.map(code))}.`);
    if (medium === 'email') return { medium, address: parseEmail(address) };
    if (!/^\d{5,15}$/.test(address))
      throw new Problem(
        'usage',
        say`${clipped(address)} is no telephone number; write its digits, with the country's first.`,
      );
    return { medium, address };
  });
  return read.filter((one, at) => read.findIndex((other) => same(one, other)) === at);
}

/** What these flags would change of an account, or of a new one. */
export function accountChanges(flags: ModifyFlags, account: UserDetails | undefined): AccountChanges {
  const given = threepidsIn(flags.threepid);
  const kept = flags.clearThreepids ? [] : (account?.threepids ?? []);
  const threepids = [...kept, ...given.filter((one) => !kept.some((other) => same(one, other)))];
  if (flags.avatarUrl !== undefined && flags.avatarUrl !== '') parseMxc(flags.avatarUrl);
  const type = flags.userType?.toLowerCase();
  return {
    ...(flags.displayName === undefined ? {} : { displayname: flags.displayName }),
    ...(flags.avatarUrl === undefined ? {} : { avatarUrl: flags.avatarUrl }),
    ...(given.length === 0 && !flags.clearThreepids ? {} : { threepids }),
    ...(flags.admin ? { admin: true } : flags.noAdmin ? { admin: false } : {}),
    ...(flags.lock ? { locked: true } : flags.unlock ? { locked: false } : {}),
    ...(flags.activate ? { deactivated: false as const } : {}),
    ...(type === undefined ? {} : { userType: type === 'null' || type === 'none' || type === '' ? null : type }),
  };
}

const yesNo = (value: boolean | undefined) => (value ? 'yes' : 'no');

/** The changes that are none are left out. */
export function differences(changes: AccountChanges, account: UserDetails | undefined): readonly Difference[] {
  const { displayname, avatarUrl, threepids, admin, locked, deactivated, userType } = changes;
  const all: (Difference | undefined)[] = [
    displayname === undefined
      ? undefined
      : { what: 'display name', before: orNone(account?.displayname), after: orNone(displayname) },
    avatarUrl === undefined
      ? undefined
      : { what: 'avatar', before: orNone(account?.avatarUrl), after: orNone(avatarUrl) },
    threepids === undefined
      ? undefined
      : {
          what: 'third-party ids',
          before: threepidText(account?.threepids ?? []),
          after: threepidText(threepids),
        },
    admin === undefined ? undefined : { what: 'server admin', before: yesNo(account?.admin), after: yesNo(admin) },
    locked === undefined ? undefined : { what: 'locked', before: yesNo(account?.locked), after: yesNo(locked) },
    deactivated === undefined ? undefined : { what: 'deactivated', before: yesNo(account?.deactivated), after: 'no' },
    userType === undefined ? undefined : { what: 'type', before: orNone(account?.userType), after: orNone(userType) },
  ];
  return all.filter((one) => one !== undefined).filter(({ before, after }) => before !== after);
}

/** "display name: alice → Alice" */
export function differenceText({ what, before, after }: Difference): Text {
  return say`${what}: ${before} → **${after}**`;
}
