import type { Declaration } from './declaration.ts';
import { type Field, fieldsOf, kebab } from './fields.ts';

/** A flag of a command, its own or one that all commands of its class have. */
export interface Flag {
  /** The field it fills, or the common option it sets. */
  readonly field: string;
  readonly common: boolean;
  /** Without dashes; the first is the one that is shown. */
  readonly longs: readonly string[];
  readonly shorts: readonly string[];
  /** Words it takes behind it; 0: it is on or off. */
  readonly arity: number;
  readonly repeatable: boolean;
  readonly secret: boolean;
  readonly description: string;
}

const common = (field: string, longs: string[], shorts: string[], arity: number, description: string): Flag => ({
  field,
  common: true,
  longs,
  shorts,
  arity,
  repeatable: false,
  secret: false,
  description,
});

const output = common('output', ['output'], ['o'], 1, 'The form of the answer: human, json or csv.');
const help = common('help', ['help'], ['h'], 0, 'This page.');
const dryRun = common('dryRun', ['dry-run'], [], 0, 'Show the plan and stop.');
const yes = common('yes', ['yes-i-want-to-do-this'], [], 0, 'Do not wait for a confirmation.');
const skipInvalid = common('skipInvalid', ['skip-invalid'], [], 0, 'Go on without the lines that cannot be used.');

/** The fields that are filled by place: positionals, the rest of the line, the body. */
export function placed(command: Declaration): ReadonlySet<string> {
  return new Set([
    ...(command.positionals ?? []),
    ...(command.rest === undefined ? [] : [command.rest]),
    ...(command.body === undefined ? [] : [command.body.into]),
  ]);
}

/** Every flag a command takes, its own first; a letter of its own goes before a common one. */
export function flagsOf(command: Declaration): readonly Flag[] {
  const fields = fieldsOf(command.input);
  const byPlace = placed(command);
  const named = (table: Readonly<Record<string, string>> | undefined, field: string): string[] =>
    Object.entries(table ?? {}).flatMap(([name, target]) => (target === field ? [name] : []));
  const own = [...fields.values()].flatMap((field): Flag[] => {
    const shorts = named(command.short, field.name);
    const longs = named(command.long, field.name);
    // A field filled by place has a flag only where the declaration names one: `reset-password alice -p SECRET`.
    if (byPlace.has(field.name) && shorts.length + longs.length === 0) return [];
    return [
      asFlag(field, [...(byPlace.has(field.name) && longs.length > 0 ? [] : [kebab(field.name)]), ...longs], shorts),
    ];
  });
  const taken = new Set(own.flatMap((flag) => flag.shorts));
  const mayPlan = command.danger === 'confirm' || command.danger === 'typed' || 'plan' in command || 'raise' in command;
  const lists = command.body !== undefined && command.body.kind !== 'text';
  return [...own, ...(mayPlan ? [dryRun, yes] : []), ...(lists ? [skipInvalid] : []), output, help].map((flag) =>
    flag.common ? { ...flag, shorts: flag.shorts.filter((letter) => !taken.has(letter)) } : flag,
  );
}

/** A usage line has room for three of them. */
const choicesOf = ({ choices }: Field): string => (choices.length > 3 ? `One of ${choices.join(', ')}.` : '');

function asFlag(field: Field, longs: readonly string[], shorts: readonly string[]): Flag {
  return {
    field: field.name,
    common: false,
    longs,
    shorts,
    arity: field.kind === 'flag' ? 0 : field.arity,
    repeatable: field.list,
    secret: field.kind === 'secret',
    description: [field.description ?? '', choicesOf(field)].filter((text) => text !== '').join(' '),
  };
}
