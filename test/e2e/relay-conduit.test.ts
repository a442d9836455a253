import { describeRelay } from './relay-actions.ts';

describeRelay('conduit', '0.10', {
  ownPassword: true,
  reactivate: true,
  registration: true,
  listMedia: true,
  memory: true,
  keepRooms: true,
  fileInfo: true,
  blocksMedia: true,
});
