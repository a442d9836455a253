import { Problem } from '../../core/problem.ts';
import { say, type Text } from '../../core/text.ts';
import type { Capabilities } from '../define.ts';

type Caps = Pick<Capabilities, 'ownRooms' | 'wayBack'>;

/** The last call for each room: two at a time would each take the other's doing for how things stood before. */
const opening = new Map<string, Promise<void>>();

/**
 * Brings the bot into a room with the power to invite, or keeps it there some minutes longer. Whatever happens then, it
 * gives the power up and leaves by itself some minutes after the last call of this, over a crash too; a bot that was in
 * the room before stays in it.
 */
export function openRoom(roomId: string, caps: Caps): Promise<void> {
  const earlier = opening.get(roomId) ?? Promise.resolve();
  const mine = earlier
    .catch(() => undefined)
    .then(() => openNow(roomId, caps))
    .finally(() => {
      if (opening.get(roomId) === mine) opening.delete(roomId);
    });
  opening.set(roomId, mine);
  return mine;
}

async function openNow(roomId: string, { ownRooms, wayBack }: Caps): Promise<void> {
  const kept = wayBack.ofRoom(roomId);
  const now = await ownRooms.place(roomId);
  const before = kept ?? now;
  wayBack.keepRoom(roomId, before);
  if (kept !== undefined && now.joined && now.level !== kept.level) return;
  try {
    await ownRooms.enter(roomId);
  } catch (error) {
    throw withWords(error, await closeRoom(roomId, { ownRooms, wayBack }));
  }
}

/** The same failure, which also says why the bot is still in the room. */
function withWords(error: unknown, left: Text | undefined): unknown {
  if (left === undefined || !(error instanceof Problem)) return error;
  return new Problem(error.code, say`${error.text} ${left}`, error.hint);
}

/** Undoes {@link openRoom} at once. Returns why it could not; then it is tried again by itself. */
export async function closeRoom(roomId: string, { ownRooms, wayBack }: Caps): Promise<Text | undefined> {
  const before = wayBack.ofRoom(roomId);
  if (before === undefined) return undefined;
  try {
    await ownRooms.goBack(roomId, before);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return say`⚠️ I could not leave the room again. ${error.text} In some minutes I try again.`;
  }
  wayBack.forgetRoom(roomId);
  return undefined;
}

/** Does something while the room is open. `left`: why the bot is still in it, should it be. */
export async function whileOpen<Answer>(
  roomId: string,
  caps: Caps,
  act: () => Promise<Answer>,
): Promise<{ readonly answer: Answer; readonly left: Text | undefined }> {
  await openRoom(roomId, caps);
  let answer: Answer;
  try {
    answer = await act();
  } catch (error) {
    throw withWords(error, await closeRoom(roomId, caps));
  }
  return { answer, left: await closeRoom(roomId, caps) };
}
