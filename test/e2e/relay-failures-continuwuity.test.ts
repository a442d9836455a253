import { describeFailures } from './relay-failures.ts';

describeFailures([['continuwuity', '26.8']]);
