import { z } from 'zod';
import { localUser, room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { code, commandLine, joined, say } from '../../core/text.ts';
import { type Capabilities, command } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { foundRoom } from '../room/found-room.ts';
import { roomInWords } from '../room/named-room.ts';
import { notTheAdminRoom } from '../room/not-the-admin-room.ts';
import { roomPower } from '../room/room-power.ts';
import { accountMarks } from './account-marks.ts';
import { puppetAccount } from './puppet-account.ts';

const needs = ['users', 'rooms', 'roomData', 'puppets', 'adminRoom'] as const;
type Caps = Pick<Capabilities, (typeof needs)[number]>;

const input = () =>
  z.object({
    user: localUser.describe('Who loses its power.'),
    room: room.describe('In which room, by id or alias.'),
  });

/** How it stands. Throws Problem where the user has nothing to lose, or cannot give it up itself. */
async function look({ user, room: asked }: z.output<ReturnType<typeof input>>, caps: Caps) {
  const account = await puppetAccount(user, caps, 'demote');
  const found = await foundRoom(caps.rooms, asked);
  notTheAdminRoom(found.roomId, caps.adminRoom.roomId, 'change who has power in');
  const inWords = roomInWords(found);
  const refused = (why: ReturnType<typeof say>, hint?: ReturnType<typeof say>) =>
    new Problem('conflict', say`${why} Nothing was done.`, hint);
  const members = await caps.rooms.members(found.roomId);
  if (!members.includes(user)) throw refused(say`${code(user)} is not in ${inWords}, so it can change nothing there.`);
  // Where the room's state is not told, whether it is the last with power cannot be seen either.
  const told = await ifTold(caps.roomData.state(found.roomId, 'm.room.create'));
  const power = await roomPower(caps.roomData, found.roomId);
  const level = power?.named.find(({ userId }) => userId === user)?.level;
  if (power === undefined && told === undefined) return { account, found, level: undefined, last: true };
  if (power === undefined || level === undefined)
    throw refused(say`${code(user)} has no power in ${inWords} beyond what everybody has there.`);
  if (level === Number.POSITIVE_INFINITY)
    throw refused(
      say`${code(user)} created ${inWords}, and in a room of version ${found.version ?? '12'} nobody can take power from its creators, not even they themselves.`,
      say`${commandLine(`user force-leave-room ${user} ${found.roomId}`)} takes it out of the room.`,
    );
  if (!power.set)
    throw refused(
      say`${inWords} has no power levels, so its creator keeps power ${level} for as long as nobody sets any.`,
    );
  if (account.suspended)
    throw refused(
      say`${code(user)} is suspended, so the server lets it change nothing in ${inWords}.`,
      say`Lift that first, with ${commandLine(`user unsuspend ${user}`)}.`,
    );
  if (account.shadowBanned)
    throw refused(
      say`${code(user)} is shadow-banned: the server would say yes and change nothing.`,
      say`Lift that first, with ${commandLine(`user unshadow-ban ${user}`)}.`,
    );
  const needed = power.toSet('m.room.power_levels');
  if (level < needed)
    throw refused(
      say`${code(user)} has power ${level} in ${inWords}, while changing who has power takes ${needed}: it cannot give it up itself.`,
      say`Somebody with more power there can take it away; ${commandLine(`room make-admin ${found.roomId}`)} makes you one.`,
    );
  const others = power.named.filter(
    (one) => one.userId !== user && one.level >= needed && members.includes(one.userId),
  );
  return { account, found, level, last: others.length === 0 };
}

export default command({
  path: 'user force-demote',
  summary: 'Let a local account give up the power it has in a room.',
  cautions: [
    'Where it is the last with power to say who has power, nobody can ever give any again; this is asked first.',
    'Creators of rooms of version 12 and later cannot be demoted.',
  ],
  input,
  positionals: ['user', 'room'],
  examples: [['No more power in the lobby', '!admin user force-demote alice #lobby']],
  danger: 'write',
  raise: async (asked, caps) => ((await look(asked, caps)).last ? 'confirm' : undefined),
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs,

  async plan(asked, caps, asker) {
    const { account, found, level, last } = await look(asked, caps);
    return {
      title: say`Take the power of ${code(asked.user)} in ${roomInWords(found)}.`,
      targets: [
        {
          id: asked.user,
          note: joined([...(level === undefined ? [] : [say`power ${level}`]), ...accountMarks(account, asker)]),
        },
      ],
      cautions: last
        ? [
            level === undefined
              ? say`**It may be the last in the room who can say who has power**, which this homeserver does not tell. Then nobody there could any more.`
              : say`**It is the last in the room who can say who has power.** Afterwards nobody there can, and no command of mine can put that right.`,
          ]
        : [say`The room's members see it.`],
      ...(last
        ? { instead: say`Give somebody else power first; ${commandLine(`room make-admin ${found.roomId}`)} does.` }
        : {}),
      frozen: { last },
    };
  },

  async run(asked, caps, _asker, frozen) {
    const { found, level, last } = await look(asked, caps);
    if (last && frozen?.last !== true) {
      throw new Problem(
        'conflict',
        say`${code(asked.user)} is now the last in ${roomInWords(found)} who can say who has power; nothing was done.`,
        say`Send the command again if it is still meant.`,
      );
    }
    await caps.puppets.demote(asked.user, found.roomId);
    if (level === undefined)
      return reply.done(say`${code(asked.user)} has given up its power in ${roomInWords(found)}.`, {
        change: { before: null, after: { level: 'default' } },
      });
    const after = await roomPower(caps.roomData, found.roomId);
    const now = after?.of(asked.user) ?? 0;
    if (after?.named.some(({ userId }) => userId === asked.user))
      throw new Problem(
        'rejected',
        say`The server said yes, but ${code(asked.user)} still has power ${now} in ${roomInWords(found)}.`,
      );
    return reply.done(
      say`${code(asked.user)} has power ${now} in ${roomInWords(found)} now, as everybody has; before, it had ${level}.`,
      { change: { before: { level }, after: { level: now } } },
    );
  },

  async settle({ user, room: asked }, { rooms, roomData }) {
    const { roomId } = await foundRoom(rooms, asked);
    const power = await roomPower(roomData, roomId);
    if (power === undefined) return 'unknown';
    return power.named.some(({ userId }) => userId === user) ? 'not done' : 'done';
  },
});
