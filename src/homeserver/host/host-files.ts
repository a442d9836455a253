import { existsSync } from 'node:fs';
import { Problem } from '../../core/problem.ts';
import { code, joined, say, type Text } from '../../core/text.ts';
import type { HostCheck, HostConfig } from '../host.ts';
import { type AppserviceFile, clashesWith, readAppservice } from './appservice-files.ts';
import { askSynapse } from './ask-synapse.ts';
import { type ConfigFiles, configPaths, merged, readConfigFiles, readText } from './config-files.ts';
import { type ConfigMask, configMask } from './mask-config.ts';
import { type HostSettings, missing } from './settings.ts';
import { hashOf } from './undo-journal.ts';

/** The homeserver's files as they are now, read anew each time; secrets are in them unless it says otherwise. */
export interface HostFiles {
  read(): ConfigFiles;
  /** The values in force. */
  values(): Readonly<Record<string, unknown>>;
  appservices(): readonly AppserviceFile[];
  /** Hides the secrets that stand in any of them. */
  mask(): ConfigMask;
  /** The bot's own file: its text, undefined while there is none. */
  ownText(): string | undefined;
  fingerprint(): string;
  config(): Promise<HostConfig>;
  check(): Promise<HostCheck>;
  mayChange(keys: readonly string[]): Promise<void>;
}

export function createHostFiles(
  settings: HostSettings | undefined,
  secrets: readonly string[],
  timeoutMs: number,
): HostFiles {
  const dropIn = settings?.dropIn;

  function ownPath(what: string): string {
    if (dropIn !== undefined) return dropIn;
    throw missing('dropIn', what);
  }

  function files(): ConfigFiles {
    if (settings === undefined || settings.configFiles.length === 0)
      throw missing('configFiles', 'reads the homeserver’s files');
    return readConfigFiles(settings.configFiles, dropIn);
  }

  const valuesOf = (read: ConfigFiles) =>
    Object.fromEntries([...merged(read.files)].map(([key, { value }]) => [key, value]));

  function maskNow(): ConfigMask {
    const read = settings === undefined ? undefined : readConfigFiles(settings.configFiles, dropIn);
    const values =
      read === undefined ? {} : Object.fromEntries(read.files.map((file, at) => [String(at), file.values]));
    const tokens = read === undefined ? [] : appserviceFiles(valuesOf(read)).flatMap(tokensIn);
    return configMask(values, [...secrets, ...tokens]);
  }

  const ownText = (): string | undefined => {
    const text = dropIn === undefined ? undefined : readText(dropIn);
    if (text === undefined || typeof text === 'string') return text;
    if (text.code === 'ENOENT') return undefined;
    throw new Problem('conflict', say`${code(dropIn ?? '')} cannot be read: ${text.words}. Nothing was changed.`);
  };
  const fingerprint = () => hashOf(`${ownText() === undefined ? 'none' : 'file'} ${ownText() ?? ''}`);

  /** Keys that are set behind the bot's own file. */
  function laterKeys(read: ConfigFiles): ReadonlyMap<string, string> {
    if (settings === undefined || dropIn === undefined) return new Map();
    const order = configPaths(settings.configFiles, dropIn);
    const behind = order.slice(order.lastIndexOf(dropIn) + 1);
    return new Map(
      read.files.flatMap(({ path, values }) =>
        behind.includes(path) ? Object.keys(values).map((key) => [key, path] as const) : [],
      ),
    );
  }

  async function mayChange(keys: readonly string[]): Promise<void> {
    const own = ownPath('writes to the homeserver’s configuration');
    const read = files();
    if (!configPaths(settings?.configFiles ?? [], own).includes(own)) {
      throw new Problem(
        'conflict',
        say`${code(own)} (${code('host.dropIn')}) is none of the files that the homeserver reads: it lies in no folder of ${code('host.configFiles')} and is not listed there.`,
        say`Start the homeserver with the folder as its last ${code('-c')}, and name it in ${code('host.configFiles')}.`,
      );
    }
    const later = laterKeys(read);
    for (const key of keys) {
      const file = later.get(key);
      if (file !== undefined) {
        throw new Problem(
          'conflict',
          say`${code(key)} is set in ${code(file)}, which is read after my own file, so that what I write has no effect.`,
          say`Take it out of there, or give ${code(own)} a name that is sorted behind it.`,
        );
      }
    }
    if (read.faults.length > 0) {
      throw new Problem(
        'conflict',
        say`The configuration is at fault already, so I change nothing. ${joined(read.faults, ' ')}`,
      );
    }
  }

  function appserviceFiles(values: Readonly<Record<string, unknown>>): readonly AppserviceFile[] {
    const paths = values.app_service_config_files;
    return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string').map(readAppservice) : [];
  }

  async function check(): Promise<HostCheck> {
    const read = files();
    const values = valuesOf(read);
    const faults = [...read.faults];
    const notes: Text[] = [];
    if (read.faults.length === 0 && !('server_name' in values)) faults.push(say`No file sets ${code('server_name')}.`);
    const registered = appserviceFiles(values);
    registered.forEach(({ path, read: one }, at) => {
      if (!('why' in one)) {
        for (const clash of clashesWith(one.registration, registered.slice(0, at)))
          faults.push(say`${code(path)}: ${clash}`);
      } else if (existsSync(path)) faults.push(say`The registration ${code(path)} cannot be used: ${one.why}.`);
      else notes.push(say`The registration ${code(path)} cannot be seen from here: ${one.why}.`);
    });
    if (faults.length > 0) return { faults, notes };
    const asked = await askSynapse({
      check: settings?.commands.check,
      configFiles: settings?.configFiles ?? [],
      timeoutMs,
      mask: maskNow(),
    });
    return { faults: asked.faults, notes: [...notes, ...asked.notes] };
  }

  return {
    read: files,
    values: () => valuesOf(files()),
    appservices: () => appserviceFiles(valuesOf(files())),
    mask: maskNow,
    ownText,
    fingerprint,
    async config() {
      const read = files();
      if (read.files.length === 0 && read.faults.length > 0) throw new Problem('conflict', joined(read.faults, ' '));
      const options = merged(read.files);
      const mask = configMask(Object.fromEntries(read.files.map((file, at) => [String(at), file.values])), secrets);
      return {
        options: [...options].map(([key, { value, file }]) => ({ key, value: mask.value(key, value), file })),
        files: configPaths(settings?.configFiles ?? [], dropIn),
        dropIn,
        fingerprint: fingerprint(),
        later: laterKeys(read),
      };
    },
    check,
    mayChange,
  };
}

const tokensIn = ({ read }: AppserviceFile): readonly string[] =>
  'why' in read
    ? []
    : [read.registration.asToken ?? '', read.registration.hsToken ?? ''].filter((token) => token !== '');
