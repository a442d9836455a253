import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, say } from '../../core/text.ts';
import { type Capabilities, command } from '../define.ts';
import { foundRoom } from '../room/found-room.ts';
import { roomInWords } from '../room/named-room.ts';
import { notTheAdminRoom } from '../room/not-the-admin-room.ts';
import { roomMark } from '../room/room-mark.ts';
import { ownSwitchPlan, throwOwnSwitch } from './own-switch.ts';
import { type Acl, aclSetter, closedAcl, liveAcl, openAcl, sameAcl, setAcl } from './room-acl.ts';

const kept = once(() => z.object({ acl: z.record(z.string(), z.json()).nullable() }));

/** What is to stand in the room again: what was kept, or a list that lets all in where there was none. */
function wayBack({ ledger }: Pick<Capabilities, 'ledger'>, roomId: string): Acl | undefined {
  const entry = ledger.get('federation', roomId);
  return entry === undefined ? undefined : (kept().parse(entry.detail).acl ?? openAcl);
}

export default command({
  path: 'federation enable-room',
  flat: ['enable-room'],
  summary: 'Let other servers take part in a room again that was disabled here.',
  cautions: ['The list of servers (ACL) that the room had before is put back; where it had none, all are let in.'],
  input: () => z.object({ room: room.describe('Its id or alias.') }),
  positionals: ['room'],
  examples: [['Take it back', '!admin federation enable-room #lobby --dry-run']],
  danger: 'confirm',
  role: 'admin',
  needs: ['rooms', 'roomData', 'users', 'puppets', 'federation', 'ledger', 'adminRoom'],

  async plan(input, caps, asker) {
    if (caps.federation.setRoomDisabled !== undefined) {
      const { frozen, ...plan } = await ownSwitchPlan(input.room, false, caps);
      return { ...plan, frozen: { ...frozen, acl: openAcl } };
    }
    const found = await foundRoom(caps.rooms, input.room);
    const { roomId } = found;
    notTheAdminRoom(roomId, caps.adminRoom.roomId, 'open');
    const live = await liveAcl(caps, roomId);
    const isClosed = sameAcl(live, closedAcl(serverOf(caps.adminRoom.botId)));
    const before = wayBack(caps, roomId);
    if (before === undefined && !isClosed)
      throw new Problem(
        'conflict',
        say`The federation of ${roomInWords(found)} is not disabled; there is nothing to do.`,
      );
    const setter = await aclSetter(found, caps);
    const mine = new Set(await caps.users.joinedRooms(asker.userId));
    const target = before ?? openAcl;
    return {
      title: say`Let other servers take part in ${code(roomId)} again.`,
      targets: [{ id: roomId, note: roomMark(found, await caps.rooms.aliases(roomId), mine) }],
      cautions: [
        sameAcl(target, openAcl)
          ? say`All servers are let in.`
          : say`The list of servers that the room had before is put back: ${code(JSON.stringify(target))}`,
        ...(isClosed
          ? []
          : [
              say`**Somebody has changed the list since it was disabled**; what stands there now is overwritten: ${code(JSON.stringify(live))}`,
            ]),
        say`It is done in the name of ${code(setter)}, and everybody in the room sees it.`,
      ],
      frozen: { roomId, acl: target },
    };
  },

  async run(_input, caps, asker, frozen) {
    if (frozen === undefined) throw new Problem('internal', say`The plan is lost; nothing was done.`);
    const { roomId, acl } = frozen;
    if (caps.federation.setRoomDisabled !== undefined) return throwOwnSwitch(roomId, false, caps, asker);
    const before = await liveAcl(caps, roomId);
    if (!sameAcl(before, acl)) {
      const setter = await aclSetter(await foundRoom(caps.rooms, roomId), caps);
      await setAcl(caps, roomId, setter, acl);
    }
    // Only now: a stop before this line forgets nothing.
    caps.ledger.remove('federation', roomId);
    return reply.done(say`Other servers take part in ${code(roomId)} again.`, {
      change: { before: { acl: before }, after: { acl } },
    });
  },
  again: 'safe',
});
