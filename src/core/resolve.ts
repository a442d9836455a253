import type { Catalog, Declaration } from './declaration.ts';
import { nearest } from './nearest.ts';
import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { code, joined, say } from './text.ts';

/** A command found at the beginning of the words, or a page of help that is meant. */
export type Resolved<C extends Declaration> =
  | { readonly kind: 'command'; readonly command: C; readonly used: number }
  | { readonly kind: 'help'; readonly topic: readonly string[] };

/** Thrown where no command was found; `nearest` are those that may have been meant by the first `tried` words. */
export class UnknownCommand extends Problem {
  readonly tried: number;
  readonly nearest: readonly Declaration[];

  constructor(tried: readonly string[], catalog: Catalog, commands: readonly Declaration[], names: readonly string[]) {
    super(
      'unknown-command',
      say`There is no command ${clipped(tried.join(' '))}.`,
      names.length === 0
        ? say`${code(`${catalog.prefix} help`)} lists what there is.`
        : say`Did you mean ${joined(
            names.map((name) => code(`${catalog.prefix} ${name}`)),
            ' or ',
          )}?`,
    );
    this.tried = tried.length;
    this.nearest = commands;
  }
}

/** All names of a command: its path, its aliases and its flat names. */
export function namesOf(command: Declaration): readonly string[] {
  return [command.path, ...(command.aliases ?? []), ...(command.flat ?? [])];
}

/** "users" as "user", "Force_Join" as "force-join". */
export function normalized(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}

/** The nouns: every word of a name that has another one behind it. */
function nounMatches(typed: string, noun: string): boolean {
  return typed === noun || typed === `${noun}s` || typed === `${noun}es` || typed === noun.replace(/y$/, 'ies');
}

function begins(typed: readonly string[], name: readonly string[]): boolean {
  return (
    typed.length >= name.length &&
    name.every((part, at) => {
      const word = normalized(typed[at] ?? '');
      return at === name.length - 1 ? word === part : nounMatches(word, part);
    })
  );
}

/** Finds the command whose longest name stands at the beginning; throws {@link UnknownCommand}. */
export function resolve<C extends Declaration>(typed: readonly string[], catalog: Catalog<C>): Resolved<C> {
  if (typed.length === 0) return { kind: 'help', topic: [] };
  let best: { readonly command: C; readonly used: number } | undefined;
  for (const command of catalog.commands)
    for (const name of namesOf(command)) {
      const parts = name.split(' ');
      if (parts.length > (best?.used ?? 0) && begins(typed, parts)) best = { command, used: parts.length };
    }
  if (best) return { kind: 'command', ...best };
  const noun = nounPath(typed, catalog);
  const behind = typed[noun.length];
  if (noun.length > 0 && (behind === undefined || normalized(behind) === 'help')) return { kind: 'help', topic: noun };
  throw unknown(typed, noun, catalog);
}

/** The nouns at the beginning of the words, in their own spelling: `room moderation`. */
export function nounPath(typed: readonly string[], catalog: Catalog): readonly string[] {
  let longest: readonly string[] = [];
  for (const command of catalog.commands)
    for (const name of [command.path, ...(command.aliases ?? [])]) {
      const nouns = name.split(' ').slice(0, -1);
      let same = 0;
      while (same < nouns.length && nounMatches(normalized(typed[same] ?? ''), nouns[same] ?? '')) same += 1;
      if (same > longest.length) longest = nouns.slice(0, same);
    }
  return longest;
}

function unknown(typed: readonly string[], nouns: readonly string[], catalog: Catalog): UnknownCommand {
  // No more of the line than the words that should have been a name: what follows may be a secret.
  const tried = typed.slice(0, nouns.length + 1).map(normalized);
  const commandsByName = new Map<string, Declaration>();
  for (const command of catalog.commands) for (const name of namesOf(command)) commandsByName.set(name, command);
  const names = [...commandsByName.keys()];
  const guesses = new Set(nearest([...nouns, ...tried.slice(nouns.length)].join(' '), names));
  const last = tried.at(-1) ?? '';
  // `user ban-room`, `create-uesr`: the right word behind the wrong noun, or without any.
  for (const [name] of commandsByName) if (guesses.size < 3 && name.split(' ').at(-1) === last) guesses.add(name);
  if (nouns.length === 0) {
    const next = normalized(typed[1] ?? '');
    for (const guess of nearest([last, next].join(' '), names)) guesses.add(guess);
    if (guesses.size === 0)
      for (const guess of nearest(
        last,
        names.map((name) => name.split(' ')[0] ?? ''),
      ))
        guesses.add(guess);
  }
  const shown = [...guesses].slice(0, 3);
  const commands = shown.flatMap((name) => commandsByName.get(name) ?? []);
  return new UnknownCommand(typed.slice(0, nouns.length + 1), catalog, commands, shown);
}
