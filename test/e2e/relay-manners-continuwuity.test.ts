import { describeManners } from './relay-manners.ts';

describeManners([
  ['continuwuity', '26.8'],
  ['palpo', '0.4'],
]);
