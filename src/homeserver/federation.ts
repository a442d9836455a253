import type { Listed } from './listed.ts';

/** How sending to another server goes. Times are epoch ms. */
export interface Destination {
  readonly serverName: string;
  /** Since when it cannot be reached; `undefined`: it can, as far as is known. */
  readonly failingSince: number | undefined;
  readonly lastTriedAt: number | undefined;
  /** Milliseconds between the last try and the next one. */
  readonly retryInterval: number;
  readonly raw: Readonly<Record<string, unknown>>;
}

export const destinationSorts = [
  'destination',
  'retry_last_ts',
  'retry_interval',
  'failure_ts',
  'last_successful_stream_ordering',
] as const;

export interface DestinationQuery {
  readonly from: number;
  readonly limit: number;
  readonly sort?: (typeof destinationSorts)[number];
  readonly reverse?: boolean;
  /** A part of the server's name. */
  readonly search?: string;
}

/** The servers that this one sends to. */
export interface Federation {
  destinations(query: DestinationQuery): Promise<Listed<Destination>>;
  /** `undefined` where nothing was ever sent there. */
  destination(serverName: string): Promise<Destination | undefined>;
  /** Ids of the rooms shared with that server, by id. */
  destinationRooms(serverName: string, from: number, limit: number): Promise<Listed<string>>;
  /** Tries again now; false where nothing keeps it from being tried. */
  reset(serverName: string): Promise<boolean>;
  /** Lets this server take in nothing more from others for a room, or again; where it can without changing the room. */
  setRoomDisabled?(roomId: string, disabled: boolean): Promise<void>;
}
