import { z } from 'zod';
import { count, flag, room, text, user } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';
import { type RoomPower, roomPower } from '../room/room-power.ts';
import { accountMarks } from './account-marks.ts';
import { followRedaction } from './follow-redaction.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';
import { redactOneByOne } from './redact-one-by-one.ts';
import { isWell, redactedInWords } from './redacted.ts';
import { redactionCautions, redactionHelp } from './redaction-cautions.ts';
import { dueIn, type WrittenRoom, writtenRoomNote, writtenRooms } from './written-rooms.ts';

const planned = once(() => z.object({ rooms: z.array(z.string()), byBot: z.boolean(), admin: z.boolean() }));

export default command({
  path: 'user redact',
  summary: 'Redact what somebody wrote, in all rooms or in some.',
  cautions: [
    ...redactionHelp,
    'With --use-admin, and for users of other servers always, the bot redacts by its own power, and only in rooms where it has that.',
  ],
  input: () =>
    z.object({
      user: user.describe('Whose messages.'),
      room: z.array(room).default([]).describe('Only in this room; may be given several times.'),
      limit: count(1).default(1000).describe('At most so many of the newest, in each room.'),
      reason: text.optional().describe('Shown beside the redacted messages.'),
      useAdmin: flag.describe("By the bot's power in the rooms, not in the name of the user."),
    }),
  positionals: ['user'],
  short: { r: 'room', l: 'limit' },
  examples: [
    ['See what it would do', '!admin user redact alice --dry-run'],
    ['Only in one room, with a reason', '!admin user redact alice --room #lobby --reason spam --dry-run'],
  ],
  danger: 'typed',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'rooms', 'roomData', 'redactions', 'adminRoom'],

  async plan(input, caps, asker) {
    const { users, adminRoom } = caps;
    notTheBot(input.user, adminRoom.botId, 'redact');
    const local = serverOf(input.user) === serverOf(adminRoom.botId);
    const account = local ? await localAccount(users, input.user) : undefined;
    const found = await writtenRooms(caps, input.user, { named: input.room, limit: input.limit });
    const who = code(input.user);
    if (found.rooms.length === 0) {
      throw new Problem(
        'conflict',
        say`There is nothing to redact: I looked in ${counted(found.looked, 'room')}, and ${who} wrote nothing there that can still be read.`,
        say`A room that nobody of this server is in any more has to be named with ${code('--room')}.`,
      );
    }
    const reached = found.rooms.filter(({ due }) => due > 0);
    if (reached.length === 0) {
      const needed = Math.max(...found.rooms.map(({ written }) => written.total));
      throw new Problem(
        'conflict',
        say`The newest ${input.limit.toLocaleString('en')} of ${who} in each room are redacted already, and count towards the limit.`,
        say`${code(`--limit ${needed}`)} reaches the older ones.`,
      );
    }
    const byBot = input.useAdmin || !local;
    const powerless = byBot ? await withoutPower(reached, caps) : [];
    const rooms = reached.filter(({ roomId }) => !powerless.some(({ id }) => id === roomId));
    const [first] = powerless;
    if (rooms.length === 0 && first !== undefined) {
      throw new Problem(
        'forbidden',
        say`I have no power to redact ${who} in ${powerless.length === 1 ? say`${code(first.id)}` : say`any of ${counted(powerless.length, 'room')}`}: ${first.why}. Nothing was done.`,
        say`${commandLine(`room make-admin ${first.id} -u ${adminRoom.botId}`)} gives me that power where somebody of this server has it.`,
      );
    }
    const mine = new Set(await users.joinedRooms(asker.userId));
    return {
      title: say`Redact what ${who} wrote: ${counted(dueIn(rooms), 'message')} in ${counted(rooms.length, 'room')}.`,
      targets: [
        {
          id: input.user,
          note: joined([
            account ? say`local account` : say`user of another server`,
            ...(account ? accountMarks(account, asker) : []),
          ]),
        },
        ...rooms.map((one) => ({ id: one.roomId, note: writtenRoomNote(one, adminRoom.roomId, mine) })),
      ],
      skipped: powerless,
      cautions: redactionCautions(found, { userId: input.user, limit: input.limit, byBot }),
      ...(local
        ? {
            instead: say`${commandLine(`user suspend ${input.user}`)} and ${commandLine(`user shadow-ban ${input.user}`)} keep it from writing more, and can be undone.`,
          }
        : {}),
      words: [input.user],
      frozen: { rooms: rooms.map(({ roomId }) => roomId), byBot, admin: account?.admin ?? false },
    };
  },

  async run(input, _caps, _asker, frozen) {
    return {
      job: {
        items: [{ target: input.user, data: planned().parse(frozen) }],
        heading: say`Redacting what ${code(input.user)} wrote`,
      },
    };
  },

  job: {
    pace: 'other',
    async step({ target, data }, { limit, reason }, { users, redactions, adminRoom }, _asker, step) {
      notTheBot(target, adminRoom.botId, 'redact');
      const { rooms, byBot, admin } = planned().parse(data);
      if (step.kept === undefined && !admin && (await users.isAdmin(target))) {
        return { state: 'skipped', note: 'has become a server admin since the plan was shown' };
      }
      const how = byBot ? redactOneByOne : followRedaction;
      const redacted = await how(redactions, target, { rooms, limit, reason }, step);
      return {
        state: isWell(redacted) ? 'done' : 'failed',
        note: redactedInWords(redacted, limit),
        change: { after: { redacted: redacted.redacted, refused: redacted.refused.size, rooms } },
      };
    },
  },
});

type Caps = Parameters<typeof writtenRooms>[0] & {
  readonly roomData: Parameters<typeof roomPower>[0];
  readonly adminRoom: { readonly botId: string };
};

/** The rooms in which the bot could redact nothing. */
async function withoutPower(
  rooms: readonly WrittenRoom[],
  { users, roomData, adminRoom: { botId } }: Caps,
): Promise<readonly { readonly id: string; readonly why: Text }[]> {
  const joinedRooms = new Set(await users.joinedRooms(botId));
  const powerless: { id: string; why: Text }[] = [];
  for (const { roomId } of rooms) {
    const why = joinedRooms.has(roomId) ? whyPowerless(await roomPower(roomData, roomId), botId) : say`I am not in it`;
    if (why !== undefined) powerless.push({ id: roomId, why });
  }
  return powerless;
}

function whyPowerless(power: RoomPower | undefined, botId: string): Text | undefined {
  if (power === undefined) return say`its state is not known here`;
  const own = power.of(botId);
  const needed = power.toRedactOthers();
  return own >= needed ? undefined : say`my power there is ${own}, and redacting takes ${needed}`;
}
