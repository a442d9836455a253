import type { Federation } from '../federation.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';

/** Other servers: a room can be shut to them, and no more is told. */
export function createRelayFederation({ dialect, commander }: RelayParts): Federation {
  const absent = (method: string) => lacking(dialect, `federation.${method}`);
  return {
    destinations: absent('destinations'),
    destination: absent('destination'),
    destinationRooms: absent('destinationRooms'),
    reset: absent('reset'),
    async setRoomDisabled(roomId, disabled) {
      await commander.do(dialect.acts.setDisabled(roomId, disabled));
    },
  };
}
