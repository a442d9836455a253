import { Problem } from '../../core/problem.ts';
import { commandLine, say, type Text } from '../../core/text.ts';
import type { Dialect } from './dialect.ts';

/** What a method does that the dialect has no command for: it throws Problem('unsupported') with the nearest thing. */
export function lacking(dialect: Dialect, method: string): (...args: readonly unknown[]) => Promise<never> {
  return async () => {
    throw new Problem(
      'unsupported',
      say`${dialect.name} has no way to do this or to tell it in its admin room.`,
      dialect.instead[method] ?? whatItHas(dialect),
    );
  };
}

/** Where nothing is near: what else there is. */
export const whatItHas = ({ name }: Dialect): Text =>
  say`${commandLine('native -- --help')} shows what ${name} takes there, and ${commandLine('native ‹text›')} sends it.`;

/** A noun of which the dialect has nothing, for commands that have another way. */
export function lackingNoun<Noun extends object>(dialect: Dialect, noun: string): Noun {
  return new Proxy({} as Noun, {
    get: (_, name) => (typeof name === 'string' && name !== 'then' ? lacking(dialect, `${noun}.${name}`) : undefined),
  });
}
