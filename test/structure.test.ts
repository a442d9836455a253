import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { byNoun } from '../src/commands/by-noun.ts';
import type { AnyCommand } from '../src/commands/define.ts';
import { commands } from '../src/commands/index.ts';
import { ownWays, withOwnWays } from '../src/commands/own-way/with-own-ways.ts';
import { fieldsOf } from '../src/core/fields.ts';
import { readLine } from '../src/core/read-command.ts';
import { reference } from '../src/core/reference.ts';
import { namesOf, resolve } from '../src/core/resolve.ts';
import { conduit } from '../src/homeserver/relay/conduit.ts';
import { continuwuity } from '../src/homeserver/relay/continuwuity.ts';
import { palpo } from '../src/homeserver/relay/palpo.ts';
import { tuwunel } from '../src/homeserver/relay/tuwunel.ts';
import { packageOf, ringAmong, type SourceFile, sourceFiles } from './source-files.ts';

const catalog = { prefix: '!admin', commands };
const files = sourceFiles('src');
const below = (folder: string) => files.filter(({ path }) => path.startsWith(`src/${folder}/`));
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** "src/core/a.ts imports src/http.ts" for every import for which `allowed` does not hold. */
const breaches = (of: readonly SourceFile[], allowed: (from: string, typeOnly: boolean) => boolean) =>
  of.flatMap(({ path, imports }) =>
    imports.filter(({ from, typeOnly }) => !allowed(from, typeOnly)).map(({ from }) => `${path} imports ${from}`),
  );
const containing = (of: readonly SourceFile[], pattern: RegExp) =>
  of.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
  );

