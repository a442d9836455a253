export interface Threepid {
  /** "email" or "msisdn". */
  readonly medium: string;
  readonly address: string;
}

/** What of an account is changed; what is left out stays. */
export interface AccountChanges {
  readonly password?: string;
  /** Whether a new password ends all sessions. */
  readonly endSessions?: boolean;
  readonly displayname?: string;
  /** `mxc://…`; an empty one takes the picture away. */
  readonly avatarUrl?: string;
  /** The whole set, in place of the one there is. */
  readonly threepids?: readonly Threepid[];
  readonly admin?: boolean;
  readonly locked?: boolean;
  /** Only back to life; see `Users.deactivate`. */
  readonly deactivated?: false;
  /** `null`: an ordinary user. */
  readonly userType?: string | null;
}

/** How fast an account may send; both 0: without limit. */
export interface RateLimit {
  readonly messagesPerSecond: number;
  readonly burst: number;
}

export interface AccountCounts {
  readonly invitesSent: number;
  readonly roomsJoined: number;
}

/** What is seldom asked about or changed of an account. The account is a local one that exists. */
export interface Accounts {
  /** Makes an account where there is none, so look first. Not all of it may take: look after. */
  modify(userId: string, changes: AccountChanges): Promise<void>;
  setShadowBanned(userId: string, shadowBanned: boolean): Promise<void>;
  /** `undefined`: the server's usual limit. */
  rateLimit(userId: string): Promise<RateLimit | undefined>;
  setRateLimit(userId: string, limit: RateLimit | undefined): Promise<void>;
  /** Who logs in through that provider under that id. */
  findByAuthProvider(provider: string, externalId: string): Promise<string | undefined>;
  /** Since then, in epoch ms. */
  counts(userId: string, since: number): Promise<AccountCounts>;
  /** By type; `rooms` by room and type. */
  accountData(userId: string): Promise<{
    readonly global: Readonly<Record<string, unknown>>;
    readonly rooms: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  }>;
  experimentalFeatures(userId: string): Promise<ReadonlyMap<string, boolean>>;
  setExperimentalFeatures(userId: string, features: ReadonlyMap<string, boolean>): Promise<void>;
  /** Until when (epoch ms) the account may replace its cross-signing keys; `undefined`: it has none to replace. */
  allowCrossSigningReset(userId: string): Promise<number | undefined>;
}
