import type { AnyCommand } from '../commands/define.ts';
import type { Catalog } from '../core/declaration.ts';
import { fieldsOf, type Kind } from '../core/fields.ts';
import { flagsOf } from '../core/flags.ts';
import { namesOf, resolve } from '../core/resolve.ts';
import { splitWords } from '../core/words.ts';

/** Asks the homeserver what an id may go on with. */
export interface Lookup {
  users(part: string): Promise<readonly string[]>;
  /** Aliases, and ids of rooms without one. */
  rooms(part: string): Promise<readonly string[]>;
}

const userKinds: ReadonlySet<Kind> = new Set<Kind>(['user', 'localUser']);
const roomKinds: ReadonlySet<Kind> = new Set<Kind>(['room', 'roomId', 'alias', 'localAlias']);

/** What the last word of a line may go on with, and that word, as readline wants it. Never rejects. */
export async function completion(
  line: string,
  catalog: Catalog<AnyCommand>,
  lookup: Lookup,
): Promise<[string[], string]> {
  const words = splitWords(line).words.map(({ text }) => text);
  const last = /\s$/.test(line) || words.length === 0 ? '' : (words.pop() ?? '');
  const command = commandOf(words, catalog);
  if (command === undefined) {
    const before = words.length === 0 ? '' : `${words.join(' ')} `;
    const names = catalog.commands.flatMap(namesOf).filter((name) => name.startsWith(before + last));
    // A word at a time: nouns first, then what they hold.
    return [[...new Set(names.map((name) => `${name.slice(before.length).split(' ')[0]} `))].sort(), last];
  }
  if (last.startsWith('-')) {
    const flags = flagsOf(command).flatMap(({ longs }) => longs.map((name) => `--${name} `));
    return [flags.filter((flag) => flag.startsWith(last)).sort(), last];
  }
  const kinds = kindsAt(command, words);
  const wantsUser = last.startsWith('@') || (!/^[#!]/.test(last) && kinds.some((kind) => userKinds.has(kind)));
  const wantsRoom = /^[#!]/.test(last) || (!last.startsWith('@') && kinds.some((kind) => roomKinds.has(kind)));
  if (!wantsUser && !wantsRoom) return [[], last];
  try {
    const found = wantsUser ? await lookup.users(last) : await lookup.rooms(last);
    return [found.filter((id) => id.includes(last)).map((id) => `${id} `), last];
  } catch {
    return [[], last];
  }
}

function commandOf(words: readonly string[], catalog: Catalog<AnyCommand>): AnyCommand | undefined {
  try {
    const found = resolve(words, catalog);
    return found.kind === 'command' ? found.command : undefined;
  } catch {
    return undefined;
  }
}

/** What stands at the place of the next word: the value of the flag before it, or a positional. */
function kindsAt(command: AnyCommand, words: readonly string[]): readonly Kind[] {
  const fields = fieldsOf(command.input);
  const before = words.at(-1) ?? '';
  const flag = flagsOf(command).find(
    ({ longs, shorts, arity }) =>
      arity > 0 && (longs.some((name) => before === `--${name}`) || shorts.some((name) => before === `-${name}`)),
  );
  if (flag !== undefined) return [fields.get(flag.field)?.kind ?? 'text'];
  const names = namesOf(command).filter((name) => words.join(' ').startsWith(name));
  const used = Math.max(...names.map((name) => name.split(' ').length), 0);
  const place = words.slice(used).filter((word) => !word.startsWith('-')).length;
  const name = command.positionals?.[place];
  return name === undefined ? [] : [fields.get(name)?.kind ?? 'text'];
}
