import { describeRelay } from './relay-actions.ts';

describeRelay('continuwuity', '26.8', {
  suspend: true,
  lock: true,
  endsSessions: true,
  reactivate: true,
  joinedRooms: true,
  ban: true,
  members: true,
  topic: true,
  aliasList: true,
  setAlias: true,
  makeAdmin: true,
  tokens: 'one limit',
  mediaByAge: true,
  fileInfo: true,
  memory: true,
  keepRooms: true,
  names: true,
  events: true,
  restart: true,
});
