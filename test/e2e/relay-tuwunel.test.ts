import { describeRelay } from './relay-actions.ts';

describeRelay('tuwunel', '1.9', {
  joinedRooms: true,
  ban: true,
  members: true,
  aliasList: true,
  setAlias: true,
  makeAdmin: true,
  tokens: 'both limits',
  mediaByAge: true,
  fileInfo: true,
  memory: true,
  keepRooms: true,
  names: true,
  events: true,
  restart: true,
  devices: true,
  deletesRooms: true,
});
