import type { Declaration } from './declaration.ts';
import { type Field, fieldsOf, type Kind, kebab } from './fields.ts';
import { type Flag, flagsOf } from './flags.ts';

const placeholders: Partial<Record<Kind, string>> = {
  user: 'USER',
  localUser: 'USER',
  localpart: 'NAME',
  newUser: 'NAME',
  room: 'ROOM',
  roomId: 'ROOM',
  alias: 'ALIAS',
  localAlias: 'ALIAS',
  eventId: 'EVENT',
  mxc: 'MXC',
  server: 'SERVER',
  email: 'ADDRESS',
  displayName: 'NAME',
  duration: 'DURATION',
  time: 'TIME',
  size: 'SIZE',
  count: 'N',
  json: 'JSON',
};

/** What stands for a flag's value: `--limit N`. */
export function placeholder(field: Field): string {
  if (field.kind === 'choice') return field.choices.length <= 3 ? field.choices.join('|') : 'WORD';
  return placeholders[field.kind] ?? kebab(field.name).toUpperCase();
}

/** `--limit N`, `--admin`; the flag as it is typed. */
export function shownFlag(flag: Flag, fields: ReadonlyMap<string, Field>): string {
  const field = fields.get(flag.field);
  const name = flag.longs[0] === undefined ? `-${flag.shorts[0]}` : `--${flag.longs[0]}`;
  if (flag.arity === 0) return name;
  if (field === undefined) return `${name} FORMAT`;
  return [name, ...Array.from({ length: flag.arity }, () => placeholder(field))].join(' ');
}

/** A positional as it stands in a usage line: `<user>`, `[password]`, `[topic…]`. */
export function shownPositional(field: Field): string {
  const name = `${kebab(field.name)}${field.list ? '…' : ''}`;
  return field.required ? `<${name}>` : `[${name}]`;
}

/** "!admin user details <user>": what a command takes, in one line, without the flags that all commands have. */
export function usage(command: Declaration, prefix: string): string {
  const fields = fieldsOf(command.input);
  const field = (name: string): Field => {
    const found = fields.get(name);
    if (found === undefined) throw new Error(`${command.path} has no field ${name}`);
    return found;
  };
  const body = command.body;
  const byBody = body?.into;
  return [
    prefix,
    command.path,
    ...(command.positionals ?? []).map((name) =>
      name === byBody ? `[${kebab(name)}…]` : shownPositional(field(name)),
    ),
    ...flagsOf(command)
      .filter((flag) => !flag.common)
      .map((flag) => {
        const shown = shownFlag(flag, fields);
        return field(flag.field).required && !command.positionals?.includes(flag.field)
          ? shown
          : `[${shown}]${flag.repeatable ? '…' : ''}`;
      }),
    ...(command.rest === undefined
      ? []
      : [command.rest === byBody ? `[${kebab(command.rest)}…]` : `<${kebab(command.rest)}…>`]),
    ...(body === undefined ? [] : [body.required ? `+ block of ${blockOf(body)}` : `[+ block of ${blockOf(body)}]`]),
  ].join(' ');
}

/** A usage line broken at its flags, so that it can be read on a phone. */
export function wrapped(line: string, width = 44): string {
  const lines: string[] = [];
  for (const piece of line.split(/ (?=[[<+])/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + piece.length < width) lines[lines.length - 1] = `${last} ${piece}`;
    else lines.push(last === undefined ? piece : `  ${piece}`);
  }
  return lines.join('\n');
}

/** What a body holds: "username,password", "users". */
export function blockOf(body: NonNullable<Declaration['body']>): string {
  if (body.kind !== 'csv') return kebab(body.into).replaceAll('-', ' ');
  return body.columns.map(kebab).join(',');
}
