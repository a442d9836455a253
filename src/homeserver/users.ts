import type { Text } from '../core/text.ts';
import type { Listed } from './listed.ts';
import type { RoomRow } from './rooms.ts';

/** One row of a user listing. */
export interface UserRow {
  readonly userId: string;
  readonly displayname: string | null;
  readonly admin: boolean;
  readonly deactivated: boolean;
  /** `undefined`, here and below: the server does not tell. */
  readonly locked: boolean | undefined;
  readonly shadowBanned: boolean | undefined;
  readonly guest: boolean | undefined;
  readonly userType: string | null;
  readonly createdAt: number | undefined;
  /** `undefined`: the server has no record, which does not mean "never". */
  readonly lastSeenAt: number | undefined;
  /** The server's own object. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** Everything the server tells about one account. */
export interface UserDetails extends UserRow {
  readonly suspended: boolean | undefined;
  readonly erased: boolean | undefined;
  readonly appserviceId: string | null;
  readonly threepids: readonly { readonly medium: string; readonly address: string }[];
  readonly externalIds: readonly { readonly provider: string; readonly id: string }[];
  readonly avatarUrl: string | null;
}

export const userSorts = [
  'name',
  'displayname',
  'is_guest',
  'admin',
  'deactivated',
  'user_type',
  'avatar_url',
  'shadow_banned',
  'creation_ts',
  'last_seen_ts',
  'locked',
] as const;

export interface UserQuery {
  readonly from: number;
  readonly limit: number;
  readonly sort?: (typeof userSorts)[number];
  readonly reverse?: boolean;
  /** Matches localpart or display name. */
  readonly name?: string;
  /** Matches the whole id. */
  readonly userId?: string;
  /** False: no guests; otherwise they are part of the list. */
  readonly guests?: boolean;
  /** Also deactivated accounts. */
  readonly deactivated?: boolean;
  readonly admins?: boolean;
  /** Only locked accounts when true; locked accounts are part of the list otherwise. */
  readonly lockedOnly?: boolean;
  readonly notType?: readonly string[];
}

export interface NewUser {
  readonly userId: string;
  readonly password?: string;
  readonly admin?: boolean;
  readonly displayname?: string;
  readonly emails?: readonly string[];
}

/** What came of setting a password. */
export interface PasswordSet {
  /** The one in force: what was given, or one that was made. */
  readonly password: string;
  readonly sessionsEnded: boolean;
  /** What else is to be said: where it can still be read, what could not be done with it. */
  readonly remark?: Text;
}

export interface Device {
  readonly deviceId: string;
  readonly displayName: string | null;
  /** `undefined`: the server has no record, which does not mean "never". */
  readonly lastSeenAt: number | undefined;
  readonly lastSeenIp: string | null;
  readonly userAgent: string | null;
  /** No session: it takes in keys while nobody is logged in (MSC3814). */
  readonly dehydrated: boolean;
  /** The server's own object. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export type Membership = 'join' | 'leave' | 'ban' | 'invite' | 'knock';

export interface Users {
  list(query: UserQuery): Promise<Listed<UserRow>>;
  /** `undefined` where no such local account exists. */
  get(userId: string): Promise<UserDetails | undefined>;
  /** Live answer of the server; false for unknown accounts. */
  isAdmin(userId: string): Promise<boolean>;
  /** The account that has this third-party id, an address in lower case; `undefined` where none has. */
  findByThreepid(medium: string, address: string): Promise<string | undefined>;
  /** Why the server would make no new account of this name, in its own words; `undefined` where it would. */
  nameFault(userId: string): Promise<Text | undefined>;
  /** The caller has looked that the account does not exist (Synapse's PUT is an upsert). */
  create(user: NewUser): Promise<PasswordSet>;
  /** Without a password one is made; some servers take none but their own. */
  setPassword(userId: string, password: string | undefined, endSessions: boolean): Promise<PasswordSet>;
  /**
   * Ends sessions, removes third-party ids, leaves all rooms (in the background). `keepRooms` only where
   * `deactivatesInPlace` says so.
   */
  deactivate(userId: string, erase: boolean, keepRooms?: boolean): Promise<void>;
  /** True where an account can be closed and stay in its rooms. */
  readonly deactivatesInPlace?: true;
  /** Opens a closed account again; where the server has a way that is no plain change of the account. */
  reactivate?(userId: string, password: string | undefined): Promise<PasswordSet>;
  /** Ends all sessions, where the server cannot name them one by one. */
  logOut?(userId: string): Promise<void>;
  setAdmin(userId: string, admin: boolean): Promise<void>;
  setSuspended(userId: string, suspended: boolean): Promise<void>;
  setLocked(userId: string, locked: boolean): Promise<void>;
  removeThreepids(userId: string): Promise<void>;
  joinedRooms(userId: string): Promise<readonly string[]>;
  /** The same with what is known of each, where the server tells that in one go. */
  joinedRoomRows?(userId: string): Promise<readonly RoomRow[]>;
  memberships(userId: string): Promise<ReadonlyMap<string, Membership>>;
  devices(userId: string): Promise<readonly Device[]>;
  /** Ends their sessions. Unknown devices are a success for Synapse, so look before and after. */
  deleteDevices(userId: string, deviceIds: readonly string[]): Promise<void>;
  /** Takes away the account's message rate limit. */
  liftRateLimit(userId: string): Promise<void>;
}
