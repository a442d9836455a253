import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, say } from '../../core/text.ts';
import type { Asker } from '../asker.ts';
import type { Capabilities, Plan } from '../define.ts';
import { namedRoom } from '../room/named-room.ts';
import { notTheAdminRoom } from '../room/not-the-admin-room.ts';
import { roomIdOf } from '../room/room-id-of.ts';

type Caps = Pick<Capabilities, 'rooms' | 'federation' | 'ledger' | 'adminRoom'>;

/** The plan where the homeserver has a switch of its own for a room's federation, and the room is not changed for it. */
export async function ownSwitchPlan(
  asked: string,
  disabled: boolean,
  { rooms, adminRoom }: Caps,
): Promise<Plan<{ roomId: string }>> {
  const roomId = await roomIdOf(rooms, asked);
  notTheAdminRoom(roomId, adminRoom.roomId, 'cut off');
  const inWords = await namedRoom(rooms, roomId);
  return {
    title: disabled
      ? say`Take in nothing more from other servers for ${inWords}.`
      : say`Take in again what other servers send for ${inWords}.`,
    targets: [{ id: roomId }],
    cautions: disabled
      ? [
          say`This server refuses what others send there; what is sent from here **still goes out**. The room itself is not changed.`,
        ]
      : [say`A room that was banned can be joined again by this, on some homeservers.`],
    instead: say`${commandLine(`federation ${disabled ? 'enable' : 'disable'}-room ${roomId}`)} takes it back.`,
    frozen: { roomId },
  };
}

/** Throws the switch, and keeps a record where the homeserver keeps no list. */
export async function throwOwnSwitch(
  roomId: string,
  disabled: boolean,
  { federation, ledger }: Caps,
  asker: Asker,
): Promise<Reply> {
  if (federation.setRoomDisabled === undefined) throw new Problem('unsupported', say`There is no such switch.`);
  await federation.setRoomDisabled(roomId, disabled);
  if (disabled) ledger.put('federation', roomId, { acl: null }, asker);
  else ledger.remove('federation', roomId);
  const words = disabled
    ? say`This server takes in nothing more from others for ${code(roomId)}.`
    : say`This server takes in again what others send for ${code(roomId)}.`;
  return reply.done(words, { change: { before: null, after: { disabled } } });
}
