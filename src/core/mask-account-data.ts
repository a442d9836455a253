import { mask, maskSecrets } from './mask-secrets.ts';

/** Under these names clients keep encrypted keys, which are open to whoever guesses a passphrase (MSC1946). */
const sealed = new Set(['iv', 'ciphertext', 'mac', 'salt']);
const secretName = /token|secret|passw|passphrase|credential|private|api_?key/i;
/** Strings that are tokens wherever they stand: Synapse's, those of its authentication service, of HTTP, in an address. */
const tokenForm =
  /\b(?:syt|mat|mct|mcr)_[\w+/=-]+|\bBearer \S+|([?&#][^=&\s]*(?:token|key|secret|auth)[^=&\s]*=)[^&\s]+/gi;

/** A copy of what a client, any client, keeps on the server, without what opens something. */
export function maskAccountData(content: unknown): unknown {
  return withoutKeys(maskSecrets(content));
}

function withoutKeys(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(tokenForm, (_, before = '') => `${before}${mask}`);
  if (Array.isArray(value)) return value.map(withoutKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      // What stands under a name that only sounds secret is looked into: clients name whole sections so.
      const hidden = typeof inner === 'string' && (sealed.has(name) || secretName.test(name));
      return [name, hidden ? mask : withoutKeys(inner)];
    }),
  );
}
