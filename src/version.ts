import { readFileSync } from 'node:fs';

/** This release; `package.json` lies beside `src` and beside `dist`. */
export function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { version: unknown }).version);
}
