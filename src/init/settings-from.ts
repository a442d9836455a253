import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ConfigFile } from '../config.ts';
import { parseLocalpart } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { readStandardInput } from '../standard-input.ts';
import { existingConfig } from './config-text.ts';
import type { InitFlags } from './flags.ts';
import type { Prompts } from './prompts.ts';
import type { Credentials, InitSettings } from './settings.ts';

const secretVariable = 'CASTELLAN_REGISTRATION_SHARED_SECRET';

/**
 * The settings from flags, then the configuration that is there, then `prompts` (undefined: nobody to ask). Throws
 * Problem `usage` or ConfigFaults.
 */
export async function settingsFrom(
  flags: InitFlags,
  env: NodeJS.ProcessEnv,
  prompts: Prompts | undefined,
): Promise<InitSettings> {
  const force = flags.force ?? false;
  const configFile = resolve(flags.config ?? 'bot.config.json');
  const existing = existingConfig(configFile, force);
  const beside = (name: string) => join(dirname(configFile), name);
  const given = await givenCredentials(flags, env);
  const url = flags.homeserver ?? (await prompts?.homeserverUrl(existing?.homeserverUrl)) ?? existing?.homeserverUrl;
  if (url === undefined) throw new Problem('usage', say`Which homeserver? Name it with ${code('--homeserver')}.`);
  return {
    configFile,
    force,
    homeserverUrl: address(url),
    clientUrl: flags['client-url'] === undefined ? otherClientUrl(existing) : address(flags['client-url']),
    tokenFile:
      flags['token-file'] === undefined
        ? (existing?.accessTokenFile ?? beside('castellan.token'))
        : resolve(flags['token-file']),
    dataDir: flags['data-dir'] === undefined ? (existing?.dataDir ?? beside('data')) : resolve(flags['data-dir']),
    botUser: parseLocalpart(flags['bot-user'] ?? 'castellan', ''),
    room: flags['room-alias'],
    adminUser: flags['admin-user'],
    credentials: async () => given ?? (await prompts?.credentials(flags['admin-user'])) ?? { kind: 'none' },
    firstAdmin: async () => flags['first-admin'] ?? (await prompts?.firstAdmin()),
  };
}

/** Not the one that only follows `homeserverUrl`. */
function otherClientUrl(existing: ConfigFile | undefined): string | undefined {
  return existing?.clientUrl === existing?.homeserverUrl ? undefined : existing?.clientUrl;
}

function address(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new Problem('usage', say`${text} is no address; one looks like ${code('https://matrix.example.org')}.`);
  }
  return text.replace(/\/+$/, '');
}

async function givenCredentials(flags: InitFlags, env: NodeJS.ProcessEnv): Promise<Credentials | undefined> {
  const user = flags['admin-user'];
  const passwordFile = flags['admin-password-file'];
  const secretFile = flags['shared-secret-file'];
  if (passwordFile !== undefined && secretFile !== undefined) {
    throw new Problem(
      'usage',
      say`Give ${code('--admin-password-file')} or ${code('--shared-secret-file')}, not both.`,
    );
  }
  if (passwordFile !== undefined) {
    if (user === undefined)
      throw new Problem('usage', say`Whose password? Name the admin with ${code('--admin-user')}.`);
    return { kind: 'admin', user, password: await secretIn(passwordFile, '--admin-password-file') };
  }
  const secret = secretFile === undefined ? env[secretVariable] : await secretIn(secretFile, '--shared-secret-file');
  // An admin named without a password is asked for it.
  return secret === undefined || secret === '' ? undefined : { kind: 'secret', secret };
}

async function secretIn(file: string, flag: string): Promise<string> {
  let text: string;
  try {
    text = file === '-' ? (await readStandardInput()).toString('utf8') : readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Problem('usage', say`${code(flag)}: ${code(file)} cannot be read (${why}).`);
  }
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw new Problem('usage', say`${code(flag)}: ${code(file)} is empty.`);
  return secret;
}
