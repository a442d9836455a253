import { describeRelay } from './relay-actions.ts';

describeRelay('palpo', '0.4', {
  joinedRooms: true,
  ban: true,
  members: true,
  topic: true,
  aliasList: true,
  setAlias: true,
  makeAdmin: true,
  fileInfo: true,
  names: true,
});
