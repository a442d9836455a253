import { isDeepStrictEqual } from 'node:util';
import type { Declaration } from './declaration.ts';
import { type Field, fieldsOf } from './fields.ts';
import type { Json } from './json.ts';
import { Problem } from './problem.ts';
import { say } from './text.ts';

type Input = Readonly<Record<string, unknown>>;

const holdsSecret = (field: Field): boolean =>
  field.kind === 'secret' || [...(field.columns?.values() ?? [])].some(holdsSecret);

/** The names of a command's fields that can hold a secret, in themselves or in a column. */
export function secretFields(command: Declaration): readonly string[] {
  return [...fieldsOf(command.input).values()].filter(holdsSecret).map((field) => field.name);
}

/** The fields in which a secret was in fact typed. */
export function secretsTyped(command: Declaration, input: Input): readonly string[] {
  const kept = withoutSecrets(command, input);
  return secretFields(command).filter((name) => !isDeepStrictEqual(asJson(input[name]), kept[name]));
}

/** True where the input holds a typed secret. */
export function secretsIn(command: Declaration, input: Input): boolean {
  return secretsTyped(command, input).length > 0;
}

/** What of an input may be stored: all but the secrets. */
export function withoutSecrets(command: Declaration, input: Input): Readonly<Record<string, Json>> {
  return asJson(stripped(input, fieldsOf(command.input))) as Readonly<Record<string, Json>>;
}

/**
 * A stored input made whole again with the secrets of the message it came from, which was read once more.
 * Throws Problem('secret-gone') where that message no longer says the same.
 */
export function withSecrets(command: Declaration, stored: Json, reread: Input): Input {
  if (!isDeepStrictEqual(withoutSecrets(command, reread), stored))
    throw new Problem(
      'secret-gone',
      say`The message with this command no longer says what it said, so its secrets are gone.`,
      say`Send the command again.`,
    );
  return reread;
}

function stripped(input: Input, fields: ReadonlyMap<string, Field>): Input {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    const field = fields.get(name);
    if (field?.kind === 'secret') continue;
    const { columns } = field ?? {};
    kept[name] =
      columns && Array.isArray(value) ? value.map((record: unknown) => stripped(record as Input, columns)) : value;
  }
  return kept;
}

/** As it is read back from the store: without what is undefined. */
function asJson(value: unknown): Json | undefined {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json);
}
