import { Problem } from '../core/problem.ts';
import { code, joined, say, type Text } from '../core/text.ts';

/** The admin room may not be used as it is; the process ends with exit code 7. */
export class RoomRefused extends Problem {
  constructor(roomId: string, faults: readonly Text[]) {
    super(
      'conflict',
      say`The room ${code(roomId)} cannot be the admin room: ${joined(faults)}.`,
      say`Mend the room, or make a new one with ${code('castellan init')} (for a room that was bound before: ${code('castellan init --rebind')}).`,
    );
    this.name = 'RoomRefused';
  }
}
