import { type Boundary, changes } from './orders.ts';

/** The bot notes how far it has read after each of its own messages too, now sooner, now later. */
const position = 'commit by matrix/client.ts tolerant';

/**
 * The boundaries that leave something different behind: before each commit and each request that changes something, in
 * the middle of such a request, and after everything.
 */
export function distinct(trail: readonly Boundary[]): readonly Boundary[] {
  const known = trail.filter(({ name, nth }) => nth === 1 || !name.startsWith(position));
  return known.filter(({ name }, at) => at === known.length - 1 || changes(name));
}

/** `count` of them, spread evenly; where that is more than there are, all of them again and again. */
export function spread<T>(all: readonly T[], count: number): readonly T[] {
  const whole = Array.from({ length: Math.floor(count / all.length) }, () => all).flat();
  const rest = count % all.length;
  const some = all.filter((_, at) => Math.floor(((at + 1) * rest) / all.length) > Math.floor((at * rest) / all.length));
  return [...whole, ...some];
}
