import { join } from 'node:path';

/** Environment variable that tells the killer inside the bot where its folder is. */
export const killerFolder = 'CASTELLAN_KILLER_FOLDER';

/** One place at which the bot may be killed: the n-th time (from 1) that a boundary of this name is passed. */
export interface Boundary {
  readonly name: string;
  readonly nth: number;
}

/** Environment variable with a file's path: the bot loads its program and begins only when that file is there. */
export const killerGate = 'CASTELLAN_KILLER_GATE';

/** Stands for every name: the n-th boundary of all. */
export const anyName = '*';
/** Stands for every name of which {@link changes} is true. */
export const anyChange = '+';

/**
 * Whether a boundary may leave something behind that was not there at the one before. Reading changes nothing, and what
 * a write has done is the same right after it and right before the next one.
 */
export const changes = (name: string): boolean => !name.startsWith('GET ') && !name.endsWith('after');

/** What the killer is to do; without `at` it kills nowhere and only writes down what it passes. */
export interface Orders {
  /** From when it counts: its own start, or the first command that is stored after the orders were given. */
  readonly from: 'start' | 'command';
  readonly at?: Boundary;
  /** The first such request leaves only after that boundary was passed, as on a slow network. */
  readonly slow?: { readonly request: string; readonly until: string };
}

/** The killer's files; they lie outside the bot's data folder. */
export const killerFiles = (folder: string) => ({
  /** Orders as JSON; taken (removed) once they are in force. */
  orders: join(folder, 'orders.json'),
  /** A line for every boundary passed under the orders in force; the last one is where it was killed. */
  trail: join(folder, 'trail'),
  /** A line for every password that left the bot in a request, also where nobody was ever told it. */
  passwords: join(folder, 'passwords'),
});
