import type { Matrix } from '../../matrix/matrix.ts';
import type { Commander } from './commander.ts';
import type { Dialect } from './dialect.ts';
import type { ServerRoom } from './server-room.ts';

/** What the nouns of a relay are made of. */
export interface RelayParts {
  readonly matrix: Matrix;
  readonly dialect: Dialect;
  readonly commander: Commander;
  readonly room: ServerRoom;
  readonly serverUser: string;
  /** What was found out lately; forgotten with every change. */
  readonly recall: <Value>(key: string, find: () => Promise<Value>) => Promise<Value>;
  readonly clock: () => number;
}
