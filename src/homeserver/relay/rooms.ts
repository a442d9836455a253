import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';
import { MatrixFault } from '../../http.ts';
import { isForbidden, isMissing } from '../../matrix/missing.ts';
import type { Listed } from '../listed.ts';
import type { RoomDetails, RoomQuery, RoomRow, Rooms } from '../rooms.ts';
import { viaClient } from './client-problem.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';
import { type RoomLine, readRoomLine } from './readers.ts';
import { rowOf } from './room-row.ts';
import { resolveAlias } from './server-room.ts';

const pageSize = 100;
/** No server has more; a list that never ends is none. */
const mostPages = 10_000;

/** Rooms, by lists in which everybody's words stand. */
export function createRelayRooms(parts: RelayParts): Rooms {
  const { matrix, dialect, commander, recall } = parts;
  const { acts } = dialect;
  const absent = (method: string) => lacking(dialect, `rooms.${method}`);
  const { banRoom, unbanRoom, bannedRooms, everyAlias, forceJoin } = acts;

  const pageOf = (page: number) => recall(`rooms ${page}`, () => readPage(page));

  async function readPage(page: number): Promise<readonly RoomLine[]> {
    try {
      return await commander.do(acts.listRooms(page));
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'unavailable') || acts.listRoomIds === undefined) throw error;
      return salvaged(page, await commander.do(acts.listRoomIds(page)));
    }
  }

  /** A name with a line break has spoiled the list: what the list of ids vouches for, and stands there once, is true. */
  async function salvaged(page: number, ids: readonly string[]): Promise<readonly RoomLine[]> {
    const lines = await commander.do({ ...acts.listRooms(page), read: (text) => text.split('\n').map(readRoomLine) });
    const byId = Map.groupBy(
      lines.filter((line) => line !== undefined),
      ({ roomId }) => roomId,
    );
    return Promise.all(
      ids.map(async (roomId) => {
        const [line, ...others] = byId.get(roomId) ?? [];
        if (line !== undefined && others.length === 0) return line;
        return { roomId, members: (await membersOf(roomId))?.length ?? 0, name: null };
      }),
    );
  }

  async function allRooms(): Promise<readonly RoomLine[]> {
    if (!dialect.pages) return pageOf(1);
    const all: RoomLine[] = [];
    for (let page = 1; page < mostPages; page++) {
      const lines = await pageOf(page);
      all.push(...lines);
      if (lines.length < pageSize) break;
    }
    return all;
  }

  /** Only as far as is asked for, in the server's own order. */
  async function someRooms(from: number, limit: number): Promise<Listed<RoomRow>> {
    const first = Math.floor(from / pageSize);
    const found: RoomLine[] = [];
    let ended = false;
    for (let page = first; !ended && found.length < from - first * pageSize + limit; page++) {
      const lines = await pageOf(page + 1);
      found.push(...lines);
      ended = lines.length < pageSize;
    }
    const known = first * pageSize + found.length;
    const rows = found.slice(from - first * pageSize, from - first * pageSize + limit).map(rowOf);
    return ended ? { rows, total: known } : { rows, total: known + 1, more: true };
  }

  async function searched(query: RoomQuery): Promise<Listed<RoomRow>> {
    const { search = '', sort = 'joined_members', reverse = false, from, limit } = query;
    if (sort !== 'joined_members' && sort !== 'name')
      throw new Problem('unsupported', say`${dialect.name} tells nothing of its rooms to sort them so.`);
    const term = search.toLowerCase();
    const fitting = (await allRooms()).filter(
      ({ roomId, name }) => roomId === search || (name ?? '').toLowerCase().includes(term),
    );
    const sorted = fitting.toSorted((one, other) =>
      sort === 'name' ? (one.name ?? '').localeCompare(other.name ?? '') : other.members - one.members,
    );
    if (reverse) sorted.reverse();
    return { rows: sorted.slice(from, from + limit).map(rowOf), total: sorted.length };
  }

  /** The public directory, as clients are told it: one question, and no lines to be mistaken. */
  async function published({ from, limit }: RoomQuery): Promise<Listed<RoomRow>> {
    const rows: RoomRow[] = [];
    for (let since: string | undefined = ''; since !== undefined && rows.length < from + limit; ) {
      const query = { limit: 100, ...(since === '' ? {} : { since }) };
      const answer: Record<string, unknown> = {
        ...((await viaClient(() =>
          matrix.request('GET', '/_matrix/client/v3/publicRooms', undefined, { query }),
        )) as object),
      };
      const chunk = Array.isArray(answer.chunk) ? (answer.chunk as Record<string, unknown>[]) : [];
      rows.push(...chunk.map(publicRow));
      since = typeof answer.next_batch === 'string' && chunk.length > 0 ? answer.next_batch : undefined;
      if (since === undefined) return { rows: rows.slice(from, from + limit), total: rows.length };
    }
    return { rows: rows.slice(from, from + limit), total: rows.length + 1, more: true };
  }

  const banned = () => (bannedRooms === undefined ? [] : recall('banned', () => commander.do(bannedRooms())));
  const isBanned = async (roomId: string) => (await banned()).some((line) => line.roomId === roomId);

  async function membersOf(roomId: string): Promise<readonly string[] | undefined> {
    const order = acts.members?.(roomId);
    if (order !== undefined) return recall(`members ${roomId}`, () => commander.do(order));
    try {
      return [...(await matrix.joinedMembers(roomId))];
    } catch (error) {
      if (isForbidden(error) || isMissing(error)) return undefined;
      return viaClient(() => Promise.reject(error));
    }
  }

  async function get(roomId: string): Promise<RoomDetails | undefined> {
    const line = await lineFor(roomId);
    if (line === undefined) return undefined;
    const members = await membersOf(roomId).catch((error) => {
      if (error instanceof Problem && error.code === 'unavailable') return undefined;
      throw error;
    });
    const ours = members?.filter((userId) => serverOf(userId) === matrix.serverName).length;
    return {
      ...rowOf(line),
      joinedMembers: members?.length ?? line.members,
      joinedLocalMembers: ours ?? null,
      topic: null,
      historyVisibility: null,
      guestAccess: null,
      stateEvents: null,
      blocked: await isBanned(roomId),
    };
  }

  async function lineFor(roomId: string): Promise<RoomLine | undefined> {
    const exists = acts.exists?.(roomId);
    if (exists === undefined) return (await allRooms()).find((line) => line.roomId === roomId);
    if (!(await recall(`exists ${roomId}`, () => commander.do(exists)))) return undefined;
    return { roomId, members: 0, name: null };
  }

  async function aliases(roomId: string): Promise<readonly string[]> {
    try {
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/aliases`;
      const answer: Record<string, unknown> = { ...((await matrix.request('GET', path)) as object) };
      return Array.isArray(answer.aliases) ? answer.aliases.map(String) : [];
    } catch (error) {
      if (!(error instanceof MatrixFault) || error.status >= 500) return viaClient(() => Promise.reject(error));
    }
    const order = acts.aliases?.(roomId);
    // Conduit tells them only to those who are in the room.
    return order === undefined ? [] : commander.do(order);
  }

  return {
    async list(query) {
      if (query.publicOnly) return published(query);
      const plain =
        query.search === undefined && !query.reverse && (query.sort ?? 'joined_members') === 'joined_members';
      return plain && dialect.pages ? someRooms(query.from, query.limit) : searched(query);
    },
    get,
    isBlocked: isBanned,
    blockedBy: async (roomId) => ((await isBanned(roomId)) ? '' : undefined),
    async setBlocked(roomId, blocked) {
      if (blocked || unbanRoom === undefined) return absent('setBlocked')();
      await commander.do(unbanRoom(roomId));
    },
    forceJoin: forceJoin
      ? async (userId, where) => {
          await commander.do(forceJoin(userId, where));
          return 'joined' as const;
        }
      : absent('forceJoin'),
    makeAdmin: absent('makeAdmin'),
    async members(roomId) {
      return (await membersOf(roomId)) ?? absent('members')();
    },
    resolve: (idOrAlias) =>
      idOrAlias.startsWith('!') ? Promise.resolve(idOrAlias) : viaClient(() => resolveAlias(matrix, idOrAlias)),
    aliases,
    ...(everyAlias === undefined ? {} : { everyAlias: () => commander.do(everyAlias()) }),
    ban: banRoom
      ? async (roomId) => {
          await commander.do(banRoom(roomId));
          return dialect.banLacks;
        }
      : absent('ban'),
    ...(bannedRooms === undefined ? {} : { banned: () => commander.do(bannedRooms()) }),
  };
}

function publicRow(raw: Record<string, unknown>): RoomRow {
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    ...rowOf({ roomId: String(raw.room_id), members: Number(raw.num_joined_members ?? 0), name: text(raw.name) }),
    canonicalAlias: text(raw.canonical_alias),
    public: true,
    joinRules: text(raw.join_rule),
    raw,
  };
}