describe('the files of the program', () => {
  test('are all there to be looked at', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(500);
  });

  test('core imports nothing of the program but core, and of Node only what is pure, random, or loads a package', () => {
    const pure = new Set(['node:crypto', 'node:module', 'node:util']);
    const allowed = (from: string) => from.startsWith('src/core/') || pure.has(from) || packageOf(from) !== undefined;
    expect(breaches(below('core'), allowed)).toEqual([]);
  });

  test('core asks for no time, no chance, no network and nothing of the process', () => {
    const outside = /\b(Date\.now|new Date\(\)|performance\.|Math\.random|fetch\(|setTimeout|setInterval|process\.)/;
    expect(containing(below('core'), outside)).toEqual([]);
  });

  test('commands import core, capabilities, each other, and of the store only types', () => {
    const capability = /^src\/homeserver\/[a-z-]+\.ts$/;
    const packages = new Set(['zod', 'node:timers/promises']);
    const allowed = (from: string, typeOnly: boolean) =>
      from.startsWith('src/core/') ||
      from.startsWith('src/commands/') ||
      capability.test(from) ||
      packages.has(from) ||
      (typeOnly && from === 'src/store/store.ts');
    expect(breaches(below('commands'), allowed)).toEqual([]);
  });

  test('only matrix imports the bot SDK', () => {
    const others = files.filter(({ path }) => !path.startsWith('src/matrix/'));
    expect(breaches(others, (from) => packageOf(from) !== 'matrix-bot-sdk')).toEqual([]);
    expect(breaches(below('matrix'), (from) => packageOf(from) !== 'matrix-bot-sdk')).not.toEqual([]);
  });

  test('do not need each other in a ring', () => {
    expect(ringAmong(files)).toBeUndefined();
    const needing = (path: string, from: string, typeOnly = false) => ({
      path,
      text: '',
      imports: [{ from, typeOnly }],
    });
    expect(ringAmong([needing('a', 'b'), needing('b', 'c'), needing('c', 'b')])).toEqual(['b', 'c', 'b']);
    expect(ringAmong([needing('b', 'c'), needing('c', 'b', true)])).toBeUndefined();
  });

  test('are all needed by the program, but for the maker of the reference page', () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const needed = new Set<string>();
    const need = (path: string) => {
      if (needed.has(path)) return;
      needed.add(path);
      for (const { from } of byPath.get(path)?.imports ?? []) need(from);
    };
    need('src/main.ts');
    // What the package exports.
    need('src/homeserver/client.ts');
    expect(files.map(({ path }) => path).filter((path) => !needed.has(path))).toEqual(['src/core/reference.ts']);
  });

  test('use every production dependency, and none that is there for development only', () => {
    const used = new Set(files.flatMap(({ imports }) => imports.map(({ from }) => packageOf(from))));
    used.delete(undefined);
    expect([...used].sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });

  test('packages are of exactly one version', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test('need no compiler and no particular registry to be installed', () => {
    const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
    // Otherwise npm builds it, although its binaries are in the package; `npm install` takes the mark away.
    expect(lock.packages['node_modules/better-sqlite3'].gypfile).toBe(false);
    expect(Object.values<object>(lock.packages).filter((one) => 'resolved' in one)).toEqual([]);
  });

  test('write to no console and leave nothing to do', () => {
    expect(containing(files, /\bconsole\.|\b(TODO|FIXME|XXX)\b/)).toEqual([]);
  });
});

describe('the commands', () => {
  /** A name of one word is the bot's own, or the one command of its noun. */
  const folderOf = (path: string) =>
    path.includes(' ') || path === 'raw' || path === 'native' ? path.split(' ')[0] : 'bot';
  const isCommand = (value: unknown): value is AnyCommand =>
    typeof value === 'object' && value !== null && 'path' in value && 'run' in value;

  /** Every command that a file below src/commands exports, with that file. */
  async function exported(): Promise<readonly { readonly path: string; readonly command: AnyCommand }[]> {
    const inFolders = below('commands').filter(
      ({ path }) => path.split('/').length >= 4 && !path.startsWith('src/commands/own-way/'),
    );
    const all = inFolders.map(async ({ path }) => {
      const module: Record<string, unknown> = await import(/* @vite-ignore */ `../${path}`);
      return Object.values(module)
        .filter(isCommand)
        .map((command) => ({ path, command }));
    });
    return (await Promise.all(all)).flat();
  }

  test('are all in the table, once', async () => {
    const declared = (await exported()).map(({ command }) => command.path).sort();
    expect(commands.map(({ path }) => path).sort()).toEqual(declared);
    expect(new Set(declared).size).toBe(declared.length);
  });

  test('stand in the folder of their noun, in a file of their name', async () => {
    const byFile = Map.groupBy(await exported(), ({ path }) => path);
    for (const [path, inFile] of byFile) {
      const names = inFile.map(({ command }) => command.path.split(' ').at(-1));
      expect(names, path).toContain(basename(path, '.ts'));
      for (const { command } of inFile) expect(path).toMatch(`src/commands/${folderOf(command.path)}/`);
    }
  });

  test('are found by their noun alone as among all', async () => {
    const nouns = new Set<string>();
    for (const name of commands.flatMap(namesOf).filter((one) => one.includes(' '))) {
      const words = name.split(' ');
      const noun = words[0] ?? '';
      nouns.add(noun);
      const alone = { ...catalog, ...(await byNoun.get(noun)?.()) };
      expect(resolve(words, alone), name).toEqual(resolve(words, catalog));
    }
    // Those whose one command has no second word.
    expect([...byNoun.keys()].sort()).toEqual([...nouns, 'native', 'raw'].sort());
  });

  test.each([
    ['', commands],
    [' where the homeserver has ways of its own', withOwnWays(commands)],
  ] as const)('have no name in common%s', (_, table) => {
    const names = table.flatMap(namesOf);
    expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([]);
  });

  test.each(ownWays.map((command) => [command.path, command] as const))(
    '%s, the other way, says how it is settled, shows a plan where it waits, and is explained',
    (_, command) => {
      if (command.danger !== 'read') expect(command.again === 'safe' || command.settle !== undefined).toBe(true);
      if (command.danger === 'confirm' || command.danger === 'typed') expect(command.plan).toBeDefined();
      expect(command.summary).toMatch(/^[A-Z].*[.?]$/);
      for (const { name, description } of fieldsOf(command.input).values()) expect(description, name).toMatch(/\.$/);
    },
  );

  test.each(commands.filter(({ danger }) => danger !== 'read').map((command) => [command.path, command] as const))(
    '%s says how it is settled when its answer is lost',
    (_, command) => {
      // A job's `run` only makes the items; each item's step is settled, or done again (define.ts, JobDefinition).
      expect(command.again === 'safe' || command.settle !== undefined || command.job !== undefined).toBe(true);
    },
  );

  test.each(commands.map((command) => [command.path, command] as const))(
    '%s shows what it would do where it waits for a yes, and explains its arguments and flags',
    (_, command) => {
      if (command.danger === 'confirm' || command.danger === 'typed') expect(command.plan).toBeDefined();
      expect(command.summary).toMatch(/^[A-Z].*[.?]$/);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const { name, description } of fieldsOf(command.input).values()) expect(description, name).toMatch(/\.$/);
    },
  );

  test.each(commands.flatMap((command) => command.examples.map(([, line]) => [line, command.path] as const)))(
    'the example %j is one of %s',
    (example, path) => {
      const [line = '', ...below] = example.replace(/^!admin /, '').split('\n');
      expect(line).not.toBe(example);
      const read = readLine(line, below.join('\n'), { prefix: '!admin', serverName: 'example.org' }, catalog);
      expect(read.command.path).toBe(path);
    },
  );

  test('are written down in src/commands/README.md (after a change: npx vitest run test/structure.test.ts -u)', async () => {
    const about = [`Every command also takes \`-o/--output human|json|csv\` and \`-h/--help\`.`];
    const page = reference(catalog, { title: 'Commands', about });
    await expect(page).toMatchFileSnapshot('../src/commands/README.md');
  });

  test('of homeservers with a room of their own are written down in src/commands/own-way/README.md', async () => {
    const dialects = [conduit, continuwuity, tuwunel, palpo].map((make) => make('example.org'));
    const page = reference(
      { prefix: '!admin', commands: ownWays },
      {
        title: 'Commands of homeservers with an admin room of their own',
        about: [
          'These come in place of, and beside, those of `../README.md` where the homeserver is driven through its own room',
          '(`backend.type` is `relay`). Every command also takes `-o/--output human|json|csv` and `-h/--help`.',
        ],
        note(path) {
          const having = dialects.filter(({ extras }) => path in extras).map(({ name }) => name);
          return having.length === 0 ? undefined : `On ${having.join(', ')}.`;
        },
      },
    );
    await expect(page).toMatchFileSnapshot('../src/commands/own-way/README.md');
  });
});
