import { code, say, type Text } from '../../core/text.ts';
import type { RoomData } from '../../homeserver/room-data.ts';
import { powerIn } from './power-in.ts';

/** Why an account that is in the room may not redact what others wrote there; `undefined` where it may. */
export async function whyNoRedactionPower(
  roomData: RoomData,
  roomId: string,
  userId: string,
): Promise<Text | undefined> {
  const [create] = await roomData.state(roomId, 'm.room.create');
  if (create === undefined) return say`its state is not known here`;
  const [levels] = await roomData.state(roomId, 'm.room.power_levels');
  const { users, needed } = powerIn(create, levels);
  const level = (label: string) => needed.find(([name]) => name === label)?.[1];
  const named = users.find((one) => one.userId === userId);
  // A creator of room version 12 is named without a level: above all of them.
  if (named !== undefined && named.level === undefined) return undefined;
  const own = named?.level ?? level('Of users not named') ?? 0;
  const sending = level('Send m.room.redaction') ?? level('Send messages') ?? 0;
  const enough = Math.max(level('Redact others') ?? 50, sending);
  return own >= enough ? undefined : say`${code(userId)} has power ${own} there, and redacting takes ${enough}`;
}
