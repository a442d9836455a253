/** What stands in place of a secret. */
export const mask = '•••';

/** In the content of a message in which the bot hands out a secret. */
export const handedOutMark = 'dev.castellan.secret';

type Content = Readonly<Record<string, unknown>>;

/** The content of such a message without its words, which are for one reader; any other content as it is. */
function withoutHandedOut(content: Content): Content {
  return Object.hasOwn(content, handedOutMark) ? { ...content, body: mask, formatted_body: mask } : content;
}

/** The same for one event: others than the bot cannot hide what they say. */
export const shownContent = (content: Content, sender: string, botId: string): Content =>
  sender === botId ? withoutHandedOut(content) : content;

/** Names under which homeservers hand out what gives access; compared in lower case, without `-` and `_`. */
const secretNames = new Set([
  'accesstoken',
  'refreshtoken',
  'logintoken',
  'astoken',
  'hstoken',
  'token',
  'password',
  'newpassword',
  'passwordhash',
  'macaroonsecretkey',
  'registrationsharedsecret',
  'sharedsecret',
  'secret',
  'clientsecret',
  'privatekey',
  'signingkey',
  'mac',
]);

/** True for the name of a field or parameter whose value gives access. */
export const isSecretName = (name: string): boolean => secretNames.has(name.toLowerCase().replaceAll(/[-_]/g, ''));

/** A copy of JSON in which every value is masked that stands under the name of a secret, or that the bot handed out. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(withoutHandedOut({ ...value })).map(([name, inner]) => [
      name,
      isSecretName(name) && inner !== null && inner !== '' ? mask : maskSecrets(inner),
    ]),
  );
}

/** The texts that stand in JSON under the name of a secret. */
export function secretsUnderNames(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(secretsUnderNames);
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' && isSecretName(name) ? [inner] : secretsUnderNames(inner),
  );
}
