import { code, say, type Text } from '../../core/text.ts';
import type { Matrix, RoomEvent } from '../../matrix/matrix.ts';
import { repliesTo } from './reply-of.ts';
import { resolveAlias, usualServerRoom } from './server-room.ts';

/** Why the homeserver is silent in its own admin room; `answers`: it is not. */
export type Silence =
  | 'wrong-alias'
  | 'bot-not-joined'
  | 'server-user-missing'
  | 'bot-not-admin'
  | 'dead-worker'
  | 'answers';

export interface Diagnosis {
  readonly silence: Silence;
  /** What is the matter and what to do about it. */
  readonly words: Text;
}

export interface DiagnoseOptions {
  readonly matrix: Pick<Matrix, 'userId' | 'serverName' | 'request' | 'joinedMembers' | 'history' | 'state'>;
  /** The room that the bot uses. */
  readonly roomId: string;
  /** As configured. */
  readonly room: string | undefined;
  readonly serverUser: string;
  /** Sends a harmless command; false where no answer comes. Left out: what can be seen without one is all that is told. */
  readonly probe?: () => Promise<boolean>;
  /** The command that nobody answered; the bot's last where that is not known. Asked after the probe. */
  readonly unanswered?: () => string | undefined;
}

/** How far back it is looked whether anybody was answered lately. */
const lookedBack = 100;

/**
 * Tells apart what looks alike in that room (reference, section 5): a wrong alias, no server user, a bot that may command
 * nothing, a server that does not work off its commands. Throws MatrixFault or NoAnswer where the homeserver is away.
 */
export async function diagnoseSilence(options: DiagnoseOptions): Promise<Diagnosis> {
  const { matrix, roomId, serverUser, probe } = options;
  const name = options.room ?? usualServerRoom(matrix.serverName);
  const found = name.startsWith('!') ? name : await resolveAlias(matrix, name);
  if (found !== roomId) {
    const leads = found === undefined ? say`leads nowhere` : say`leads to another room, ${code(found)}`;
    return {
      silence: 'wrong-alias',
      words: say`${code(name)} ${leads}, so the homeserver takes no commands in ${code(roomId)}. Point the alias at its own admin room, and restart the bot.`,
    };
  }
  const members = await matrix.joinedMembers(roomId).catch(() => new Set<string>());
  if (!members.has(matrix.userId)) {
    return {
      silence: 'bot-not-joined',
      words: say`The bot is not in ${code(name)} any more. Somebody who is has to invite it there again.`,
    };
  }
  if (!members.has(serverUser)) {
    return {
      silence: 'server-user-missing',
      words: say`${code(serverUser)}, who answers there, is not in ${code(name)}. It takes the server's console or its emergency password to bring it back.`,
    };
  }
  if (!(await mayWrite(matrix, roomId))) {
    return {
      silence: 'bot-not-admin',
      words: say`The bot may not write in ${code(name)}. Give it the power there.`,
    };
  }
  if (probe !== undefined && (await probe())) {
    return { silence: 'answers', words: say`The homeserver answers in its admin room.` };
  }
  const answered = await someoneWasAnswered(options);
  if (answered) {
    return {
      silence: 'bot-not-admin',
      words: say`The homeserver answers others in ${code(name)}, but not the bot: it does not count it as an admin. Look at ${code('admins_list')} and ${code('admins_from_room')} in its configuration.`,
    };
  }
  return {
    silence: 'dead-worker',
    words: say`All is as it should be in ${code(name)}, but nothing answers there: the homeserver is busy with a long command, or what works off its commands has died. Look at its log; a restart helps.`,
  };
}

async function mayWrite({ state, userId }: DiagnoseOptions['matrix'], roomId: string): Promise<boolean> {
  const powers = await state(roomId, 'm.room.power_levels');
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  const users: Record<string, unknown> = { ...(powers?.users as object | undefined) };
  const events: Record<string, unknown> = { ...(powers?.events as object | undefined) };
  const mine = number(users[userId], number(powers?.users_default, 0));
  return mine >= number(events['m.room.message'], number(powers?.events_default, 0));
}

/** Since the bot's command that nobody answered, somebody else was. */
async function someoneWasAnswered({ matrix, roomId, serverUser, unanswered }: DiagnoseOptions): Promise<boolean> {
  const command = unanswered?.();
  const isIt = ({ eventId, sender }: RoomEvent) => (command ? eventId === command : sender === matrix.userId);
  const since = (await matrix.history(roomId, lookedBack, isIt)).filter(({ type }) => type === 'm.room.message');
  const ours = new Set(since.filter(({ sender }) => sender === matrix.userId).map(({ eventId }) => eventId));
  const toOthers = since.filter((event) => !ours.has(event.eventId) && !repliesTo(event).some((id) => ours.has(id)));
  const others = toOthers.some(({ sender }) => sender !== serverUser);
  return others && toOthers.some(({ sender }) => sender === serverUser);
}
