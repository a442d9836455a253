import { existsSync } from 'node:fs';
import type { Json } from '../../core/json.ts';
import { Problem } from '../../core/problem.ts';
import { code, joined, say } from '../../core/text.ts';
import type { OptionChange } from '../host.ts';
import { fileFor } from './appservice-files.ts';
import { merged, readText } from './config-files.ts';
import { withOptions } from './drop-in.ts';
import type { HostFiles } from './host-files.ts';
import { type HostSettings, missing } from './settings.ts';
import type { Undertakings } from './undertaking.ts';
import { hashOf, type UndoJournal } from './undo-journal.ts';

/** The only writer of the bot's own files beside the homeserver's; what would not do is put back at once. */
export interface HostWriter {
  /** False where the file says so already. */
  options(change: OptionChange, seen: string, source: string): Promise<boolean>;
  fingerprintOf(id: string): string;
  register(id: string, yaml: string, seen: string, source: string): Promise<{ readonly file: string }>;
  unregister(id: string, seen: string, source: string): Promise<{ readonly keptAs: string }>;
}

export function createHostWriter(parts: {
  readonly settings: HostSettings | undefined;
  readonly files: HostFiles;
  readonly journal: UndoJournal;
  readonly undertakings: Undertakings;
  readonly clock: () => number;
}): HostWriter {
  const { settings, files, journal, undertakings, clock } = parts;
  const dropIn = settings?.dropIn;

  function folder(what: string): string {
    const path = settings?.appserviceDir;
    if (path !== undefined) return path;
    throw missing('appserviceDir', what);
  }

  /** Writes, looks at the whole, and puts back what would keep the homeserver from starting. */
  async function written(source: string, write: () => void): Promise<void> {
    try {
      write();
      const { faults } = await files.check();
      if (faults.length > 0) {
        throw new Problem(
          'rejected',
          say`With this the homeserver would not start, so I put everything back. ${joined(faults, ' ')}`,
        );
      }
    } catch (error) {
      journal.undo(source);
      undertakings.over();
      throw error;
    }
  }

  async function writeOptions(change: OptionChange, seen: string, source: string): Promise<boolean> {
    await files.mayChange(Object.keys(change));
    const own = dropIn ?? '';
    const before = files.ownText();
    const text = withOptions(before, change);
    if (text === before) return false;
    if (files.fingerprint() !== seen) {
      throw new Problem(
        'conflict',
        say`${code(own)} was changed by somebody else since the plan was shown. Nothing was done.`,
        say`Send the command again.`,
      );
    }
    const what = `${Object.keys(change).join(', ')} in ${own}`;
    await written(source, () => journal.write(own, text, 0o644, { what, source }));
    return true;
  }

  /** The registrations of all files, the operator's too: the bot's own list replaces theirs whole. */
  async function listWithout(file: string): Promise<readonly string[]> {
    await files.mayChange(['app_service_config_files']);
    const read = files.read();
    const theirs = merged(read.files.filter(({ path }) => path !== dropIn)).get('app_service_config_files')?.value;
    const ours = read.files.find(({ path }) => path === dropIn)?.values.app_service_config_files;
    const paths = [...(Array.isArray(theirs) ? theirs : []), ...(Array.isArray(ours) ? ours : [])];
    return [...new Set(paths.filter((path) => typeof path === 'string'))].filter((path) => path !== file);
  }

  /** The bot's own file with this list; undefined where it says so already. */
  function withList(paths: readonly string[]): string | undefined {
    const text = files.ownText();
    const fresh = withOptions(text, { app_service_config_files: paths as Json });
    return fresh === text ? undefined : fresh;
  }

  function writeList(text: string | undefined, source: string): void {
    const own = dropIn ?? '';
    if (text !== undefined) journal.write(own, text, 0o644, { what: `app_service_config_files in ${own}`, source });
  }

  function fingerprintOf(id: string): string {
    const file = fileFor(folder('holds the registrations of application services'), id);
    const text = readText(file);
    return hashOf(`${files.fingerprint()} ${typeof text === 'string' ? hashOf(text) : text.code}`);
  }

  function refuseOther(id: string, file: string, seen: string): void {
    if (fingerprintOf(id) === seen) return;
    throw new Problem(
      'conflict',
      say`${code(file)} or ${code(dropIn ?? '')} was changed by somebody else since the plan was shown. Nothing was done.`,
      say`Send the command again.`,
    );
  }

  async function register(id: string, yaml: string, seen: string, source: string): Promise<{ readonly file: string }> {
    const file = fileFor(folder('registers application services'), id);
    const list = withList([...(await listWithout(file)), file]);
    const there = readText(file) === yaml;
    // Taken up again after a stop: it may be done.
    if (there && list === undefined) return { file };
    refuseOther(id, file, seen);
    undertakings.begin({ kind: 'change', source, since: clock(), phase: 'writing' });
    const what = `the registration of ${id} in ${file}`;
    await written(source, () => {
      if (!there) journal.write(file, yaml, 0o600, { what, source });
      writeList(list, source);
    });
    undertakings.over();
    return { file };
  }

  async function unregister(id: string, seen: string, source: string): Promise<{ readonly keptAs: string }> {
    const file = fileFor(folder('unregisters application services'), id);
    const list = withList(await listWithout(file));
    refuseOther(id, file, seen);
    const keptAs = `${file}.unregistered-${new Date(clock()).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    undertakings.begin({ kind: 'change', source, since: clock(), phase: 'writing' });
    await written(source, () => {
      writeList(list, source);
      if (existsSync(file)) journal.putAside(file, keptAs, { what: `the registration of ${id} in ${file}`, source });
    });
    undertakings.over();
    return { keptAs };
  }

  return { options: writeOptions, fingerprintOf, register, unregister };
}
