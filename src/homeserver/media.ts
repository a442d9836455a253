import type { Listed } from './listed.ts';

/** A file that somebody uploaded to this server. Times are epoch ms. */
export interface MediaRow {
  /** `mxc://server/id` */
  readonly mxc: string;
  /** As its uploader called it. */
  readonly name: string | null;
  readonly type: string | null;
  /** Bytes; unknown while it is still being uploaded. */
  readonly size: number | undefined;
  readonly createdAt: number;
  readonly lastAccessAt: number | undefined;
  readonly quarantinedBy: string | null;
  /** No quarantine takes it. */
  readonly protected: boolean;
  /** The server's own object. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export const mediaSorts = [
  'media_id',
  'upload_name',
  'created_ts',
  'last_access_ts',
  'media_length',
  'media_type',
  'quarantined_by',
  'safe_from_quarantine',
] as const;

export interface MediaQuery {
  readonly from: number;
  readonly limit: number;
  /** From the smallest; without it the newest come first. Ties by media id in either case. */
  readonly sort?: (typeof mediaSorts)[number];
  readonly reverse?: boolean;
}

/** What people uploaded. */
export interface Media {
  /**
   * Removes one local file; one that is gone already is a success. What became of it by the server's word; `undefined`:
   * it does not tell.
   */
  remove(mxc: string): Promise<'removed' | 'was gone' | undefined>;
  /**
   * Removes the local files that were last looked at before a time (epoch ms) and are larger than so many bytes; returns
   * how many. May take minutes, in which the server goes on though nobody waits.
   */
  removeUnused(before: number, largerThan: number, keepAvatars: boolean): Promise<number>;
  /** Removes the copies of other servers' files that were last looked at before a time (epoch ms); returns how many. */
  purgeCache(before: number): Promise<number>;
  /** The same for what came after that time; where the server can. */
  removeRecent?(after: number, localToo: boolean): Promise<number>;
  /** All that a local account uploaded, where the server can without a list; how many, where it says so. */
  removeOf?(userId: string): Promise<number | undefined>;
  /** True where single copies of other servers' files can be removed too. */
  readonly removesRemote?: true;
  /** What a local account uploaded. Throws `Problem('not-found')` where there is no such account. */
  ofUser(userId: string, query: MediaQuery): Promise<Listed<MediaRow>>;
  /** Removes so many of what a local account uploaded, the oldest first, from that one on; returns how many are gone. */
  removeOldestOf(userId: string, from: number, limit: number): Promise<number>;
}
