import { forceJoin } from './force-join.ts';

export default forceJoin(
  'room join',
  ['room', 'user'],
  [['Bring alice into the lobby', '!admin room join #lobby alice']],
);
