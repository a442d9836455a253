import { mask } from '../../core/mask-secrets.ts';

/** A part of a key's name that says that its value gives access. */
const secretive =
  /pass(?:wd|word|phrase)?(?:$|_)|pwd|secret|token|pepper|credential|private|(?:^|_)(?:key|keys|auth|authorization|bearer|cookie|salt|dsn|jwk|jwks|license|otp|pin)$|api_?key|access_?key|signing_?key|encryption|webhook|shared|hash$/;

/** Keys that sound like secrets and are none: what Synapse's manual describes as switches, times, names and public keys. */
const open = new Set([
  'registration_requires_token',
  'token_timeout',
  'refresh_token_lifetime',
  'refreshable_access_token_lifetime',
  'nonrefreshable_access_token_lifetime',
  'refreshable_token_lifetime',
  'validation_token_lifetime',
  'registration_token_lifetime',
  'trusted_key_servers',
  'suppress_key_server_warning',
  'accept_keys_insecurely',
  'verify_keys',
  'key_refresh_interval',
  'expired_ts',
  'recaptcha_public_key',
  'trust_identity_server_for_password_resets',
  'password_config',
  'password_providers',
  'password_localdb_enabled',
  'login_via_existing_session',
  'token_endpoint',
  'token_endpoint_auth_method',
  'only_for_reauth',
  'allowed_lifetime_min',
  'default_room_version',
  'client_auth_method',
  'user_profile_method',
  'pkce_method',
  'enable_authenticated_media',
  'encryption_enabled_by_default_for_room_type',
  'password_reset',
  'require_lowercase',
  'failed_attempts',
]);

/** A path is shown and never opened; an address of keys is no key. */
const elsewhere =
  /_(?:path|paths|file|files|uri|uris|url|urls|endpoint|lifetime|timeout|ttl|enabled|template|html|text|subject)$/;

const normal = (key: string) => key.toLowerCase().replaceAll(/[-.\s]/g, '_');

function isSecretKey(key: string): boolean {
  const name = normal(key).replace(/([a-z])([A-Z])/g, '$1_$2');
  // Limits of rates are named after what they limit.
  return !open.has(name) && !name.startsWith('rc_') && !elsewhere.test(name) && secretive.test(name);
}

/** A word that could be told from others; shorter ones would be found everywhere. */
const shortest = 6;

/** What of a value is hidden for its key: words and numbers, in whatever lists and maps; not switches. */
function hidden(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'boolean' || value === '') return value;
  if (Array.isArray(value)) return value.map(hidden);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hidden(one)]));
  return mask;
}

const pemBlock = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** The name and password in an address. */
const userInfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]*@/gi;
/** In the query of an address, or in the words that a database takes ("password=…"). */
const secretPair =
  /((?:^|[?&;\s])(?:[\w-]*(?:pass(?:word)?|pwd|secret|token|key|auth|sig(?:nature)?)[\w-]*))(\s*=\s*)("[^"]*"|'[^']*'|[^&\s;]+)/gi;
const bearer = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi;

function maskText(text: string, known: readonly string[]): string {
  if (pemBlock.test(text)) return mask;
  let shown = text.replace(userInfo, `$1${mask}@`).replace(secretPair, `$1$2${mask}`).replace(bearer, `$1 ${mask}`);
  for (const secret of known) shown = shown.replaceAll(secret, mask);
  return shown;
}

/** Every secret value that stands under a telling key, wherever it is. */
function secretsIn(value: unknown, found: Set<string>, under = false): void {
  if (typeof value === 'string' || typeof value === 'number') {
    if (under && String(value).length >= shortest) found.add(String(value));
  } else if (Array.isArray(value)) for (const one of value) secretsIn(one, found, under);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) secretsIn(one, found, under || isSecretKey(key));
  }
}

/** What hides the secrets of a configuration, in it and in what programs print about it. */
export interface ConfigMask {
  /** A copy of a value of the configuration, as it stands under `key`. */
  value(key: string, value: unknown): unknown;
  text(text: string): string;
}

/**
 * Knows the secrets of `configuration` (by the names of keys, and by addresses and PEM blocks), and hides them also
 * where they stand again under other keys. `more`: further words that must not be shown.
 */
export function configMask(configuration: unknown, more: readonly string[] = []): ConfigMask {
  const found = new Set<string>(more.filter((word) => word.length >= shortest));
  secretsIn(configuration, found);
  // A longer one first: it may hold a shorter one.
  const known = [...found].sort((one, other) => other.length - one.length);

  function masked(key: string, value: unknown): unknown {
    if (isSecretKey(key)) return hidden(value);
    if (typeof value === 'string') return maskText(value, known);
    if (typeof value === 'number') return known.includes(String(value)) ? mask : value;
    if (Array.isArray(value)) return value.map((one) => masked('', one));
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Set) return [...value].map((one) => masked('', one));
    if (value instanceof Map) return masked(key, Object.fromEntries(value));
    if (value instanceof Uint8Array) return mask;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([inner, one]) => [maskText(inner, known), masked(inner, one)]),
    );
  }

  return { value: masked, text: (text) => maskText(text, known) };
}

/** True where a key may not be set by a message, since its value is or leads to a secret. */
export function leadsToSecret(key: string): boolean {
  return isSecretKey(key) || /_path$/.test(key);
}
