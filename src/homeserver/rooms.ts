import type { Listed } from './listed.ts';

export interface RoomRow {
  readonly roomId: string;
  readonly name: string | null;
  readonly canonicalAlias: string | null;
  readonly joinedMembers: number;
  /** `null`: the server does not tell in a list. */
  readonly joinedLocalMembers: number | null;
  readonly version: string | null;
  readonly creator: string | null;
  readonly encryption: string | null;
  readonly federatable: boolean | null;
  readonly public: boolean | null;
  readonly joinRules: string | null;
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface RoomDetails extends RoomRow {
  readonly topic: string | null;
  readonly historyVisibility: string | null;
  readonly guestAccess: string | null;
  readonly stateEvents: number | null;
  readonly blocked: boolean;
}

export const roomSorts = [
  'name',
  'canonical_alias',
  'joined_members',
  'joined_local_members',
  'version',
  'creator',
  'encryption',
  'federatable',
  'public',
  'join_rules',
  'guest_access',
  'history_visibility',
  'state_events',
] as const;

export interface RoomQuery {
  readonly from: number;
  readonly limit: number;
  readonly sort?: (typeof roomSorts)[number];
  readonly reverse?: boolean;
  readonly search?: string;
  readonly publicOnly?: boolean;
}

export interface Rooms {
  list(query: RoomQuery): Promise<Listed<RoomRow>>;
  /** `undefined` where this server does not know the room. */
  get(roomId: string): Promise<RoomDetails | undefined>;
  isBlocked(roomId: string): Promise<boolean>;
  /** Who keeps this server's people from joining it; `undefined` where nobody does. Also of rooms unknown here. */
  blockedBy(roomId: string): Promise<string | undefined>;
  /** Also of a room that this server has never seen. */
  setBlocked(roomId: string, blocked: boolean): Promise<void>;
  /** Brings a local user in; into a room that is not public only where the bot is in it and may invite. */
  forceJoin(userId: string, roomId: string): Promise<'joined' | 'already in'>;
  /** As mighty as the mightiest local member there, who does it; invited where the room is not public. */
  makeAdmin(roomId: string, userId: string): Promise<void>;
  members(roomId: string): Promise<readonly string[]>;
  /** The room an id or alias stands for; `undefined` for an alias that leads nowhere. */
  resolve(idOrAlias: string): Promise<string | undefined>;
  /** Local aliases. */
  aliases(roomId: string): Promise<readonly string[]>;
  /** Those of all rooms, where the server tells them in one go. */
  everyAlias?(): Promise<readonly { readonly alias: string; readonly roomId: string }[]>;
  /**
   * Takes everybody of this server out of a room and keeps them out, its aliases and directory entry gone; where the
   * server does that in one act. Returns what it does not do, in words.
   */
  ban?(roomId: string): Promise<string | undefined>;
  /** The rooms so banned, where the server keeps a list of them. */
  banned?(): Promise<readonly { readonly roomId: string; readonly name: string | null }[]>;
}
