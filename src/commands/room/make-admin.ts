import { z } from 'zod';
import { localUser, room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Membership } from '../../homeserver/users.ts';
import { type Capabilities, command } from '../define.ts';
import { accountMarks } from '../user/account-marks.ts';
import { localAccount } from '../user/local-account.ts';
import { foundRoom } from './found-room.ts';
import { roomInWords } from './named-room.ts';
import { notTheAdminRoom } from './not-the-admin-room.ts';
import { roomMark } from './room-mark.ts';
import { roomPower } from './room-power.ts';
import { whyNobodyLetsIn } from './way-into.ts';

const needs = ['users', 'rooms', 'roomData', 'ownRooms', 'adminRoom', 'wayBack'] as const;
type Caps = Pick<Capabilities, (typeof needs)[number]>;

/** How it stands. Throws Problem where nobody here could give the power away, or there is nothing to give. */
async function look(asked: string, userId: string, caps: Caps) {
  const found = await foundRoom(caps.rooms, asked);
  notTheAdminRoom(found.roomId, caps.adminRoom.roomId, 'change who has power in');
  const account = await localAccount(caps.users, userId);
  if (account.deactivated)
    throw new Problem('conflict', say`${code(userId)} is deactivated; it could not use the power.`);
  const power = await roomPower(caps.roomData, found.roomId);
  if (power === undefined) {
    throw new Problem(
      'conflict',
      say`Nobody of this server is in ${roomInWords(found)}, so nobody here has power to give away.`,
    );
  }
  const membership = (await caps.users.memberships(userId)).get(found.roomId);
  if (membership === 'ban') {
    throw new Problem(
      'conflict',
      say`${code(userId)} is banned from ${roomInWords(found)}.`,
      say`Somebody with power in the room has to lift that first.`,
    );
  }
  const members = await caps.rooms.members(found.roomId);
  const level = power.of(userId);
  if (membership === 'join' && level >= Math.max(power.toSet('m.room.power_levels'), power.named[0]?.level ?? 0)) {
    throw new Problem(
      'conflict',
      say`${code(userId)} has the most power in ${roomInWords(found)} already; there is nothing to do.`,
    );
  }
  const why = await whyNobodyLetsIn(power, members, caps);
  if (why !== undefined)
    throw new Problem('conflict', say`No power in ${roomInWords(found)} can be given away from here: ${why}.`);
  return { found, account, membership, level };
}

const given = (userId: string, { joinRules }: RoomDetails, membership: Membership | undefined): Text => {
  if (membership === 'join') return say`It is in the room.`;
  if (membership === 'invite') return say`It is invited, and has the power once it joins.`;
  return joinRules === 'public'
    ? say`It is not in the room, which is public: it has the power once it joins. ${commandLine(`user force-join-room ${userId} …`)} brings it in.`
    : say`It is not in the room.`;
};

export default command({
  path: 'room make-admin',
  summary: 'Give somebody the power of the mightiest local member of a room.',
  cautions: [
    'Where the room is not publicly joinable, it invites. Everybody in the room sees it.',
    'With -u and my own id I join, and stay.',
  ],
  input: () =>
    z.object({
      room: room.describe('In which room, by id or alias.'),
      userId: localUser.optional().describe('Who gets the power; you unless told.'),
    }),
  positionals: ['room'],
  short: { u: 'userId' },
  examples: [
    ['What would it do?', '!admin room make-admin #lobby -u alice --dry-run'],
    ['Power in the lobby for bob', '!admin room make-admin #lobby -u bob'],
  ],
  danger: 'confirm',
  role: 'owner',
  needs,

  async plan({ room: asked, userId }, caps, asker) {
    const user = userId ?? asker.userId;
    const { found, account, membership } = await look(asked, user, caps);
    const marks = accountMarks(account, asker);
    const mine = new Set(await caps.users.joinedRooms(asker.userId));
    const itself = user === caps.adminRoom.botId;
    return {
      title: say`Give ${code(user)} the power of the mightiest local member of ${roomInWords(found)}.`,
      targets: [
        {
          id: user,
          note: joined([...(itself ? [say`**myself**`] : []), ...marks, membershipInWords(membership)]),
        },
      ],
      cautions: [
        say`The room: ${roomMark(found, await caps.rooms.aliases(found.roomId), mine)}.`,
        say`Its members see it.`,
        ...(itself ? [say`I join it, and stay.`] : []),
        ...(!itself && membership !== 'join' && found.joinRules !== 'public' ? [say`It invites ${code(user)}.`] : []),
      ],
      instead: say`${commandLine(`user force-demote ${user} ${found.roomId}`)} takes it back.`,
      frozen: null,
    };
  },

  async run({ room: asked, userId }, caps, asker) {
    const user = userId ?? asker.userId;
    const { found, membership, level } = await look(asked, user, caps);
    if (user === caps.adminRoom.botId) {
      await caps.ownRooms.enter(found.roomId);
      // It is to stay there, whatever it went in for before.
      caps.wayBack.forgetRoom(found.roomId);
    } else await caps.rooms.makeAdmin(found.roomId, user);
    return granted(user, found, caps, { membership: membership ?? null, level });
  },

  // With the power given, a second run has nothing to do and would say so as if it had failed.
  async settle({ room: asked, userId }, caps) {
    if (userId === undefined) return 'unknown';
    const { roomId } = await foundRoom(caps.rooms, asked);
    const power = await roomPower(caps.roomData, roomId);
    const hasIt = power !== undefined && power.of(userId) >= power.toSet('m.room.power_levels');
    const inIt = userId !== caps.adminRoom.botId || (await caps.ownRooms.place(roomId)).joined;
    return hasIt && inIt ? 'done' : 'not done';
  },
});

async function granted(userId: string, found: RoomDetails, caps: Caps, before: object) {
  const membership = (await caps.users.memberships(userId)).get(found.roomId);
  const level = (await roomPower(caps.roomData, found.roomId))?.of(userId);
  return reply.done(
    say`${code(userId)} has power ${level ?? 'unknown'} in ${roomInWords(found)} now. ${userId === caps.adminRoom.botId && membership === 'join' ? say`I joined it, and stay.` : given(userId, found, membership)}`,
    { change: { before, after: { membership: membership ?? null, level: level ?? null } } },
  );
}

function membershipInWords(membership: Membership | undefined): Text {
  if (membership === 'join') return say`in the room`;
  return membership === 'invite' ? say`invited` : say`not in the room`;
}
