import { z } from 'zod';

/** What a field holds, and so how its words are read (`read-value.ts`) and named in usage lines. */
export type Kind =
  | 'localpart'
  | 'newUser'
  | 'user'
  | 'localUser'
  | 'room'
  | 'roomId'
  | 'alias'
  | 'localAlias'
  | 'eventId'
  | 'mxc'
  | 'server'
  | 'email'
  | 'displayName'
  | 'secret'
  | 'flag'
  | 'duration'
  | 'time'
  | 'size'
  | 'count'
  | 'text'
  | 'choice'
  | 'json';

const kinds = z.registry<{ readonly kind: Kind }>();

const string = (kind: Kind) => z.string().register(kinds, { kind });

/** The name of a new account, without server. */
export const localpart = string('localpart');
/** The whole id of an account to be made on our server; typed as a localpart or whole. */
export const newUser = string('newUser');
/** A whole user id, of any server. */
export const user = string('user');
/** A whole user id of our own server; others are refused by name. */
export const localUser = string('localUser');
/** A room id or a whole alias. */
export const room = string('room');
export const roomId = string('roomId');
/** A whole alias, of any server. */
export const alias = string('alias');
/** A whole alias of our own server; typed with or without `#` and server. */
export const localAlias = string('localAlias');
export const eventId = string('eventId');
export const mxc = string('mxc');
/** A server name, port included. */
export const server = string('server');
/** A mail address in the form in which homeservers compare them: in lower case. */
export const email = string('email');
/** The name of a person; longer ones could join no room. */
export const displayName = string('displayName');
/** A password, a token: kept as typed, never stored, shown or repeated in an error. */
export const secret = z.string().min(1, { error: 'is empty' }).register(kinds, { kind: 'secret' });
/** On or off; false when not given. */
export const flag = z.boolean().register(kinds, { kind: 'flag' }).default(false);
/** Milliseconds. */
export const duration = z.number().register(kinds, { kind: 'duration' });
/** Milliseconds since 1970. */
export const time = z.number().register(kinds, { kind: 'time' });
/** Bytes. */
export const size = z.number().register(kinds, { kind: 'size' });
export const text = string('text');
/** A value parsed from JSON. */
export const json = z.json().register(kinds, { kind: 'json' });

/** A whole number, from `min` to `max`. */
export function count(min = 0, max?: number) {
  const lower = z.number().min(min, { error: `must be at least ${min}` });
  const schema = max === undefined ? lower : lower.max(max, { error: `must be at most ${max}` });
  return schema.register(kinds, { kind: 'count' });
}

/** One of these words, in any case; an unambiguous beginning is not enough. */
export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words).register(kinds, { kind: 'choice' });
}

/** The fields every listing has; `sorts` are the columns it may be sorted by. `page.ts` reads them together. */
export function listing<const Sorts extends readonly [string, ...string[]]>(sorts: Sorts) {
  return {
    limit: count(1).default(100).describe('Rows on a page.'),
    page: count(1).optional().describe('Which page, from 1.'),
    from: count().optional().describe('First row, from 0.'),
    all: flag.describe('All rows.'),
    sort: choice(sorts).optional().describe('Column to sort by.'),
    reverse: flag.describe('The other way round.'),
  };
}

/** The single letters of {@link listing}'s flags. */
export const listingShort = { l: 'limit', f: 'from', s: 'sort', r: 'reverse' } as const;

type Check = (payload: z.core.ParsePayload<Record<string, unknown>>) => void;

const given = (value: unknown): boolean =>
  value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);

const named = (fields: readonly string[]): string => fields.map((field) => `--${kebab(field)}`).join(', ');

/** For `z.object({…}).check(atMostOneOf('before', 'after'))`: these flags exclude each other. */
export function atMostOneOf(...fields: readonly string[]): Check {
  return (payload) => {
    const both = fields.filter((field) => given(payload.value[field]));
    if (both.length > 1)
      payload.issues.push({ code: 'custom', input: undefined, message: `${named(both)} exclude each other.` });
  };
}

/** As {@link atMostOneOf}, and one must be there. */
export function exactlyOneOf(...fields: readonly string[]): Check {
  return (payload) => {
    if (!fields.some((field) => given(payload.value[field])))
      payload.issues.push({ code: 'custom', input: undefined, message: `One of ${named(fields)} is needed.` });
    atMostOneOf(...fields)(payload);
  };
}

/** What a schema made of the above says about itself. */
export interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly required: boolean;
  /** May be given several times, or take all the remaining words. */
  readonly list: boolean;
  /** Words a value is made of: 1, or the length of a `z.tuple`. */
  readonly arity: number;
  readonly description: string | undefined;
  readonly choices: readonly string[];
  readonly fallback: unknown;
  /** Of a list of records: its columns. */
  readonly columns: ReadonlyMap<string, Field> | undefined;
}

const known = new WeakMap<z.ZodObject, ReadonlyMap<string, Field>>();

/** The fields of a command's input, by name. */
export function fieldsOf(input: z.ZodObject): ReadonlyMap<string, Field> {
  const before = known.get(input);
  if (before) return before;
  const fields = new Map(
    Object.entries(input.shape).map(([name, schema]) => [name, fieldOf(name, schema as z.ZodType)]),
  );
  known.set(input, fields);
  return fields;
}

function fieldOf(name: string, schema: z.ZodType): Field {
  const empty = schema.safeParse(undefined);
  let list = false;
  let arity = 1;
  let description = schema.description;
  let columns: ReadonlyMap<string, Field> | undefined;
  let inner = schema;
  for (;;) {
    const held = kinds.get(inner);
    description ??= inner.description;
    if (held || columns)
      return {
        name,
        kind: held?.kind ?? 'text',
        required: !empty.success,
        list,
        arity,
        description,
        choices: inner instanceof z.ZodEnum ? inner.options.map(String) : [],
        fallback: empty.success ? empty.data : undefined,
        columns,
      };
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodReadonly)
      inner = inner.unwrap() as z.ZodType;
    else if (inner instanceof z.ZodArray) {
      list = true;
      inner = inner.element as z.ZodType;
    } else if (inner instanceof z.ZodTuple) {
      arity = inner.def.items.length;
      inner = inner.def.items[0] as z.ZodType;
    } else if (inner instanceof z.ZodObject) columns = fieldsOf(inner);
    else throw new Error(`The field ${name} is not made of core/fields.ts`);
  }
}

/** `leaveRooms` → `leave-rooms`, the flag's name. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
