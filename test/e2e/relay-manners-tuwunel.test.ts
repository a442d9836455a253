import { describeManners } from './relay-manners.ts';

describeManners([
  ['tuwunel', '1.9'],
  ['conduit', '0.10'],
]);
