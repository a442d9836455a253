import type { AnyCommand } from '../define.ts';
import destination from './destination.ts';
import destinationRooms from './destination-rooms.ts';
import destinations from './destinations.ts';
import disableRoom from './disable-room.ts';
import enableRoom from './enable-room.ts';
import fetchSupportWellKnown from './fetch-support-well-known.ts';
import remoteUserInRooms from './remote-user-in-rooms.ts';
import resetDestination from './reset.ts';

export const commands: readonly AnyCommand[] = [
  disableRoom,
  enableRoom,
  remoteUserInRooms,
  fetchSupportWellKnown,
  destinations,
  destination,
  destinationRooms,
  resetDestination,
];
