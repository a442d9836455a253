import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import { MatrixFault, NoAnswer } from '../../http.ts';
import type { Log } from '../../log.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { isForbidden, isMissing } from '../../matrix/missing.ts';
import { pause } from '../../matrix/pause.ts';
import { standingIn } from '../../matrix/standing.ts';

/** The homeserver's own admin room, as seen from the bot. */
export interface ServerRoom {
  readonly roomId: string;
  /** Who is in it now, and so its admin; the homeserver's user left out. */
  admins(): Promise<ReadonlySet<string>>;
  /** May the bot remove the homeserver's messages there? */
  mayRedact(): Promise<boolean>;
}

export interface ServerRoomOptions {
  readonly matrix: Matrix;
  readonly log: Log;
  /** Alias or id; `#admins:<server>` unless told. */
  readonly room: string | undefined;
  readonly serverUser: string;
  /** Who makes that room; `undefined`: anybody may have. */
  readonly creator: string | undefined;
  readonly signal?: AbortSignal;
}

const lookEveryMs = 2_000;

/** Where an alias leads; `undefined`: nowhere. Throws MatrixFault or NoAnswer. */
export async function resolveAlias(matrix: Pick<Matrix, 'request'>, alias: string): Promise<string | undefined> {
  try {
    const path = `/_matrix/client/v3/directory/room/${encodeURIComponent(alias)}`;
    const { room_id }: Record<string, unknown> = { ...((await matrix.request('GET', path)) as object) };
    return typeof room_id === 'string' ? room_id : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What the room is called where nothing is configured. */
export const usualServerRoom = (serverName: string): string => `#admins:${serverName}`;

/**
 * Finds the room and comes into it; waits, and says so in the log, while there is none, while the bot is not let in, or
 * while the homeserver's user is not there. Throws Problem('conflict') for a room that somebody else has made: who
 * could invite there would be the server's admin by the bot's book.
 */
export async function findServerRoom(options: ServerRoomOptions): Promise<ServerRoom> {
  const { matrix, log, serverUser, creator, signal } = options;
  const name = options.room ?? usualServerRoom(matrix.serverName);
  let said = '';
  const waitingFor = (what: string) => {
    if (what !== said) log.warn({}, `waiting for the homeserver's own admin room: ${what}`);
    said = what;
  };

  async function comeIn(roomId: string): Promise<boolean> {
    const standing = await standingIn(matrix, roomId);
    if (standing.kind === 'joined') return true;
    if (standing.kind !== 'invited') {
      waitingFor(`somebody who is in ${name} has to invite the bot to it`);
      return false;
    }
    if (!standing.by.endsWith(`:${matrix.serverName}`)) {
      waitingFor('the bot was invited by somebody of another server');
      return false;
    }
    await matrix.request('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, {});
    return true;
  }

  async function attempt(): Promise<string | undefined> {
    const roomId = name.startsWith('!') ? name : await resolveAlias(matrix, name);
    if (roomId === undefined) {
      waitingFor(`there is no room ${name}`);
      return undefined;
    }
    if (!(await comeIn(roomId))) return undefined;
    if (!(await matrix.joinedMembers(roomId)).has(serverUser)) {
      waitingFor(`${serverUser}, who answers there, is not in ${name}`);
      return undefined;
    }
    if (creator !== undefined && options.room === undefined) await requireCreator(roomId, creator);
    return roomId;
  }

  async function requireCreator(roomId: string, wanted: string): Promise<void> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.create/`;
    const query = { format: 'event' };
    const event: Record<string, unknown> = { ...((await matrix.request('GET', path, undefined, { query })) as object) };
    if (event.sender === wanted) return;
    throw new Problem(
      'conflict',
      say`The room ${code(name)} was not made by ${code(wanted)}, so it is not the homeserver's own admin room.`,
      say`Where it is the right one all the same, name it: ${code('"backend": { "room": "…" }')} in the bot's configuration.`,
    );
  }

  while (!signal?.aborted) {
    try {
      const roomId = await attempt();
      if (roomId !== undefined) return { roomId, ...lookingInto(matrix, roomId, serverUser) };
    } catch (error) {
      if (error instanceof NoAnswer && error.kind === 'stopped') throw error;
      if (!(error instanceof MatrixFault || error instanceof NoAnswer)) throw error;
      waitingFor(isForbidden(error) ? 'the bot may not come in' : 'the homeserver could not be asked');
    }
    await pause(lookEveryMs, signal);
  }
  throw new NoAnswer('stopped', false);
}

function lookingInto(matrix: Matrix, roomId: string, serverUser: string): Omit<ServerRoom, 'roomId'> {
  return {
    async admins() {
      const members = new Set(await matrix.joinedMembers(roomId));
      members.delete(serverUser);
      return members;
    },
    async mayRedact() {
      const powers = await matrix.state(roomId, 'm.room.power_levels');
      const users: Record<string, unknown> = { ...(powers?.users as object | undefined) };
      return Number(users[matrix.userId] ?? powers?.users_default ?? 0) >= Number(powers?.redact ?? 50);
    },
  };
}
