import { late } from './late.ts';
import { Problem } from './problem.ts';
import { readYaml } from './read-yaml.ts';
import { code, joined, say, type Text } from './text.ts';

/** What an application service takes for its own, as in its registration (Application Service API, "Registration"). */
export interface Namespace {
  readonly exclusive: boolean;
  readonly regex: string;
}

export const namespaceKinds = ['users', 'aliases', 'rooms'] as const;
export type NamespaceKind = (typeof namespaceKinds)[number];

/** A registration that homeservers take; its tokens are secrets. */
export interface Registration {
  readonly id: string;
  /** Null: it receives nothing. */
  readonly url: string | null;
  readonly senderLocalpart: string;
  readonly asToken: string | undefined;
  readonly hsToken: string | undefined;
  readonly namespaces: Readonly<Record<NamespaceKind, readonly Namespace[]>>;
  readonly rateLimited: boolean | undefined;
}

/** Ids become file names, so they are kept to what cannot leave a folder. */
const usableId = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
/** What Python's `urllib.parse.quote` leaves as it is; Synapse refuses anything else. */
const usableLocalpart = /^[A-Za-z0-9_.\-~/]+$/;
const usableToken = /^[\x21-\x7e]{1,512}$/;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads a registration; tokens may be missing. Throws Problem('usage') with every fault in it, in words that repeat
 * nothing of what was pasted but keys.
 */
export function readRegistration(text: string): Registration {
  const read = readYaml(text);
  if ('fault' in read) {
    const { line, column, what } = read.fault;
    throw new Problem('usage', say`The registration is not YAML: line ${line}, column ${column}: ${what}.`);
  }
  return registrationOf(read.value);
}

/** The same for what was read from YAML already. */
export function registrationOf(value: unknown): Registration {
  if (!isRecord(value)) throw new Problem('usage', say`The registration is no list of keys and values.`);
  const faults = faultsOf(value);
  if (faults.length > 0) {
    throw new Problem(
      'usage',
      say`The registration cannot be used:\n${joined(
        faults.map((one) => say`\n- ${one}`),
        '',
      )}`,
    );
  }
  const namespaces = isRecord(value.namespaces) ? value.namespaces : {};
  const of = (kind: NamespaceKind) => (namespaces[kind] ?? []) as readonly Namespace[];
  return {
    id: String(value.id),
    url: value.url === null ? null : String(value.url),
    senderLocalpart: String(value.sender_localpart),
    asToken: value.as_token as string | undefined,
    hsToken: value.hs_token as string | undefined,
    namespaces: { users: of('users'), aliases: of('aliases'), rooms: of('rooms') },
    rateLimited: typeof value.rate_limited === 'boolean' ? value.rate_limited : undefined,
  };
}

function faultsOf(value: Readonly<Record<string, unknown>>): readonly Text[] {
  const faults: Text[] = [];
  const fault = (key: string, what: string) => faults.push(say`${code(key)} ${what}.`);
  if (typeof value.id !== 'string') fault('id', 'is missing, expected a name in quotes or plain');
  else if (!usableId.test(value.id)) fault('id', 'is not usable: letters, digits, dots, - and _ only, at most 128');
  if (typeof value.sender_localpart !== 'string')
    fault('sender_localpart', 'is missing, expected the localpart of its bot');
  else if (!usableLocalpart.test(value.sender_localpart)) {
    fault('sender_localpart', 'has a sign in it that no localpart has');
  }
  if (!('url' in value)) fault('url', 'is missing, expected an address, or null for none');
  else if (value.url !== null && !isHttpUrl(value.url)) fault('url', 'is no http address, nor null');
  for (const key of ['as_token', 'hs_token']) {
    const token = value[key];
    if (token !== undefined && !(typeof token === 'string' && usableToken.test(token))) {
      fault(key, 'is not usable: one word without spaces, in quotes if it is all digits');
    }
  }
  if (value.as_token !== undefined && value.as_token === value.hs_token) {
    fault('hs_token', 'is the same as as_token: each side needs its own');
  }
  for (const key of [
    'rate_limited',
    'receive_ephemeral',
    'de.sorunome.msc2409.push_ephemeral',
    'org.matrix.msc3202',
    'io.element.msc4190',
  ]) {
    if (value[key] !== undefined && typeof value[key] !== 'boolean') fault(key, 'is neither true nor false');
  }
  const { protocols } = value;
  if (
    protocols !== undefined &&
    protocols !== null &&
    !(Array.isArray(protocols) && protocols.every((one) => typeof one === 'string'))
  ) {
    fault('protocols', 'is no list of names');
  }
  if (!isRecord(value.namespaces)) fault('namespaces', 'is missing, expected users, aliases and rooms');
  else for (const kind of namespaceKinds) faults.push(...namespaceFaults(kind, value.namespaces[kind]));
  return faults;
}

function namespaceFaults(kind: NamespaceKind, entries: unknown): readonly Text[] {
  const name = `namespaces.${kind}`;
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) return [say`${code(name)} is not a list.`];
  return entries.flatMap((entry: unknown, at) => {
    const place = `${name}[${at}]`;
    if (!isRecord(entry)) return [say`${code(place)} is not an object with ${code('exclusive')} and ${code('regex')}.`];
    return [
      ...(typeof entry.exclusive === 'boolean' ? [] : [say`${code(`${place}.exclusive`)} is neither true nor false.`]),
      ...(typeof entry.regex === 'string' && compiles(entry.regex)
        ? []
        : [say`${code(`${place}.regex`)} is no regular expression that compiles.`]),
    ];
  });
}

/** Python's named groups are spelled otherwise. */
function compiles(regex: string): boolean {
  try {
    new RegExp(regex.replaceAll('(?P<', '(?<'), 'u');
    return true;
  } catch {
    // Some escapes that Python takes are errors in the stricter mode only.
    try {
      new RegExp(regex.replaceAll('(?P<', '(?<'));
      return !/\\$/.test(regex);
    } catch {
      return false;
    }
  }
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/** The pasted text with the tokens that it lacks, its comments and order kept. */
export function withTokens(text: string, tokens: { readonly asToken: string; readonly hsToken: string }): string {
  const { isMap, parseDocument } = late.yaml();
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false });
  if (!isMap(document.contents)) throw new Error('the registration was not checked');
  if (!document.has('as_token')) document.set('as_token', tokens.asToken);
  if (!document.has('hs_token')) document.set('hs_token', tokens.hsToken);
  return document.toString({ lineWidth: 0 });
}
