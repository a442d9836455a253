import { type BadLine, badLines, type ReadBody, readCsv, readList } from './body.ts';
import type { Declaration } from './declaration.ts';
import type { Fenced } from './fence.ts';
import { type Field, fieldsOf, kebab } from './fields.ts';
import { placed } from './flags.ts';
import type { Parsed, Typed } from './parse.ts';
import { Problem } from './problem.ts';
import { readValue } from './read-value.ts';
import { code, counted, joined, say, type Text } from './text.ts';
import { blockOf, placeholder, shownPositional, usage } from './usage.ts';

/** A command's input as its `run` gets it, and what was left out of it. */
export interface Validated {
  readonly input: Readonly<Record<string, unknown>>;
  /** Lines of the body that repeated an earlier one. */
  readonly duplicates: number;
  /** Lines left out by `--skip-invalid`. */
  readonly skipped: readonly BadLine[];
}

/** Where a command is read. */
export interface Reading {
  readonly serverName: string;
  readonly prefix: string;
}

/** Reads every word by its field's kind, then asks the command's schema. Throws Problem('usage') with the usage line. */
export function validate(
  command: Declaration,
  parsed: Parsed,
  block: Fenced | undefined,
  { serverName, prefix }: Reading,
): Validated {
  const how = say`Usage: ${code(usage(command, prefix))}`;
  const fields = fieldsOf(command.input);
  const byPlace = placed(command);
  const values: Record<string, unknown> = {};
  for (const [name, occurrences] of parsed.values) {
    const field = fields.get(name);
    if (field === undefined) throw new Error(`${command.path} has no field ${name}`);
    const label = byPlace.has(name) ? code(kebab(name)) : code(`--${kebab(name)}`);
    const read = occurrences.map((typed) => explained(label, how, () => readOccurrence(field, typed, serverName)));
    values[name] = field.list ? read : read[0];
  }
  const body = explained(undefined, how, () => readBody(command, block, fields, serverName));
  if (body !== undefined && command.body !== undefined) {
    if (body.bad.length > 0 && (!parsed.skipInvalid || body.values.length === 0))
      throw badLines(body.bad, body.bad.length + body.values.length + body.duplicates);
    const into = command.body.into;
    if (values[into] !== undefined && command.body.kind === 'text')
      throw new Problem('usage', say`${code(kebab(into))} stands on the line and in the block; use one of them.`, how);
    values[into] =
      command.body.kind === 'text'
        ? body.values[0]
        : [...new Set([...((values[into] as unknown[] | undefined) ?? []), ...body.values])];
  }
  refuseMissing(command, fields, values, how);
  return {
    input: checked(command, fields, values, byPlace, how),
    duplicates: body?.duplicates ?? 0,
    skipped: body?.bad ?? [],
  };
}

function readOccurrence(field: Field, typed: readonly Typed[], serverName: string): unknown {
  const read = typed.map((one) => readValue(field, field.kind === 'secret' ? one.asTyped : one.text, serverName));
  if (field.kind === 'flag') return true;
  return field.arity === 1 ? read[0] : read;
}

/** Puts the usage line under a fault that has no better hint, and the argument's name before it. */
function explained<T>(label: Text | undefined, how: Text, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const text = label === undefined ? error.text : say`${label}: ${error.text}`;
    throw new Problem(error.code, text, error.hint === undefined ? how : say`${error.hint} ${how}`);
  }
}

function readBody(
  command: Declaration,
  block: Fenced | undefined,
  fields: ReadonlyMap<string, Field>,
  serverName: string,
): ReadBody | undefined {
  const { body } = command;
  if (block === undefined) return undefined;
  if (body === undefined) throw new Error(`${command.path} takes no block`);
  const field = fields.get(body.into);
  if (field === undefined) throw new Error(`${command.path} has no field ${body.into}`);
  if (body.kind === 'list') return readList(block.lines, field, serverName);
  if (body.kind === 'csv') return readCsv(block.lines, body.columns, field, serverName);
  const text = block.lines.join('\n');
  return { values: text.trim() === '' ? [] : [readValue(field, text, serverName)], duplicates: 0, bad: [] };
}

function refuseMissing(
  command: Declaration,
  fields: ReadonlyMap<string, Field>,
  values: Readonly<Record<string, unknown>>,
  how: Text,
): void {
  const { body } = command;
  const filled = (name: string): boolean => {
    const value = values[name];
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  };
  if (body?.required && !filled(body.into))
    throw new Problem(
      'usage',
      say`${code(command.path)} needs a block of ${blockOf(body)} below it, between two lines of three backticks.`,
      how,
    );
  const byPlace = placed(command);
  const missing = [...fields.values()].filter((field) => field.required && !filled(field.name));
  if (missing.length === 0) return;
  const named = missing.map((field) =>
    code(byPlace.has(field.name) ? shownPositional(field) : `--${kebab(field.name)} ${placeholder(field)}`),
  );
  throw new Problem('usage', say`${code(command.path)} needs ${joined(named, ' and ')}.`, how);
}

/** The schema's own word: bounds, and which flags go together. */
function checked(
  command: Declaration,
  fields: ReadonlyMap<string, Field>,
  values: Readonly<Record<string, unknown>>,
  byPlace: ReadonlySet<string>,
  how: Text,
): Readonly<Record<string, unknown>> {
  const result = command.input.safeParse(values);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue): Text => {
    const [name] = issue.path;
    const field = typeof name === 'string' ? fields.get(name) : undefined;
    if (field === undefined) return say`${issue.message}`;
    const label = byPlace.has(field.name) ? kebab(field.name) : `--${kebab(field.name)}`;
    return say`${code(label)} ${issue.message}`;
  });
  const more = faults.length - 5;
  throw new Problem(
    'usage',
    joined([...faults.slice(0, 5), ...(more > 0 ? [say`and ${counted(more, 'more fault')}`] : [])], '; '),
    how,
  );
}
