import { describeFailures } from './relay-failures.ts';

describeFailures([
  ['conduit', '0.10'],
  ['palpo', '0.4'],
]);
