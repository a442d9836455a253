import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readYaml } from '../../core/read-yaml.ts';
import { code, say, type Text } from '../../core/text.ts';
import { fileFault } from './file-fault.ts';

/** A file of the configuration, its top-level keys read; secrets are in it as they are. */
export interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ConfigFiles {
  /** In the order in which they are read: a later file's key replaces an earlier one's. */
  readonly files: readonly ConfigFile[];
  readonly faults: readonly Text[];
}

/**
 * The files that Synapse reads for these `--config-path`s, in its order (synapse.config._base, `find_config_files`): a
 * folder stands for its `*.yaml`, sorted. The bot's own file counts as there, also while it is not yet.
 */
export function configPaths(paths: readonly string[], dropIn: string | undefined): readonly string[] {
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.yaml') && isFile(join(path, name)));
    const inside = names.map((name) => join(path, name));
    const own = dropIn !== undefined && dirname(dropIn) === path && !inside.includes(dropIn) ? [dropIn] : [];
    return [...inside, ...own].sort();
  });
}

/** Reads them all; what cannot be read or is not YAML is a fault, and the others are still read. */
export function readConfigFiles(paths: readonly string[], dropIn: string | undefined): ConfigFiles {
  const files: ConfigFile[] = [];
  const faults: Text[] = [];
  for (const path of listed(paths, dropIn, faults)) {
    const text = readText(path);
    if (typeof text !== 'string') {
      if (path !== dropIn || text.code !== 'ENOENT') faults.push(say`${code(path)} cannot be read: ${text.words}.`);
      continue;
    }
    const read = readYaml(text);
    if ('fault' in read) {
      const { line, column, what } = read.fault;
      faults.push(say`${code(path)} is not YAML: line ${line}, column ${column}: ${what}.`);
    } else if (typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value)) {
      files.push({ path, values: read.value as Record<string, unknown> });
    }
    // Synapse ignores a file that is empty or no map.
  }
  return { files, faults };
}

function listed(paths: readonly string[], dropIn: string | undefined, faults: Text[]): readonly string[] {
  try {
    return configPaths(paths, dropIn);
  } catch (error) {
    faults.push(say`A folder of the configuration cannot be read: ${fileFault(error).words}.`);
    return [];
  }
}

/** The values in force: shallowly merged, as Synapse does, with the last file that sets each. */
export function merged(
  files: readonly ConfigFile[],
): ReadonlyMap<string, { readonly value: unknown; readonly file: string }> {
  const options = new Map<string, { value: unknown; file: string }>();
  for (const { path, values } of files) {
    for (const [key, value] of Object.entries(values)) options.set(key, { value, file: path });
  }
  return options;
}

/** The text of a file, or why there is none. */
export function readText(path: string): string | ReturnType<typeof fileFault> {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return fileFault(error);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
