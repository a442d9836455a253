import type { Catalog, Declaration } from './declaration.ts';
import { fieldsOf, kebab } from './fields.ts';
import { type Flag, flagsOf } from './flags.ts';
import { Problem } from './problem.ts';
import { type Block, paragraph, type Reply, reply } from './reply.ts';
import { namesOf, nounPath, resolve } from './resolve.ts';
import { isAtLeast, type Role } from './roles.ts';
import { clipped } from './shown.ts';
import { code, joined, say, type Text } from './text.ts';
import { shownFlag, usage, wrapped } from './usage.ts';

/** What the nouns are about, in the order in which help lists them. */
export const nouns: Readonly<Record<string, string>> = {
  user: 'accounts, sessions, memberships',
  room: 'rooms, aliases, directory, bans',
  media: 'files and the space they take',
  history: 'purging old events',
  federation: 'other servers',
  matrix: 'the client API',
  token: 'registration tokens',
  report: 'reported events and users',
  notice: 'server notices',
  server: 'the homeserver itself',
  appservice: 'bridges and bots',
  oidc: 'identity providers',
  check: 'whether what is stored is sound',
  debug: 'what helps to find a fault',
  query: 'what is stored',
  group: 'communities',
  job: 'long work under way',
  audit: 'who did what',
  bot: 'this bot',
};

const classes: Readonly<Record<Declaration['danger'], string>> = {
  read: 'Changes nothing.',
  write: 'Runs at once.',
  confirm: 'Shows what it would do and waits for your yes.',
  typed: 'Shows what it would do and waits until you type the name of its target.',
};

const roles: Readonly<Record<Declaration['role'], string>> = {
  owner: 'For owners only.',
  admin: 'For admins and owners.',
  moderator: 'For moderators and above.',
  viewer: 'For everyone in this room.',
};

/** Words of a declaration, which are ours and Markdown. */
const ours = (text: string): Text => ({ parts: [{ kind: 'markdown', text }] });

/** "Changes nothing. For everyone in this room." */
export function standing(command: Declaration): string {
  return `${classes[command.danger]} ${roles[command.role]}`;
}

/** The page for the words behind `help`: all nouns, one noun or one command; or what holds a word. `role`: the reader's. */
export function helpReply(catalog: Catalog, topic: readonly string[], search?: string, role: Role = 'owner'): Reply {
  if (search !== undefined) return searchPage(catalog, search, role);
  if (topic.length === 0) return overview(catalog, role);
  const noun = nounPath(topic, catalog);
  const found = noun.length === topic.length ? undefined : resolve(topic, catalog);
  if (found?.kind === 'command') {
    const left = topic.slice(found.used);
    if (left.length > 0)
      throw new Problem(
        'usage',
        say`${code(found.command.path)} has no further pages; ${clipped(left.join(' '))} is too much.`,
      );
    return commandPage(found.command, catalog.prefix, role);
  }
  return nounPage(catalog, noun, role);
}

function searchPage(catalog: Catalog, search: string, role: Role): Reply {
  const word = search.toLowerCase();
  const holds = (texts: readonly string[]): boolean => texts.some((text) => text.toLowerCase().includes(word));
  const named = catalog.commands.filter((command) => holds([...namesOf(command), command.summary]));
  const found = [...named, ...catalog.commands.filter((command) => !named.includes(command) && holds(about(command)))];
  if (found.length === 0)
    throw new Problem(
      'not-found',
      say`No command speaks of ${clipped(search)}.`,
      say`${code(`${catalog.prefix} help`)} lists what there is.`,
    );
  return reply.says(say`Commands that speak of ${clipped(search)}:`, {
    blocks: [lines(found, role)],
    data: found.map(asData),
  });
}

/** What a command's page says beyond its names and its summary. */
function about(command: Declaration): readonly string[] {
  return [
    ...[...fieldsOf(command.input).values()].flatMap(({ name, description }) => [kebab(name), description ?? '']),
    ...flagsOf(command).flatMap((flag) => (flag.common ? [] : flag.longs)),
    ...(command.cautions ?? []),
    ...command.examples.map(([title]) => title),
  ];
}

