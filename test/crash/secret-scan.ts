import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The same bytes inside base64, wherever they begin: what does not depend on their neighbours. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((offset * 8) / 6), whole);
  });
}

/** Every way in which a secret could stand in a file: clear, as JSON, URL-encoded, base64 and base64url. */
export function formsOf(secret: string): readonly string[] {
  const base64 = base64Forms(secret);
  const base64url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  const url = [encodeURIComponent(secret), new URLSearchParams([['', secret]]).toString().slice(1)];
  const json = JSON.stringify(secret).slice(1, -1);
  const ascii = json.replaceAll(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [...new Set([secret, json, ascii, ...url, ...base64, ...base64url])];
}

/** The secrets that stand in a text or in bytes. */
export function secretsIn(where: Buffer | string, secrets: readonly string[]): readonly string[] {
  const bytes = typeof where === 'string' ? Buffer.from(where) : where;
  return secrets.filter((secret) => formsOf(secret).some((form) => bytes.includes(form)));
}

/** Files below a folder that hold a secret, with the secret's first characters; read as they lie there. */
export function secretsInFiles(folder: string, secrets: readonly string[]): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      return secretsIn(readFileSync(file), secrets).map((secret) => `${entry.name} holds ${secret.slice(0, 6)}…`);
    });
}
