import { describeFailures } from './relay-failures.ts';

describeFailures([['tuwunel', '1.9']]);
