import { chmodSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ConfigFaults, type ConfigFile, loadConfigFile } from '../config.ts';
import { Problem } from '../core/problem.ts';
import { code, joined, say } from '../core/text.ts';
import { writePrivate } from './write-private.ts';

/** The keys `init` decides; everything else in the file is the operator's and stays. */
export interface Decided {
  readonly homeserverUrl: string;
  readonly clientUrl: string | undefined;
  readonly tokenFile: string;
  readonly adminRoom: string | undefined;
  readonly dataDir: string;
}

/** The configuration that is there, if any. Throws ConfigFaults unless `force`. */
export function existingConfig(file: string, force: boolean): ConfigFile | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return loadConfigFile(file);
  } catch (error) {
    if (force && error instanceof ConfigFaults) return undefined;
    throw error;
  }
}

/** Refuses, before anything is done, to change a configuration that a bot has run with. */
export function refuseOtherConfig(file: string, existing: ConfigFile | undefined, decided: Decided): void {
  if (existing?.accessTokenFile === undefined || !existsSync(existing.accessTokenFile)) return;
  const differing = [
    existing.homeserverUrl === decided.homeserverUrl ? undefined : 'homeserverUrl',
    existing.clientUrl === (decided.clientUrl ?? decided.homeserverUrl) ? undefined : 'clientUrl',
    existing.accessTokenFile === decided.tokenFile ? undefined : 'accessTokenFile',
    existing.adminRoom === decided.adminRoom ? undefined : 'adminRoom',
    existing.dataDir === decided.dataDir ? undefined : 'dataDir',
  ].filter((key) => key !== undefined);
  if (differing.length === 0) return;
  throw new Problem(
    'usage',
    say`${code(file)} exists and says otherwise about ${joined(differing.map((key) => code(key)))}.`,
    say`${code('--force')} overwrites it and keeps the old one as ${code(`${file}.bak`)}; ${code('--config')} names another file.`,
  );
}

/**
 * Writes the file, 0600, unless it says the same already; the old one is kept as `.bak`. Of one that was faulty
 * (`existing` undefined) nothing is taken over.
 */
export function writeConfig(
  file: string,
  existing: ConfigFile | undefined,
  decided: Decided,
): 'kept' | 'written' | 'replaced' {
  const there = existsSync(file);
  const old: Record<string, unknown> = existing === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'));
  const from = dirname(file);
  const near = (path: string) => (relative(from, path).startsWith('..') ? path : `./${relative(from, path)}`);
  const same = (key: string, path: string) => typeof old[key] === 'string' && resolve(from, old[key]) === path;
  const { homeserverUrl, clientUrl, tokenFile, adminRoom, dataDir } = decided;
  const fresh = {
    ...old,
    homeserverUrl,
    ...(clientUrl === undefined || clientUrl === homeserverUrl ? {} : { clientUrl }),
    ...(same('accessTokenFile', tokenFile) ? {} : { accessTokenFile: near(tokenFile) }),
    ...(adminRoom === undefined ? {} : { adminRoom }),
    ...(same('dataDir', dataDir) ? {} : { dataDir: near(dataDir) }),
  };
  if (there && isDeepStrictEqual(old, fresh)) return 'kept';
  if (there) {
    copyFileSync(file, `${file}.bak`);
    chmodSync(`${file}.bak`, 0o600);
  }
  writePrivate(file, `${JSON.stringify(fresh, null, 2)}\n`);
  return there ? 'replaced' : 'written';
}
