import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, counted, joined, say, type Text, wordsOf } from '../../core/text.ts';
import type { RoomDetails } from '../../homeserver/rooms.ts';
import type { Asker } from '../asker.ts';
import type { Capabilities, ItemResult, JobDefinition, Plan, Result } from '../define.ts';
import { inParallel } from '../in-parallel.ts';
import { foundRoom } from '../room/found-room.ts';
import { roomInWords } from '../room/named-room.ts';
import { closeRoom, openRoom } from '../room/opened-room.ts';
import { roomMark } from '../room/room-mark.ts';
import { wayInto } from '../room/way-into.ts';
import { whyNotJoin } from '../room/why-not-join.ts';
import { accountMarks } from './account-marks.ts';

/** What bringing many accounts into a room needs. */
export const bringInNeeds = ['users', 'rooms', 'roomData', 'ownRooms', 'adminRoom', 'wayBack'] as const;
type Caps = Pick<Capabilities, (typeof bringInNeeds)[number]>;

/** How many accounts are looked at together while the plan is made. */
const lookingAtOnce = 4;

const planned = once(() =>
  z.object({
    roomId: z.string(),
    /** What the homeserver is told: the alias where nobody of ours is in the room, since it says through whom to join. */
    where: z.string(),
    name: z.string(),
    /** The bot goes in to let them in, and leaves when all are through. */
    entering: z.boolean(),
  }),
);

const item = once(() =>
  planned().extend({
    /** In it already when the plan was made. */
    isIn: z.boolean().default(true),
  }),
);

/** What the plan of such a command keeps; `isIn`: who of the users is in it already. */
export type BringInFrozen = z.output<ReturnType<typeof planned>> & {
  readonly users: readonly string[];
  readonly isIn: readonly string[];
};

export const bringInHelp = [
  'Being in the room already is a success; deactivated accounts and the bot are left out, and so are suspended ones, which the server lets join nothing.',
  'Into a room that is not public they have to be let in: I take the power of a local member who has it, go in, invite all of them, give the power up and leave. Everybody in the room sees that.',
];

/** Looks at the room and at each account; `everybody`: those who are in it already need not be named. */
export async function bringInPlan(
  { room: asked, userIds, everybody }: { room: string; userIds: readonly string[]; everybody: boolean },
  caps: Caps,
  asker: Asker,
): Promise<Plan<BringInFrozen>> {
  const { users, rooms, adminRoom } = caps;
  const room = await foundRoom(rooms, asked);
  const entering = (await wayInto(room, caps)) === 'entering';
  const members = new Set(await rooms.members(room.roomId));
  const wanted = everybody ? userIds.filter((userId) => !members.has(userId)) : userIds;
  const accounts = await inParallel(wanted, lookingAtOnce, (userId) => users.get(userId));
  const targets: { id: string; note?: Text }[] = [];
  const skipped: { id: string; why: Text }[] = [];
  let bridged = 0;
  for (const [at, id] of wanted.entries()) {
    const account = accounts[at];
    const membership = members.has(id) ? 'join' : undefined;
    const why =
      id === adminRoom.botId
        ? say`is me`
        : account === undefined
          ? say`no such account`
          : membership === undefined
            ? whyNotJoin(account, membership)
            : undefined;
    if (account === undefined || why !== undefined) {
      skipped.push({ id, why: why ?? say`no such account` });
      continue;
    }
    if (account.appserviceId !== null) bridged += 1;
    const notes = [...accountMarks(account, asker), ...(membership === 'join' ? [say`is in it already`] : [])];
    targets.push({ id, ...(notes.length > 0 ? { note: joined(notes) } : {}) });
  }
  if (everybody && targets.length === 0) throw nobodyLeft(room, skipped);
  const already = targets.filter(({ id }) => members.has(id)).length;
  const mine = new Set(await users.joinedRooms(asker.userId));
  return {
    title: say`Bring ${counted(targets.length - already, 'account')} into ${roomInWords(room)}${already > 0 ? say`; ${already.toLocaleString('en')} more ${already === 1 ? 'is' : 'are'} in it already` : say``}.`,
    targets,
    skipped,
    cautions: [
      say`The room: ${roomMark(room, await rooms.aliases(room.roomId), mine)}.`,
      say`They are not asked, and everybody in the room sees each of them come in. Nothing but leaving, one by one, takes that back.`,
      ...(bridged > 0
        ? [
            say`**${counted(bridged, 'account')} of these ${bridged === 1 ? 'belongs' : 'belong'} to bridges**: people of other networks.`,
          ]
        : []),
      ...(entering
        ? [
            say`The room is not public. **Its members will see** that I am given the power of one of them, come in, invite each of these, give the power up and leave; it stays in the room's history.`,
          ]
        : []),
    ],
    ...(entering ? { instead: say`Somebody who is in the room can invite them.` } : {}),
    frozen: {
      roomId: room.roomId,
      where: room.joinedLocalMembers !== 0 ? room.roomId : asked,
      name: room.name ?? room.roomId,
      entering,
      users: targets.map(({ id }) => id),
      isIn: targets.map(({ id }) => id).filter((id) => members.has(id)),
    },
  };
}

