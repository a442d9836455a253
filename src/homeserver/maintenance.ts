/** A long change of the server's own database. */
export interface BackgroundUpdate {
  readonly database: string;
  readonly name: string;
  readonly items: number;
  /** Milliseconds of work so far. */
  readonly workedMs: number;
}

export const backgroundJobs = ['populate_stats_process_rooms', 'regenerate_directory', 'event_resign'] as const;

/** Work that the server goes on with by itself; times in epoch ms. */
export interface ScheduledTask {
  readonly id: string;
  readonly action: string;
  readonly status: string;
  readonly at: number;
  readonly resourceId: string | null;
  readonly error: string | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface RoomSize {
  readonly roomId: string;
  /** Bytes in the database, as it estimates them. */
  readonly size: number;
}

/** How the server does by itself. */
export interface Maintenance {
  backgroundUpdates(): Promise<{ readonly enabled: boolean; readonly current: readonly BackgroundUpdate[] }>;
  setBackgroundUpdates(enabled: boolean): Promise<void>;
  startJob(name: (typeof backgroundJobs)[number]): Promise<void>;
  /** The newest first. */
  scheduledTasks(filter: { readonly status?: string; readonly action?: string }): Promise<readonly ScheduledTask[]>;
  /** The largest rooms; `undefined` where the database cannot tell (SQLite). */
  roomSizes(): Promise<readonly RoomSize[] | undefined>;
  /** What clients may do (client-server API, "Capabilities negotiation"). */
  capabilities(): Promise<Readonly<Record<string, unknown>>>;
}
