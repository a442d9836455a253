import type { Catalog, Declaration } from './declaration.ts';
import { fieldsOf, kebab } from './fields.ts';
import { flagsOf } from './flags.ts';
import { nouns, standing } from './help.ts';
import { namesOf } from './resolve.ts';
import { shownFlag, usage } from './usage.ts';

export interface ReferenceOptions {
  readonly title: string;
  /** What is said below the title. */
  readonly about: readonly string[];
  /** What stands below a command's summary, of some. */
  readonly note?: (path: string) => string | undefined;
}

/** A reference page of commands, as Markdown. */
export function reference(catalog: Catalog, { title, about, note = () => undefined }: ReferenceOptions): string {
  const order = Object.keys(nouns);
  const groups = [
    ...Map.groupBy(catalog.commands, (command) =>
      command.path.includes(' ') ? (command.path.split(' ')[0] ?? '') : '',
    ),
  ];
  const place = (noun: string): number =>
    noun === '' ? order.length + 1 : order.indexOf(noun) === -1 ? order.length : order.indexOf(noun);
  groups.sort(([one], [other]) => place(one) - place(other));
  return [
    `# ${title}`,
    '',
    'Made from the declarations in this folder; the structure test says when it is out of date.',
    ...about,
    ...groups.flatMap(([noun, commands]) => [
      '',
      noun === '' ? '## Without a noun' : `## ${noun}`,
      ...commands.flatMap((command) => section(command, catalog.prefix, note(command.path))),
    ]),
    '',
  ].join('\n');
}

function section(command: Declaration, prefix: string, note: string | undefined): string[] {
  const fields = fieldsOf(command.input);
  const others = namesOf(command).filter((name) => name !== command.path);
  const about = (command.positionals ?? []).flatMap((name) => {
    const text = fields.get(name)?.description;
    return text === undefined ? [] : [`- \`${kebab(name)}\`: ${text}`];
  });
  const flags = flagsOf(command).filter((flag) => !flag.common || !/^(output|help)$/.test(flag.field));
  return [
    '',
    `### ${command.path}`,
    '',
    command.summary,
    ...(note === undefined ? [] : ['', note]),
    '',
    '```',
    usage(command, prefix),
    '```',
    '',
    `${standing(command)}${others.length === 0 ? '' : ` Also ${others.map((name) => `\`${name}\``).join(', ')}.`}`,
    ...(flags.length + about.length === 0 ? [] : ['']),
    ...about,
    ...flags.map((flag) => {
      const names = [
        ...flag.shorts.map((letter) => `-${letter}`),
        shownFlag(flag, fields),
        ...flag.longs.slice(1).map((name) => `--${name}`),
      ];
      const shown = [...new Set(names)].map((name) => `\`${name}\``).join(', ');
      return `- ${shown}${flag.description === '' ? '' : `: ${flag.description}`}`;
    }),
    ...(command.cautions ?? []).flatMap((text) => ['', `> ${text}`]),
    ...command.examples.flatMap(([title, line]) => {
      const fence = line.includes('```') ? '````' : '```';
      return ['', `${title}:`, '', fence, line, fence];
    }),
  ];
}
