import { Problem } from '../../../core/problem.ts';
import { code, joined, say } from '../../../core/text.ts';
import type { ExtraInputs } from '../../extras.ts';
import type { ReadFailure } from '../failure.ts';
import type { Order } from '../order.ts';

/** How a dialect does what few others have; what is not there, it lacks. */
export type ExtraOrders = {
  readonly [Name in keyof ExtraInputs]?: (input: ExtraInputs[Name]) => Order<string>;
};

/** A read whose answer is shown as it came, where it has the form that it has to have. */
export const prints = (
  words: readonly string[],
  args: readonly string[],
  read: Order<string>['read'],
): Order<string> => ({ words, args, writes: false, read });

/** A change; its success says nothing that has to be shown. */
export const does = (
  words: readonly string[],
  args: readonly string[],
  read: Order<unknown>['read'],
): Order<string> => ({
  words,
  args,
  writes: true,
  read: (text) => (read(text) === undefined ? undefined : ''),
});

/** A change whose success says something that is worth showing: how many it was. */
export const counts = (
  words: readonly string[],
  args: readonly string[],
  read: Order<string>['read'],
): Order<string> => ({ words, args, writes: true, read });

/** Any text that is no failure: for dumps in the form of the version, which nobody reads but people. */
export const dump =
  (readFailure: ReadFailure) =>
  (text: string): string | undefined =>
    text !== '' && readFailure(text) === undefined ? text : undefined;

export interface Getter {
  /** How many words, at least and at most. */
  readonly takes: readonly [least: number, most: number];
  /** Whether lines stand below it. */
  readonly lines?: true;
  /** In place of what reads the others. */
  readonly read?: Order<string>['read'];
  readonly refusals?: readonly RegExp[];
}

/** What may be asked for by name. */
export type Getters = Readonly<Record<string, Getter>>;

/** The order for one of the getters. Throws Problem('usage') for another name, and for too few or too many words. */
export function getterOrder(
  category: readonly string[],
  getters: Getters,
  { words, lines }: { readonly words: readonly string[]; readonly lines?: string | undefined },
  read: Order<string>['read'],
): Order<string> {
  const depth = [2, 1].find((length) => Object.hasOwn(getters, words.slice(0, length).join(' ')));
  const name = words.slice(0, depth).join(' ');
  const getter = depth === undefined ? undefined : getters[name];
  if (depth === undefined || getter === undefined)
    throw new Problem(
      'usage',
      say`There is no ${code([...category, words[0] ?? ''].join(' '))} that I know.`,
      say`There are: ${joined(Object.keys(getters).map(code), ', ')}.`,
    );
  const args = words.slice(depth);
  const [least, most] = getter.takes;
  if (args.length < least || args.length > most)
    throw new Problem(
      'usage',
      say`${code(name)} takes ${least === most ? `${least}` : `${least} to ${most}`} more words, and there are ${args.length}.`,
    );
  if ((lines !== undefined) !== (getter.lines === true))
    throw new Problem(
      'usage',
      getter.lines === true ? say`${code(name)} takes a block below it.` : say`${code(name)} takes no block.`,
    );
  const { refusals } = getter;
  const order = {
    ...prints([...category, ...name.split(' ')], args, getter.read ?? read),
    ...(refusals === undefined ? {} : { refusals }),
  };
  return lines === undefined ? order : { ...order, block: linesOf(lines) };
}

/** As a block has them: homeservers leave out the empty ones. */
export const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line.trim() !== '');
