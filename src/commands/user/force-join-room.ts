import { forceJoin } from '../room/force-join.ts';

export default forceJoin(
  'user force-join-room',
  ['user', 'room'],
  [
    ['Bring bob into the lobby', '!admin user force-join-room bob #lobby'],
    ['See what it takes', '!admin user force-join-room carol #lobby --dry-run'],
  ],
);
