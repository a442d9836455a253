import { z } from 'zod';
import { room } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import type { Rooms } from '../../homeserver/rooms.ts';
import { command } from '../define.ts';
import { ifTold } from '../if-told.ts';
import type { Local } from '../local.ts';
import { type Banned, bannedIn } from './banned.ts';
import { deletionUnderWay } from './deletion-under-way.ts';
import { roomIdOf } from './room-id-of.ts';

export default command({
  path: 'room moderation unban-room',
  summary: 'Let the people of this server join a banned room again.',
  cautions: [
    'It lifts the block. Nobody is put back into the room; its aliases and its place in the directory stay gone.',
  ],
  input: () => z.object({ room: room.describe('Its id, or an alias that it had when it was banned.') }),
  positionals: ['room'],
  examples: [['Lift the ban', '!admin room moderation unban-room #lobby']],
  danger: 'write',
  role: 'admin',
  needs: ['rooms', 'deletions', 'ledger'],

  async run({ room: asked }, { rooms, deletions, ledger }) {
    const roomId = await bannedRoomId(rooms, ledger, asked);
    const entry = ledger.get('ban', roomId);
    const by = await rooms.blockedBy(roomId);
    if (entry === undefined && by === undefined) {
      if ((await rooms.get(roomId)) !== undefined) return reply.done(say`${code(roomId)} was not banned.`);
      throw new Problem('not-found', say`${code(roomId)} is not banned, and this server does not know it.`);
    }
    if (await ifTold(deletionUnderWay(deletions, roomId))) {
      throw new Problem(
        'conflict',
        say`People are just being taken out of ${code(roomId)}; the homeserver cannot be stopped in that.`,
        say`Wait for its end: ${commandLine(`room delete-status ${roomId}`)}.`,
      );
    }
    if (by !== undefined) await rooms.setBlocked(roomId, false);
    return lifted(ledger, roomId, by !== undefined);
  },

  again: 'safe',
  async settle({ room: asked }, { rooms, ledger }) {
    const roomId = await bannedRoomId(rooms, ledger, asked);
    return (await rooms.isBlocked(roomId)) ? 'not done' : 'done';
  },
  async complete({ room: asked }, { rooms, ledger }) {
    return lifted(ledger, await bannedRoomId(rooms, ledger, asked), true);
  },
});

/** The room is not blocked any more: takes it out of the record, and says what is not brought back. */
function lifted(ledger: Local['ledger'], roomId: string, wasBlocked: boolean): Reply {
  const entry = ledger.get('ban', roomId);
  ledger.remove('ban', roomId);
  const change = { before: { blocked: wasBlocked, banned: entry?.detail ?? null }, after: { blocked: false } };
  const now = wasBlocked
    ? say`Lifted the ban of ${code(roomId)}: the people of this server can join it again, where its join rules let them.`
    : say`${code(roomId)} was not blocked any more; I have taken it out of my record of banned rooms.`;
  return reply.done(say`${now} ${notRestored(entry && bannedIn(entry))}`, { change });
}

/** An alias that the ban has removed leads nowhere; the record still knows whose it was. */
async function bannedRoomId(rooms: Rooms, ledger: Local['ledger'], asked: string): Promise<string> {
  if (asked.startsWith('!')) return asked;
  const had = ledger.list('ban').filter((entry) => bannedIn(entry).aliases.includes(asked));
  const leadsTo = await rooms.resolve(asked).catch((error: unknown) => {
    if (had.length > 0 && error instanceof Problem) return undefined;
    throw error;
  });
  if (leadsTo !== undefined && !had.some(({ roomId }) => roomId === leadsTo) && had.length > 0) {
    throw new Problem(
      'conflict',
      say`${code(asked)} leads to ${code(leadsTo)} now; the banned room that had it is ${code(had[0]?.roomId ?? '')}.`,
      say`Give the id of the room that you mean.`,
    );
  }
  const [only, another] = had;
  if (leadsTo === undefined && only !== undefined && another === undefined) return only.roomId;
  return leadsTo ?? roomIdOf(rooms, asked);
}

function notRestored(banned: Banned | undefined): Text {
  if (banned === undefined) return say`What else was done to it I do not know: it was not banned by me.`;
  const { localMembers, aliases, published } = banned;
  const lost = [
    ...(localMembers === 0 ? [] : [say`its ${counted(localMembers, 'local member')}`]),
    ...(aliases.length === 0
      ? []
      : [say`${aliases.length === 1 ? 'its alias' : 'its aliases'} ${joined(aliases.map(code))}`]),
    ...(published ? [say`its place in the directory`] : []),
  ];
  return lost.length === 0 ? say`There was nothing else to bring back.` : say`**Not restored:** ${joined(lost, '; ')}.`;
}
