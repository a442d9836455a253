import type { Text } from '../core/text.ts';
import type { Accounts } from './accounts.ts';
import type { Appservices } from './appservices.ts';
import type { Deletions } from './deletions.ts';
import type { Directory } from './directory.ts';
import type { Extras } from './extras.ts';
import type { Federation } from './federation.ts';
import type { Files } from './files.ts';
import type { Host } from './host.ts';
import type { Maintenance } from './maintenance.ts';
import type { Media } from './media.ts';
import type { Native } from './native.ts';
import type { Notices } from './notices.ts';
import type { OwnRooms } from './own-rooms.ts';
import type { Puppets } from './puppets.ts';
import type { Purges } from './purges.ts';
import type { Raw } from './raw.ts';
import type { Redactions } from './redactions.ts';
import type { Reports } from './reports.ts';
import type { RoomData } from './room-data.ts';
import type { Rooms } from './rooms.ts';
import type { Server } from './server.ts';
import type { Sessions } from './sessions.ts';
import type { Tokens } from './tokens.ts';
import type { Upkeep } from './upkeep.ts';
import type { Users } from './users.ts';
import type { WellKnown } from './well-known.ts';

/**
 * What a homeserver can do, by noun. A backend has some of these; commands name the nouns they need and
 * get nothing else. Every method throws `Problem` for what a person can act on. Writes that got no
 * usable answer throw `Problem('unknown-outcome')`, reads `Problem('unavailable')`.
 * Ids are whole (`@alice:example.org`, `!room…`), times are milliseconds since 1970.
 */

/** The nouns a backend may have. */
export interface Nouns {
  readonly users: Users;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly rooms: Rooms;
  readonly ownRooms: OwnRooms;
  readonly puppets: Puppets;
  readonly roomData: RoomData;
  readonly deletions: Deletions;
  readonly redactions: Redactions;
  readonly directory: Directory;
  readonly purges: Purges;
  readonly media: Media;
  readonly files: Files;
  readonly server: Server;
  readonly maintenance: Maintenance;
  /** The operator's files and commands, where the bot has them. */
  readonly host: Host;
  readonly federation: Federation;
  readonly tokens: Tokens;
  readonly notices: Notices;
  readonly raw: Raw;
  readonly reports: Reports;
  readonly upkeep: Upkeep;
  readonly appservices: Appservices;
  readonly extras: Extras;
  readonly native: Native;
  /** What other servers publish; asked without the homeserver. */
  readonly wellKnown: WellKnown;
}

export interface Homeserver extends Partial<Nouns> {
  /** Name for people: "Synapse". */
  readonly name: string;
  /** The part of ids after the first colon, port included. */
  readonly serverName: string;
  /**
   * True where a write whose answer is lost may still be carried out later: it is never sent again, and nothing is said
   * to have been left undone because it cannot be seen yet.
   */
  readonly writesOnce?: true;
  /** Of nouns that this homeserver has not: what there is instead, for people. */
  readonly instead?: Readonly<Partial<Record<keyof Nouns, Text>>>;
}
