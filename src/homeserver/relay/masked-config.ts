import { mask } from '../../core/mask-secrets.ts';

const secretKey =
  '(?:[\\w.-]*(?:secret|password|passphrase|token|credential|macaroon|private|signing|api_?key|bind_password|_key|dsn)[\\w.-]*)';
const keyed = new RegExp(
  `("?${secretKey}"?\\s*(?::|=|\\|)\\s*)(?:Some\\(\\s*)?("(?:[^"\\\\\\n]|\\\\.)*"|\\[[^\\]\\n]*\\]|[^\\s|,}\\n][^|,}\\n]*)`,
  'gi',
);
const credentials = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi;
const empty = /^(None|null|false|true|""|\[\]|\(?not set\)?)\s*\)?\s*$/i;

/**
 * A configuration as a server prints it, in no form that could be parsed: every value under a name that sounds of a
 * secret is masked, and so is what stands before the @ of an address. Too much is better than too little.
 */
export function maskedConfig(text: string): string {
  return text
    .replaceAll(credentials, `$1${mask}@`)
    .replaceAll(keyed, (whole, before: string, value: string) => (empty.test(value) ? whole : `${before}${mask}`));
}
