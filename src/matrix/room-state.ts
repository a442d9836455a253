import { z } from 'zod';
import { once } from '../core/once.ts';
import type { Content, Matrix } from './matrix.ts';

const stateEvents = once(() =>
  z.array(
    z.object({
      type: z.string(),
      state_key: z.string(),
      sender: z.string(),
      content: z.record(z.string(), z.unknown()),
    }),
  ),
);

interface StateEvent {
  readonly stateKey: string;
  readonly sender: string;
  readonly content: Content;
}

/** A room's whole state at one moment. */
export interface RoomState {
  get(type: string): StateEvent | undefined;
  all(type: string): readonly StateEvent[];
}

/** Reads it in one request; throws MatrixFault (403 where the bot is not in the room) or NoAnswer. */
export async function readRoomState(matrix: Pick<Matrix, 'request'>, roomId: string): Promise<RoomState> {
  const raw = await matrix.request('GET', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/state`);
  const events = stateEvents().parse(raw);
  const all = (wanted: string) =>
    events.filter(({ type }) => type === wanted).map(({ state_key, ...rest }) => ({ stateKey: state_key, ...rest }));
  return { all, get: (wanted) => all(wanted).find(({ stateKey }) => stateKey === '') };
}
