import type { Listed } from './listed.ts';

/** What the server knows of one file, its own or a copy of another server's. Times are epoch ms. */
export interface FileInfo {
  readonly mxc: string;
  readonly name: string | null;
  readonly type: string | null;
  /** Bytes. */
  readonly size: number | undefined;
  readonly createdAt: number | undefined;
  readonly lastAccessAt: number | undefined;
  /** Of a local file. */
  readonly uploader: string | null;
  readonly quarantinedBy: string | null;
  /** No quarantine takes it. */
  readonly protected: boolean;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** How much one local account stores. */
export interface Usage {
  readonly userId: string;
  readonly displayname: string | null;
  readonly files: number;
  /** Bytes. */
  readonly size: number;
  readonly raw: Readonly<Record<string, unknown>>;
}

export const usageSorts = ['media_length', 'media_count', 'user_id', 'displayname'] as const;

export interface UsageQuery {
  readonly from: number;
  readonly limit: number;
  /** The largest first, names from A. */
  readonly sort: (typeof usageSorts)[number];
  readonly reverse: boolean;
  /** Only what was uploaded between these, in epoch ms. */
  readonly since?: number;
  readonly until?: number;
  /** A part of the user's id or display name. */
  readonly name?: string;
}

/** One file at a time, and who stores how much. */
export interface Files {
  /** `undefined` where this server has no such file. */
  info(mxc: string): Promise<FileInfo | undefined>;
  /** Nobody can download a quarantined file. The server says yes to unknown files too, and to protected ones. */
  setQuarantined(mxc: string, quarantined: boolean): Promise<void>;
  /** A protected local file is taken by no quarantine. */
  setProtected(mxc: string, isProtected: boolean): Promise<void>;
  usage(query: UsageQuery): Promise<Listed<Usage>>;
}