function nobodyLeft(room: RoomDetails, skipped: readonly { readonly id: string; readonly why: Text }[]): Problem {
  const reasons = skipped.slice(0, 10).map(({ id, why }) => say`${code(id)} ${why}`);
  return new Problem(
    'conflict',
    say`There is nobody to bring into ${roomInWords(room)}: all who can be are in it already.`,
    reasons.length === 0 ? undefined : say`Left out: ${joined(reasons, '; ')}.`,
  );
}

/** The job that a confirmed plan begins. */
export function bringInResult(frozen: BringInFrozen | undefined): Result {
  if (frozen === undefined) throw new Problem('internal', say`The plan is lost; nothing was done.`);
  const { users, isIn, ...data } = frozen;
  const known = new Set(isIn);
  return {
    job: {
      items: users.map((target) => ({ target, data: { ...data, isIn: known.has(target) } })),
      heading: say`Bringing ${counted(users.length, 'account')} into “${data.name}”`,
    },
  };
}

/** One account after the other; what the bot has to open for that it closes again, whatever happens. */
export const bringInJob: JobDefinition<unknown, Caps> = {
  pace: 'join',

  async step({ target, data }, _input, caps): Promise<ItemResult> {
    const { users, adminRoom } = caps;
    const place = item().parse(data);
    if (target === adminRoom.botId) return { state: 'skipped', note: 'is me' };
    // Where nothing has to be opened for it, joining says what is in the way, and one look the fewer is made.
    const looks = place.entering || place.isIn;
    const [account, before] = await Promise.all([users.get(target), looks ? membershipOf(target) : undefined]);
    if (account === undefined) return { state: 'skipped', note: 'gone since the plan was shown' };
    if (before === 'join') return { state: 'done', note: 'was in it already' };
    const why = whyNotJoin(account, before);
    if (why !== undefined) return { state: 'skipped', note: wordsOf(why) };
    try {
      await join(caps, target, place);
    } catch (error) {
      const banned = isRefusal(error) ? whyNotJoin(account, await membershipOf(target)) : undefined;
      if (banned === undefined) throw error;
      return { state: 'skipped', note: wordsOf(banned) };
    }
    const after = { membership: 'join' };
    return { state: 'done', change: looks ? { before: { membership: before ?? null }, after } : { after } };

    async function membershipOf(userId: string) {
      return (await users.memberships(userId)).get(place.roomId);
    }
  },

  async settle({ target, data }, _input, { users }) {
    return (await users.memberships(target)).get(planned().parse(data).roomId) === 'join' ? 'done' : 'not done';
  },

  async close({ data }, _input, caps) {
    const { roomId, entering } = planned().parse(data);
    return entering ? closeRoom(roomId, caps) : undefined;
  },
};

const isRefusal = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'rejected' || error.code === 'forbidden');

async function join(
  caps: Caps,
  userId: string,
  { roomId, where, entering }: z.output<ReturnType<typeof planned>>,
): Promise<void> {
  const act = () => caps.rooms.forceJoin(userId, where);
  if (!entering) {
    await act();
    return;
  }
  await openRoom(roomId, caps);
  try {
    await act();
  } catch (error) {
    // Another command, or somebody in the room, has sent the bot out between the two.
    if (!(error instanceof Problem) || error.code !== 'rejected') throw error;
    await openRoom(roomId, caps);
    await act();
  }
}
