import { localpartOf, parseLocalAlias, serverOf } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { MatrixFault } from '../http.ts';
import { roomFaults } from '../matrix/room-faults.ts';
import { RoomRefused } from '../matrix/room-refused.ts';
import { attempt } from './attempt.ts';
import type { Server, StateEvent } from './server.ts';
import type { Report } from './settings.ts';

export interface RoomOptions {
  readonly server: Server;
  readonly botId: string;
  /** Whole alias or room id. */
  readonly room: string;
  /** Who is invited. */
  readonly admins: readonly string[];
  readonly report: Report;
}

/**
 * Makes the admin room, or comes into the one that exists if it is safe; returns its id. Throws RoomRefused where it is
 * not, before anything is changed in it.
 */
export async function adminRoom(options: RoomOptions): Promise<string> {
  const { server, botId, room, report } = options;
  const roomId = await attempt(`look for ${room}`, () => idOf(server, room));
  if (roomId === undefined) return makeRoom(options);
  const state = await comeIn(server, botId, roomId, room, report);
  await inviteMissing(options, roomId, state);
  return roomId;
}

async function idOf(server: Server, room: string): Promise<string | undefined> {
  return room.startsWith('!') ? room : server.resolveAlias(room);
}

/** Joins the room if it is safe, and returns its state. Throws RoomRefused where it is not. */
export async function comeIn(
  server: Server,
  botId: string,
  roomId: string,
  name: string,
  report: Report,
): Promise<readonly StateEvent[]> {
  const state = await attempt(`read ${name}`, () => server.roomState(roomId));
  if (state === undefined) throw new RoomRefused(roomId, [say`this server knows no such room`]);
  // The bot may not be in there yet, so the state comes from the admin API.
  const seen = { userId: botId, request: () => Promise.resolve(state) };
  const isAdmin = async (userId: string) => serverOf(userId) === serverOf(botId) && (await server.isAdmin(userId));
  const faults = await attempt(`look whether ${name} is safe`, () => roomFaults(seen, roomId, isAdmin));
  if (faults.length > 0) throw new RoomRefused(roomId, faults);
  if (membershipOf(state, botId) === 'join') {
    report(`Found ${name} (${roomId}); the bot is in it.`);
    return state;
  }
  await attempt(`get the bot into ${name}`, async () => {
    // Invites, and gives the power to remove secrets from the room.
    await server.makeRoomAdmin(roomId, botId);
    await server.join(roomId);
  });
  report(`Found ${name} (${roomId}); it is safe, and the bot joined it.`);
  return state;
}

function membershipOf(state: readonly StateEvent[], userId: string): unknown {
  return state.find(({ type, state_key }) => type === 'm.room.member' && state_key === userId)?.content.membership;
}

async function inviteMissing({ server, admins, report }: RoomOptions, roomId: string, state: readonly StateEvent[]) {
  for (const admin of admins) {
    const membership = membershipOf(state, admin);
    if (membership === 'join' || membership === 'invite') continue;
    try {
      await attempt(`invite ${admin}`, () => server.invite(roomId, admin));
      report(`Invited ${admin}.`);
    } catch (error) {
      // The room works without; whoever has the power there can invite her.
      if (!(error instanceof Problem && error.code === 'rejected')) throw error;
      report(`${error.message} Invite her from the room.`);
    }
  }
}

/** Nobody reaches 101, the bot neither: these would make the room useless to it, or end it. */
const nobody = 101;
/** What makes a room unsafe is the bot's alone; a server admin who must can still take power with make_room_admin. */
const bot = 100;
/** Enough to invite, remove, redact and to name the room; taken back by the bot, since it is less than the bot's. */
const admin = 50;

async function makeRoom(options: RoomOptions): Promise<string> {
  const { server, botId, room, admins, report } = options;
  const alias = localpartOf(parseLocalAlias(room, serverOf(botId)));
  const body = {
    // In later versions a creator stands above every power level, 101 included.
    room_version: '11',
    preset: 'private_chat',
    visibility: 'private',
    room_alias_name: alias,
    name: 'Admins',
    topic: 'Castellan obeys server admins here. Type !admin help.',
    invite: admins,
    creation_content: { 'm.federate': false },
    initial_state: [
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } },
      { type: 'm.room.guest_access', state_key: '', content: { guest_access: 'forbidden' } },
    ],
    power_level_content_override: {
      users: { [botId]: bot, ...Object.fromEntries(admins.map((userId) => [userId, admin])) },
      invite: admin,
      kick: admin,
      ban: admin,
      redact: admin,
      state_default: admin,
      events: {
        'm.room.encryption': nobody,
        'm.room.server_acl': nobody,
        'm.room.tombstone': nobody,
        'm.room.power_levels': bot,
        'm.room.join_rules': bot,
        'm.room.history_visibility': bot,
        'm.room.guest_access': bot,
      },
    },
  };
  const roomId = await attempt(`make ${room}`, async () => {
    try {
      return await server.createRoom(body);
    } catch (error) {
      throw await afterFailure(error, server, room);
    }
  });
  report(`Made ${room} (${roomId}), private and not federated.`);
  if (admins.length > 0) report(`Invited ${admins.join(', ')}.`);
  return roomId;
}

/** A server that encrypts every new room stumbles over the level for encryption half-way, its alias taken. */
async function afterFailure(error: unknown, server: Server, room: string): Promise<unknown> {
  if (!(error instanceof MatrixFault && error.reason.includes(`send_level (${nobody})`))) return error;
  await server.removeAlias(room).catch(() => undefined);
  return new Problem(
    'rejected',
    say`This homeserver encrypts every new room (${code('encryption_enabled_by_default_for_room_type')}), and the admin room must not be encrypted.`,
    say`Set it to ${code('off')} while ${code('castellan init')} runs.`,
  );
}
