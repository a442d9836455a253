import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, say, type Text } from '../../core/text.ts';
import type { FoundEvent } from '../../homeserver/room-data.ts';
import type { Capabilities } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { roomPower } from '../room/room-power.ts';

/** So many members with power are asked after before it is given up. */
const mostTried = 20;

/**
 * As whom an event can be redacted: its sender where that is a local account in the room, else the bot or a local member
 * with the power to redact what others sent. Throws Problem, with the reason, where that is nobody.
 */
export async function whoMayRedact(
  { sender, roomId, eventId }: FoundEvent,
  { users, rooms, roomData, adminRoom }: Pick<Capabilities, 'users' | 'rooms' | 'roomData' | 'adminRoom'>,
): Promise<string> {
  // Where the room's state is not told, the server has to find out itself whether its sender may.
  const told = await ifTold(roomData.state(roomId, 'm.room.create'));
  if (told === undefined && serverOf(sender) === serverOf(adminRoom.botId)) return sender;
  const power = await roomPower(roomData, roomId);
  const refused = (why: Text, hint?: Text) =>
    new Problem('conflict', say`${code(eventId)} cannot be redacted from here: ${why}.`, hint);
  if (power === undefined) throw refused(say`nobody of this server is in the room any more`);
  const { botId } = adminRoom;
  const ours = serverOf(botId);
  const members = new Set(await rooms.members(roomId));
  const account = serverOf(sender) === ours ? await users.get(sender) : undefined;
  // The server lets no guest redact, and says yes to who is shadow-banned without doing it.
  const canAct = account !== undefined && !account.guest && !account.shadowBanned;
  const mayItself = canAct && members.has(sender) && power.of(sender) >= power.toSend('m.room.redaction');
  if (account !== undefined && !account.locked && mayItself) return sender;
  const needed = power.toRedactOthers();
  if (members.has(botId) && power.of(botId) >= needed) return botId;
  const candidates = power.named.filter(
    ({ userId, level }) => level >= needed && userId !== sender && serverOf(userId) === ours && members.has(userId),
  );
  for (const { userId } of candidates.slice(0, mostTried)) {
    const member = await users.get(userId);
    if (member !== undefined && !member.locked && !member.suspended && !member.deactivated) return userId;
  }
  const noOther = say`nobody of this server who is in the room has the power ${needed} that redacting what others sent takes`;
  if (account?.locked && mayItself) {
    throw refused(
      say`its sender ${code(sender)} is locked, so that the server lets nobody act as it, and ${noOther}`,
      say`Unlock it first, with ${commandLine(`user unlock ${sender}`)}.`,
    );
  }
  const why =
    account === undefined
      ? say`its sender ${code(sender)} is not of this server`
      : !canAct
        ? say`its sender ${code(sender)} is ${account.guest ? 'a guest, whom the server lets redact nothing' : 'shadow-banned, so that the server would drop the redaction'}`
        : members.has(sender)
          ? say`its sender ${code(sender)} may send nothing in that room`
          : say`its sender ${code(sender)} is not in that room any more`;
  throw refused(
    say`${why}, and ${noOther}`,
    say`${commandLine(`room make-admin ${roomId} -u ${botId}`)} gives me the power, where anybody here has any.`,
  );
}
