import { z } from 'zod';
import { once } from '../core/once.ts';
import type { Text } from '../core/text.ts';
import { MatrixFault, NoAnswer } from '../http.ts';
import type { Log, LogFields } from '../log.ts';
import { faultFields } from './fault-fields.ts';
import type { Matrix } from './matrix.ts';
import { isMissing } from './missing.ts';
import { pause } from './pause.ts';
import { roomFaults } from './room-faults.ts';
import { RoomRefused } from './room-refused.ts';
import { standingIn } from './standing.ts';
import type { Storage } from './storage.ts';

const boundName = 'admin-room';

/** The room that the bot bound itself to at its first start. */
export const boundRoom = (storage: Pick<Storage, 'get'>): string | undefined => storage.get(boundName);
const lookEveryMs = 2_000;
/** Synapse allows a join in ten seconds (`rc_joins.local`), and one that fails counts. */
const looksPerJoin = 8;

export interface BindOptions {
  readonly matrix: Matrix;
  readonly storage: Storage;
  readonly log: Log;
  /** Alias or id; without it `#admins:<server>`, then `#admin:<server>`. */
  readonly adminRoom?: string | undefined;
  readonly isServerAdmin: (userId: string) => Promise<boolean>;
  /** Why this room may not be it on this homeserver, beside what holds for all. */
  readonly fault?: (roomId: string) => Text | undefined;
  /** Forget the room bound before; the shell's business only. */
  readonly rebind?: boolean;
  readonly signal?: AbortSignal;
}

const directory = once(() => z.object({ room_id: z.string() }));

async function resolve(matrix: Matrix, idOrAlias: string): Promise<string | undefined> {
  if (idOrAlias.startsWith('!')) return idOrAlias;
  try {
    const path = `/_matrix/client/v3/directory/room/${encodeURIComponent(idOrAlias)}`;
    return directory().parse(await matrix.request('GET', path)).room_id;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What the admin room is called where nothing is configured, the first that exists. */
export const usualAdminRooms = (serverName: string): readonly string[] =>
  ['admins', 'admin'].map((name) => `#${name}:${serverName}`);

/**
 * Comes into the admin room and returns its id, which stays bound from the first start on. Waits, and says so in the
 * log, while there is no such room, no invite to it from a local server admin, or no homeserver. Throws RoomRefused
 * where the room may not be used, and NoAnswer('stopped') when `signal` aborts or `matrix.stop` is called.
 */
export async function bindAdminRoom(options: BindOptions): Promise<{ roomId: string }> {
  const { matrix, storage, log, isServerAdmin, signal } = options;
  const names = options.adminRoom ? [options.adminRoom] : usualAdminRooms(matrix.serverName);
  const bound = options.rebind === true ? undefined : storage.get(boundName);
  let said = '';
  let looksFromOutside = 0;
  const waitingFor = (what: string, fields: LogFields = {}) => {
    if (what !== said) log.warn(fields, `waiting for the admin room: ${what}`);
    said = what;
  };

  async function firstThatExists(): Promise<string | undefined> {
    for (const name of names) {
      const roomId = await resolve(matrix, name);
      if (roomId !== undefined) return roomId;
    }
    return undefined;
  }

  async function warnWhereNamePointsElsewhere(roomId: string): Promise<void> {
    const now = await firstThatExists();
    if (now === roomId) return;
    log.warn(
      { roomId },
      `the name ${names.join(' or ')} no longer leads to the room that the bot is bound to; it stays there (castellan init --rebind changes that)`,
    );
  }

  async function comeIn(roomId: string): Promise<'was in' | 'came in' | 'outside'> {
    const standing = await standingIn(matrix, roomId);
    if (standing.kind === 'joined') return 'was in';
    if (standing.kind === 'invited') {
      const local = standing.by.endsWith(`:${matrix.serverName}`);
      if (!local || !(await isServerAdmin(standing.by))) {
        waitingFor('whoever invited the bot to it is no server admin', { roomId, userId: standing.by });
        return 'outside';
      }
    } else if (looksFromOutside++ % looksPerJoin !== 0) return 'outside';
    try {
      await matrix.request('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, {});
      return 'came in';
    } catch (error) {
      if (standing.kind === 'invited' || !(error instanceof MatrixFault)) throw error;
      waitingFor('a server admin has to invite the bot to it', { roomId, userId: matrix.userId });
      return 'outside';
    }
  }

  async function attempt(): Promise<string | undefined> {
    const roomId = bound ?? (await firstThatExists());
    if (roomId === undefined) {
      waitingFor(`there is no room ${names.join(' or ')}; \`castellan init\` makes one`);
      return undefined;
    }
    const way = await comeIn(roomId);
    if (way === 'outside') return undefined;
    const fault = options.fault?.(roomId);
    const faults = [...(await roomFaults(matrix, roomId, isServerAdmin)), ...(fault === undefined ? [] : [fault])];
    if (faults.length === 0) return roomId;
    if (way === 'came in')
      await matrix
        .request('POST', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/leave`, {})
        .catch(() => undefined);
    throw new RoomRefused(roomId, faults);
  }

  while (!signal?.aborted) {
    try {
      const roomId = await attempt();
      if (roomId !== undefined) {
        if (bound === undefined) storage.set(boundName, roomId);
        else await warnWhereNamePointsElsewhere(roomId);
        return { roomId };
      }
    } catch (error) {
      if (error instanceof RoomRefused || (error instanceof NoAnswer && error.kind === 'stopped')) throw error;
      waitingFor('the homeserver could not be asked', faultFields(error));
    }
    await pause(lookEveryMs, signal);
  }
  throw new NoAnswer('stopped', false);
}