function overview(catalog: Catalog, role: Role): Reply {
  const { prefix, commands } = catalog;
  const used = new Set(
    commands.filter((command) => command.path.includes(' ')).map((command) => command.path.split(' ')[0] ?? ''),
  );
  const shown = [
    ...Object.keys(nouns).filter((noun) => used.has(noun)),
    ...[...used].filter((noun) => !(noun in nouns)),
  ];
  const single = commands.filter((command) => !command.path.includes(' '));
  return reply.says(say`Type ${code(`${prefix} NOUN COMMAND`)}. The nouns:`, {
    blocks: [
      {
        kind: 'list',
        items: shown.map((noun) => (nouns[noun] === undefined ? code(noun) : say`${code(noun)}: ${nouns[noun] ?? ''}`)),
      },
      ...(single.length === 0 ? [] : [paragraph(say`And without a noun:`), lines(single, role)]),
      paragraph(
        say`${code(`${prefix} help user`)} lists the commands of a noun, ${code(`${prefix} help user details`)} explains one, ${code(`${prefix} help --search WORD`)} finds them.`,
      ),
    ],
    data: commands.map(asData),
  });
}

function nounPage(catalog: Catalog, noun: readonly string[], role: Role): Reply {
  const path = noun.join(' ');
  const found = catalog.commands.filter((command) => command.path.startsWith(`${path} `));
  const what = nouns[path] === undefined ? say`` : say` (${nouns[path] ?? ''})`;
  const own = catalog.commands.find((command) => command.path === path);
  if (own !== undefined) {
    const page = commandPage(own, catalog.prefix, role);
    const beside = paragraph(say`Beside it, commands of ${code(path)}${what}:`);
    return { ...page, blocks: [...page.blocks, beside, lines(found, role)] };
  }
  return reply.says(say`Commands of ${code(path)}${what}:`, {
    blocks: [lines(found, role), paragraph(say`${code(`${catalog.prefix} help ${path} COMMAND`)} explains one.`)],
    data: found.map(asData),
  });
}

function commandPage(command: Declaration, prefix: string, role: Role): Reply {
  const fields = fieldsOf(command.input);
  const others = namesOf(command).filter((name) => name !== command.path);
  const flags = flagsOf(command);
  const about = (command.positionals ?? []).flatMap((name) => {
    const text = fields.get(name)?.description;
    return text === undefined ? [] : [say`${code(name)}: ${ours(text)}`];
  });
  const blocks: Block[] = [
    { kind: 'code', text: wrapped(usage(command, prefix)) },
    ...(others.length === 0 ? [] : [paragraph(say`Also ${joined(others.map(code))}.`)]),
    { kind: 'list', items: [...about, ...flags.map((flag) => flagLine(flag, shownFlag(flag, fields)))] },
    paragraph(
      isAtLeast(role, command.role)
        ? ours(standing(command))
        : say`${ours(standing(command))} ⛔ Your role is ${role}: this needs ${command.role}.`,
    ),
    ...(command.cautions?.length
      ? [{ kind: 'list' as const, items: command.cautions.map((text) => say`⚠️ ${ours(text)}`) }]
      : []),
    ...command.examples.flatMap(([title, line]): Block[] => [
      paragraph(ours(`${title}:`)),
      { kind: 'code', text: line.replace(/^!admin(?=\s)/, () => prefix) },
    ]),
  ];
  return reply.says(ours(command.summary), { blocks, data: asData(command) });
}

function flagLine(flag: Flag, shown: string): Text {
  const names = [
    ...flag.shorts.map((letter) => `-${letter}`),
    shown,
    ...flag.longs.slice(1).map((name) => `--${name}`),
  ];
  const all = joined([...new Set(names)].map(code));
  return flag.description === '' ? all : say`${all}: ${ours(flag.description)}`;
}

/** What the reader may not use is marked so. */
function lines(commands: readonly Declaration[], role: Role): Block {
  const line = (command: Declaration) => {
    const needs = isAtLeast(role, command.role) ? say`` : say` (needs ${command.role})`;
    return say`${code(command.path)}: ${ours(command.summary)}${needs}`;
  };
  return { kind: 'list', items: commands.map(line) };
}

function asData(command: Declaration): Readonly<Record<string, unknown>> {
  const { path, summary, danger, role } = command;
  return { path, names: namesOf(command), summary, danger, role };
}
