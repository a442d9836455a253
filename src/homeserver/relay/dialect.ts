import type { Text } from '../../core/text.ts';
import type { ExtraOrders } from './extras/extra-orders.ts';
import type { ReadFailure } from './failure.ts';
import type { Order } from './order.ts';
import type { Quoting } from './quoting.ts';
import type { RoomLine } from './readers.ts';

/** A password as the server says that it is now. */
export interface SaidPassword {
  readonly userId: string;
  readonly password: string;
  readonly sessionsEnded: boolean;
}

/** A registration token in a list; what it may do stands in the server's own words. */
export interface SaidToken {
  readonly token: string;
  readonly words: string;
}

export interface TokenOrder {
  readonly uses: number | undefined;
  /** Seconds. */
  readonly maxAge: number | undefined;
}

/** One file in Conduit's list. */
export interface MediaLine {
  readonly mxc: string;
  readonly createdAt: number | undefined;
  readonly userId: string | null;
  readonly type: string | null;
  readonly name: string | null;
  readonly size: string | null;
}

/** What the bot may ask of the server's own room, and in which words; what is not there, the dialect lacks. */
export interface Acts {
  /** Accounts with a password: some list closed ones too. */
  listUsers(): Order<readonly string[]>;
  createUser(userId: string, password: string): Order<SaidPassword>;
  /** `undefined`: the server makes one. */
  resetPassword(userId: string, password: string | undefined, endSessions: boolean): Order<SaidPassword>;
  /** Opens a closed account again. */
  reactivate?(userId: string, password: string): Order<SaidPassword>;
  deactivate(userId: string, keepRooms: boolean): Order<true>;
  setSuspended?(userId: string, suspended: boolean): Order<true>;
  setLocked?(userId: string, locked: boolean): Order<true>;
  logOut?(userId: string): Order<true>;
  /** The ids of its devices. */
  devices?(userId: string): Order<readonly string[]>;
  deleteDevice?(userId: string, deviceId: string): Order<true>;
  makeAdmin?(userId: string): Order<true>;
  revokeAdmin?(userId: string): Order<true>;
  joinedRooms?(userId: string): Order<readonly RoomLine[]>;
  sharedRooms?(userId: string): Order<readonly RoomLine[]>;
  forceJoin?(userId: string, room: string): Order<true>;
  forceLeave?(userId: string, roomId: string): Order<true>;
  forceDemote?(userId: string, roomId: string): Order<true>;
  tags?(userId: string, roomId: string): Order<ReadonlyMap<string, number | undefined>>;
  putTag?(userId: string, roomId: string, tag: string): Order<true>;
  deleteTag?(userId: string, roomId: string, tag: string): Order<true>;
  redactEvent?(eventId: string): Order<true>;
  /** The event as JSON; `null`: not known there. */
  event?(eventId: string): Order<Readonly<Record<string, unknown>> | null>;

  /** So many hundred at a time where `pages`; all of them otherwise. */
  listRooms(page: number): Order<readonly RoomLine[]>;
  /** The ids alone, in which nobody's words stand. */
  listRoomIds?(page: number): Order<readonly string[]>;
  exists?(roomId: string): Order<boolean>;
  members?(roomId: string): Order<readonly string[]>;
  topic?(roomId: string): Order<string>;
  banRoom?(roomId: string): Order<true>;
  unbanRoom?(roomId: string): Order<true>;
  bannedRooms?(): Order<readonly RoomLine[]>;
  /** Takes everybody of this server out of it first. `force`: with what is kept of who was in it. */
  deleteRoom?(roomId: string, force: boolean): Order<true>;
  setAlias?(roomId: string, localpart: string): Order<true>;
  removeAlias(alias: string): Order<true>;
  aliases?(roomId: string): Order<readonly string[]>;
  everyAlias?(): Order<readonly { readonly alias: string; readonly roomId: string }[]>;
  setPublished?(roomId: string, published: boolean): Order<true>;
  setDisabled(roomId: string, disabled: boolean): Order<true>;

  deleteFile(mxc: string): Order<true>;
  /** What the server knows of a file as it prints it; `null`: nothing. */
  fileInfo?(mxc: string): Order<string | null>;
  /** Keeps everybody from a file, and from all of the same content. */
  setBlockedFile?(mxc: string, blocked: boolean): Order<true>;
  /** Seconds; how many files went. */
  deleteBefore?(seconds: number, localToo: boolean): Order<number>;
  deleteAfter?(seconds: number, localToo: boolean): Order<number>;
  deleteOfUser?(userId: string): Order<number | 'untold'>;
  listMedia?(userId: string): Order<readonly MediaLine[]>;

  /** The server makes the token itself. Throws Problem('unsupported') for limits that do not go together there. */
  issueToken?(limits: TokenOrder): Order<SaidToken>;
  listTokens?(): Order<readonly SaidToken[]>;
  revokeToken?(token: string): Order<true>;

  showConfig(): Order<string>;
  memoryUsage?(): Order<string>;
  /** `amount`: where the server asks for one. */
  clearCaches?(which: 'database' | 'services', amount: number): readonly Order<true>[];
  registration?(): Order<boolean>;
  setRegistration?(open: boolean): Order<boolean>;
  features?(): Order<string>;
  reloadConfig?(path: string | undefined): Order<true>;
  restart?(force: boolean): Order<true>;
  shutdown?(): Order<true>;

  registerAppservice(yaml: readonly string[]): Order<string>;
  unregisterAppservice(id: string): Order<true>;
  showAppservice?(id: string): Order<string>;
  listAppservices(): Order<readonly string[]>;
}

/** One kind of homeserver that is driven through a room of its own. */
export interface Dialect {
  /** For people: "continuwuity". */
  readonly name: string;
  /** Of the user that answers there: "conduit". */
  readonly serverLocalpart: string;
  /** What a command begins with, unless configured. */
  prefix(serverUser: string): string;
  readonly quoting: Quoting;
  /** `reply`: answers say what they answer. `order`: they come in the order of the commands, and say nothing. */
  readonly answers: 'reply' | 'order';
  /** Long answers come in several messages. */
  readonly splits: boolean;
  readonly readFailure: ReadFailure;
  /** A list of rooms comes a hundred at a time. */
  readonly pages: boolean;
  /** Its list of accounts leaves out the closed ones, so that closing one can be seen there. */
  readonly listsOnlyOpen: boolean;
  /** `own`: it takes no password in a reset, and makes one. */
  readonly resetPassword: 'given' | 'own';
  /** A closed account can stay in its rooms. */
  readonly deactivatesInPlace: boolean;
  /** Files of other servers can be deleted one by one. */
  readonly deletesRemoteFiles: boolean;
  readonly acts: Acts;
  /** What few others have. */
  readonly extras: ExtraOrders;
  /** What there is in place of what it lacks, by method of the capability: "users.setSuspended". */
  readonly instead: Readonly<Record<string, Text>>;
  /** What a ban of a room does not do there. */
  readonly banLacks?: string;
  /** A read whose answer shows that commands are taken; nothing of it is used. */
  readonly probe: readonly string[];
}
