import { z } from 'zod';
import { localUser, room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Membership, UserDetails } from '../../homeserver/users.ts';
import { type AnyCommand, type Capabilities, command } from '../define.ts';
import { accountMarks } from '../user/account-marks.ts';
import { localAccount } from '../user/local-account.ts';
import { roomInWords } from './named-room.ts';
import { closeRoom, whileOpen } from './opened-room.ts';
import { roomIdOf } from './room-id-of.ts';
import { roomMark } from './room-mark.ts';
import { type WayInto, wayInto } from './way-into.ts';
import { whyNotJoin } from './why-not-join.ts';

const needs = ['users', 'rooms', 'roomData', 'ownRooms', 'adminRoom', 'wayBack'] as const;
type Caps = Pick<Capabilities, (typeof needs)[number]>;

const input = () =>
  z.object({
    user: localUser.describe('Who is brought in; of this server.'),
    room: room.describe('Into which room, by id or alias.'),
  });

interface Case {
  readonly account: UserDetails;
  readonly membership: Membership | undefined;
  readonly roomId: string;
  /** Undefined where this server has not seen it yet: the alias that was typed leads there. */
  readonly room: RoomDetails | undefined;
  readonly inWords: Text;
  readonly way: WayInto;
}

/** How it stands with this user and this room. Throws Problem where it can come to nothing. */
async function look({ user, room: asked }: z.output<ReturnType<typeof input>>, caps: Caps): Promise<Case> {
  const { users, rooms, adminRoom } = caps;
  if (user === adminRoom.botId) {
    throw new Problem(
      'conflict',
      say`${code(user)} is me, and I go into no room without power there.`,
      say`${commandLine(`room make-admin ${asked} -u ${user}`)} brings me in for good.`,
    );
  }
  const account = await localAccount(users, user);
  const roomId = await roomIdOf(rooms, asked);
  const found = await rooms.get(roomId);
  const inWords = found === undefined ? code(asked) : roomInWords(found);
  const membership = (await users.memberships(user)).get(roomId);
  const before = { account, membership, roomId, room: found, inWords };
  if (membership === 'join') return { ...before, way: 'open' };
  const why = whyNotJoin(account, membership);
  if (why !== undefined) {
    throw new Problem('conflict', say`${code(user)} ${why}. It was not brought into ${inWords}.`, wayOut(account));
  }
  if (found !== undefined) return { ...before, way: await wayInto(found, caps) };
  await refuseUnseen(asked, roomId, caps);
  return { ...before, way: 'open' };
}

function wayOut({ userId, deactivated, suspended }: UserDetails): Text {
  if (deactivated) return say`${commandLine(`user reactivate ${userId}`)} opens the account again.`;
  if (suspended) return say`${commandLine(`user unsuspend ${userId}`)} lifts that.`;
  return say`Somebody with power in the room can lift the ban.`;
}

/** A room that nobody here has been in: only an alias says through which server one gets there. */
async function refuseUnseen(asked: string, roomId: string, { rooms }: Caps): Promise<void> {
  if (!asked.startsWith('#')) {
    throw new Problem(
      'not-found',
      say`This server does not know the room ${code(asked)}.`,
      say`A room on another server can be joined by its alias.`,
    );
  }
  if (!(await rooms.isBlocked(roomId))) return;
  throw new Problem(
    'conflict',
    say`${code(asked)} is blocked on this server: nobody here can join it.`,
    say`${commandLine(`room unblock ${roomId}`)} lifts that.`,
  );
}

function said(user: string, { membership, inWords }: Case, how: Text): Reply {
  return reply.done(say`${code(user)} is in ${inWords} now.${how}`, {
    change: { before: { membership: membership ?? null }, after: { membership: 'join' } },
  });
}

/** The command that brings a local account into a room, in one of its two orders of arguments. */
export function forceJoin(
  path: string,
  positionals: readonly ('user' | 'room')[],
  examples: AnyCommand['examples'],
): AnyCommand {
  return command({
    path,
    summary: 'Bring a local account into a room, whether it wants or not.',
    cautions: [
      'Into a room that is not public it has to be let in: I take the power of a local member who has it, go in, invite, give the power up and leave. Everybody in the room sees that.',
    ],
    input,
    positionals,
    examples,
    danger: 'write',
    raise: async (asked, caps) => ((await look(asked, caps)).way === 'entering' ? 'confirm' : undefined),
    role: 'admin',
    needs,

    async plan(asked, caps, asker) {
      const found = await look(asked, caps);
      const { account, room: target, inWords, way } = found;
      const marks = accountMarks(account, asker);
      const mine = new Set(target === undefined ? [] : await caps.users.joinedRooms(asker.userId));
      return {
        title: say`Bring ${code(asked.user)} into ${inWords}.`,
        targets: [{ id: asked.user, ...(marks.length > 0 ? { note: joined(marks) } : {}) }],
        cautions: [
          ...(target === undefined
            ? []
            : [say`The room: ${roomMark(target, await caps.rooms.aliases(target.roomId), mine)}.`]),
          ...(way === 'entering'
            ? [
                say`It is not public. **Its members will see** that I am given the power of one of them, come in, let ${code(asked.user)} in, give the power up and leave; it stays in the room's history.`,
              ]
            : []),
        ],
        ...(way === 'entering' ? { instead: say`Somebody who is in the room can invite ${code(asked.user)}.` } : {}),
        frozen: { enters: way === 'entering' },
      };
    },

    async run(asked, caps, _asker, frozen) {
      const { user } = asked;
      const found = await look(asked, caps);
      const { roomId, room: target, membership, inWords, way } = found;
      if (membership === 'join') {
        const left = await closeRoom(roomId, caps);
        return reply.done(say`${code(user)} is in ${inWords} already.${left === undefined ? '' : say` ${left}`}`);
      }
      // A room without any of ours in it is reached through the server of its alias.
      const where = target !== undefined && target.joinedLocalMembers !== 0 ? roomId : asked.room;
      const act = () => caps.rooms.forceJoin(user, where);
      // Cut short before, it may be in there still, and has to come out again.
      const begun = caps.wayBack.ofRoom(roomId) !== undefined;
      if (way === 'open' && !begun) {
        await act();
        return said(user, found, say``);
      }
      if (frozen?.enters !== true && !begun) {
        throw new Problem(
          'conflict',
          say`${inWords} is not public any more; nothing was done.`,
          say`Send the command again to see what it takes now.`,
        );
      }
      const { left } = await whileOpen(roomId, caps, act);
      return said(user, found, left === undefined ? say` I went in, let it in, and left again.` : say` ${left}`);
    },

    again: 'safe',
    async settle({ user, room: asked }, { users, rooms }) {
      return (await users.memberships(user)).get(await roomIdOf(rooms, asked)) === 'join' ? 'done' : 'not done';
    },
    async complete(asked, caps) {
      const found = await look(asked, caps);
      const left = await closeRoom(found.roomId, caps);
      return said(asked.user, found, left === undefined ? say`` : say` ${left}`);
    },
  });
}
