import { serverOf } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Capabilities } from '../define.ts';
import { whoMaySet } from '../room/who-may-set.ts';

export const aclType = 'm.room.server_acl';

export type Acl = Readonly<Record<string, Json>>;

/** Lets every server in; written where a room had no list before. */
export const openAcl: Acl = { allow: ['*'], deny: [], allow_ip_literals: true };

/**
 * Lets only this server in. Its name stands there with and without its port: servers drop the port of who sends, and not
 * of themselves.
 */
export function closedAcl(serverName: string): Acl {
  const host = serverName.replace(/:\d+$/, '');
  const isLiteral = /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith('[');
  return { allow: [...new Set([serverName, host])], deny: [], allow_ip_literals: isLiteral };
}

/** Equal whatever the order of the keys. */
export function sameAcl(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** The list a room has now; null where it has none. */
export async function liveAcl({ roomData }: Pick<Capabilities, 'roomData'>, roomId: string): Promise<Acl | null> {
  const [event] = await roomData.state(roomId, aclType);
  return event === undefined ? null : (event.content as Acl);
}

/** Since when the bot has kept all other servers out of a room (epoch ms), if that still stands. */
export async function disabledSince(
  roomId: string,
  { ledger, roomData, adminRoom }: Pick<Capabilities, 'ledger' | 'roomData' | 'adminRoom'>,
): Promise<number | undefined> {
  const entry = ledger.get('federation', roomId);
  if (entry === undefined) return undefined;
  const live = await liveAcl({ roomData }, roomId);
  return sameAcl(live, closedAcl(serverOf(adminRoom.botId))) ? entry.at : undefined;
}

type Caps = Pick<Capabilities, 'users' | 'rooms' | 'roomData' | 'puppets' | 'adminRoom'>;

/** As whom the list is set. Throws Problem where nobody of this server could. */
export async function aclSetter(room: RoomDetails, caps: Caps): Promise<string> {
  const setter = await whoMaySet(room.roomId, aclType, caps);
  if (setter !== undefined) return setter;
  throw new Problem(
    'conflict',
    say`Nobody of this server has the power in ${code(room.roomId)} to say which servers may take part.`,
    say`${commandLine(`room ban-room ${room.roomId}`)} takes everybody of this server out of it instead.`,
  );
}

/** Sets the list as that user, and looks that it stands. */
export async function setAcl(caps: Caps, roomId: string, setter: string, acl: Acl): Promise<void> {
  await caps.puppets.setState(setter, roomId, aclType, acl);
  if (sameAcl(await liveAcl(caps, roomId), acl)) return;
  throw new Problem('rejected', say`The server said yes, but ${code(roomId)} has another list of servers now.`);
}
