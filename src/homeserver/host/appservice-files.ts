import { isAbsolute, resolve } from 'node:path';
import { mask } from '../../core/mask-secrets.ts';
import { Problem } from '../../core/problem.ts';
import { readYaml } from '../../core/read-yaml.ts';
import { namespaceKinds, type Registration, registrationOf } from '../../core/registration.ts';
import { code, say, type Text } from '../../core/text.ts';
import type { Appservice } from '../host.ts';
import { readText } from './config-files.ts';
import { overlap } from './namespaces-overlap.ts';

/** A registration file as it is, tokens and all: it does not leave this folder. */
export interface AppserviceFile {
  readonly path: string;
  readonly read:
    | { readonly registration: Registration; readonly raw: Readonly<Record<string, unknown>> }
    | { readonly why: string };
}

/** Where one says nothing about the other: the paths of registrations are as the homeserver sees them. */
export function readAppservice(path: string): AppserviceFile {
  if (!isAbsolute(path))
    return { path, read: { why: 'its path is relative to a folder that only the homeserver knows' } };
  const text = readText(path);
  if (typeof text !== 'string') return { path, read: { why: text.words } };
  const yaml = readYaml(text);
  if ('fault' in yaml) return { path, read: { why: `line ${yaml.fault.line}: ${yaml.fault.what}` } };
  try {
    const registration = registrationOf(yaml.value);
    if (registration.asToken === undefined || registration.hsToken === undefined)
      return { path, read: { why: 'it lacks a token' } };
    return { path, read: { registration, raw: yaml.value as Record<string, unknown> } };
  } catch (error) {
    if (error instanceof Problem) return { path, read: { why: error.message.replaceAll(/\s*\n\s*-?\s*/g, ' ') } };
    throw error;
  }
}

/** What is shown of it. */
export function shownAppservice(
  path: string,
  folder: string | undefined,
  file: Extract<AppserviceFile['read'], { raw: unknown }>,
): Appservice {
  const { registration, raw } = file;
  const { id, url, senderLocalpart, namespaces } = registration;
  const [users, aliases, rooms] = namespaceKinds.map((kind) => namespaces[kind].length);
  return {
    id,
    file: path,
    ours: folder !== undefined && resolve(path) === fileFor(folder, id),
    shown: Object.fromEntries(
      Object.entries(raw).map(([key, value]) => [key, /token|secret/i.test(key) ? mask : value]),
    ),
    url,
    senderLocalpart,
    namespaces: { users: users ?? 0, aliases: aliases ?? 0, rooms: rooms ?? 0 },
  };
}

/** The bot's own file for a registration. */
export const fileFor = (folder: string, id: string): string => resolve(folder, `${id}.yaml`);

/** Why the one cannot stand beside the others. */
export function clashesWith(one: Registration, others: readonly AppserviceFile[]): readonly Text[] {
  const clashes: Text[] = [];
  for (const { read } of others) {
    if ('why' in read) continue;
    const other = read.registration;
    const name = code(other.id);
    if (other.id === one.id) clashes.push(say`The id ${name} is taken.`);
    const tokens = [other.asToken, other.hsToken];
    if (one.asToken !== undefined && tokens.includes(one.asToken))
      clashes.push(say`${name} has the same ${code('as_token')}.`);
    if (one.hsToken !== undefined && tokens.includes(one.hsToken))
      clashes.push(say`${name} has the same ${code('hs_token')}.`);
    if (other.senderLocalpart === one.senderLocalpart)
      clashes.push(say`${name} has the same ${code('sender_localpart')}.`);
    for (const kind of namespaceKinds) {
      for (const mine of one.namespaces[kind]) {
        if (!mine.exclusive) continue;
        const taken = other.namespaces[kind].find((theirs) => theirs.exclusive && overlap(mine.regex, theirs.regex));
        if (taken !== undefined) {
          clashes.push(
            say`${code(mine.regex)} (${kind}) and ${code(taken.regex)} of ${name} both claim the same ids for themselves.`,
          );
        }
      }
    }
  }
  return clashes;
}
