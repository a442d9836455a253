import { joined, say, type Text } from '../core/text.ts';
import type { Log } from '../log.ts';
import type { Matrix, RoomEvent } from '../matrix/matrix.ts';
import { roomFaults } from '../matrix/room-faults.ts';
import { type Posting, post } from './post.ts';
import { transactionId } from './transaction-id.ts';

export interface RoomWatchOptions extends Posting {
  readonly matrix: Matrix;
  readonly isServerAdmin: (userId: string) => Promise<boolean>;
  readonly log: Log;
}

export interface RoomWatch {
  /** Keeps membership, and sees changes after which the room is not safe any more. */
  see(event: RoomEvent): void;
  isJoined(userId: string): boolean;
  /** True once the room was encrypted or replaced: the bot acts on nothing in it any more. */
  isHalted(): boolean;
}

const endings: Readonly<Record<string, Text>> = {
  'm.room.encryption': say`This room has been encrypted, and I cannot read encrypted messages.`,
  'm.room.tombstone': say`This room has been replaced by another one.`,
};
const settings = new Set(['m.room.join_rules', 'm.room.history_visibility']);

/** Watches over the bound room while the bot runs. */
export function createRoomWatch(options: RoomWatchOptions, members: ReadonlySet<string>): RoomWatch {
  const { matrix, roomId, log } = options;
  const joinedMembers = new Set(members);
  let halted = false;

  function warn(event: RoomEvent, words: Text): void {
    post(options, words, transactionId(event.eventId, 'warning'), true);
  }

  return {
    isJoined: (userId) => joinedMembers.has(userId),
    isHalted: () => halted,
    see(event) {
      if (event.stateKey === undefined) return;
      if (event.type === 'm.room.member') {
        if (event.content.membership === 'join') joinedMembers.add(event.stateKey);
        else joinedMembers.delete(event.stateKey);
        return;
      }
      if (event.stateKey !== '') return;
      const ending = endings[event.type];
      if (ending !== undefined) {
        halted = true;
        log.error({ roomId, eventId: event.eventId, code: event.type }, 'the admin room cannot be used any more');
        warn(
          event,
          say`⚠️ ${ending} I act on nothing here any more. Make a new room with ${'castellan init --rebind'} on the server's shell.`,
        );
      } else if (settings.has(event.type)) {
        roomFaults(matrix, roomId, options.isServerAdmin)
          .then((faults) => {
            if (faults.length > 0)
              warn(
                event,
                say`⚠️ This room is not safe for commands any more: ${joined(faults)}. Please put that right: at my next start I would refuse it.`,
              );
          })
          .catch(() => log.warn({ roomId }, 'the room could not be looked at'));
      }
    },
  };
}
