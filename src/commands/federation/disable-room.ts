import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, counted, say } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import { type Capabilities, command } from '../define.ts';
import { foundRoom } from '../room/found-room.ts';
import { roomInWords } from '../room/named-room.ts';
import { notTheAdminRoom } from '../room/not-the-admin-room.ts';
import { roomMark } from '../room/room-mark.ts';
import { ownSwitchPlan, throwOwnSwitch } from './own-switch.ts';
import { aclSetter, closedAcl, liveAcl, sameAcl, setAcl } from './room-acl.ts';

type Caps = Pick<Capabilities, 'rooms' | 'roomData' | 'adminRoom' | 'ledger'>;

/** The room, if there is something to disable in it. */
async function openRoomOf(idOrAlias: string, { rooms, roomData, adminRoom, ledger }: Caps): Promise<RoomDetails> {
  const found = await foundRoom(rooms, idOrAlias);
  notTheAdminRoom(found.roomId, adminRoom.roomId, 'cut off');
  if (found.federatable === false)
    throw new Problem(
      'conflict',
      say`${roomInWords(found)} was made without federation: no other server can take part in it. There is nothing to do.`,
    );
  if (sameAcl(await liveAcl({ roomData }, found.roomId), closedAcl(serverOf(adminRoom.botId)))) {
    const known = ledger.get('federation', found.roomId) !== undefined;
    throw new Problem(
      'conflict',
      known
        ? say`I have disabled the federation of ${roomInWords(found)} already; what was before is kept.`
        : say`${roomInWords(found)} lets only this server in already, and that was not my doing.`,
      say`${commandLine(`federation enable-room ${found.roomId}`)} opens it.`,
    );
  }
  return found;
}

export default command({
  path: 'federation disable-room',
  flat: ['disable-room'],
  summary: 'Keep all other servers from taking part in a room.',
  cautions: [
    'It changes the room for everybody: a list of servers (ACL) is set, in the name of a local user with the power.',
    'Other servers still get what is sent from here, and their people stay in the list of members.',
    '`federation enable-room` puts back the list that was there.',
  ],
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['See what it would do', '!admin federation disable-room #lobby --dry-run']],
  danger: 'confirm',
  role: 'admin',
  needs: ['rooms', 'roomData', 'users', 'puppets', 'federation', 'ledger', 'adminRoom'],

  async plan(input, caps, asker) {
    if (caps.federation.setRoomDisabled !== undefined) return ownSwitchPlan(input.room, true, caps);
    const found = await openRoomOf(input.room, caps);
    const setter = await aclSetter(found, caps);
    const before = await liveAcl(caps, found.roomId);
    const mine = new Set(await caps.users.joinedRooms(asker.userId));
    const others = found.joinedMembers - (found.joinedLocalMembers ?? 0);
    return {
      title: say`Keep all other servers out of ${code(found.roomId)}.`,
      targets: [{ id: found.roomId, note: roomMark(found, await caps.rooms.aliases(found.roomId), mine) }],
      cautions: [
        say`It changes the room **for everybody**: what its ${counted(others, 'member')} on other servers send is refused by this server, and by all others.`,
        say`What is sent from here **still goes out** to them, and they stay in the list of members.`,
        say`It is done in the name of ${code(setter)}, and everybody in the room sees it.`,
        before === null
          ? say`The room has no list of servers; enabling it again writes one that lets all in.`
          : say`The room's present list of servers is kept, and put back when it is enabled again.`,
      ],
      instead: say`${commandLine(`federation enable-room ${found.roomId}`)} takes it back.`,
      frozen: { roomId: found.roomId },
    };
  },

  async run(_input, caps, asker, frozen) {
    const roomId = frozen?.roomId ?? '';
    if (caps.federation.setRoomDisabled !== undefined) return throwOwnSwitch(roomId, true, caps, asker);
    const { ledger, adminRoom } = caps;
    const closed = closedAcl(serverOf(adminRoom.botId));
    const before = await liveAcl(caps, roomId);
    // Taken up again after a stop: what was kept then is what there was before.
    if (!sameAcl(before, closed)) {
      const found = await openRoomOf(roomId, caps);
      const setter = await aclSetter(found, caps);
      ledger.put('federation', roomId, { acl: before }, asker);
      await setAcl(caps, roomId, setter, closed);
    }
    return reply.done(
      say`Only this server takes part in ${code(roomId)} now. ${commandLine(`federation enable-room ${roomId}`)} takes it back.`,
      { change: { before: { acl: before }, after: { acl: closed } } },
    );
  },
  again: 'safe',
});
