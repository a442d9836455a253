import type { z } from 'zod';
import { choice, secret, text } from '../../core/fields.ts';
import { isSecretName, maskSecrets } from '../../core/mask-secrets.ts';
import { once } from '../../core/once.ts';
import { parseJson } from '../../core/parse-json.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { clipped } from '../../core/shown.ts';
import { code, joined, say } from '../../core/text.ts';
import type { RawOrder } from '../../homeserver/raw.ts';
import type { Plan } from '../define.ts';

export const methods = ['GET', 'PUT', 'POST', 'DELETE'] as const;
type Method = (typeof methods)[number];

/** What is typed of a request. Its body may hold a password, so that it is treated as a secret. */
export const requestFields = once(() => ({
  first: text.describe('The method, GET unless told; or the path.'),
  second: text.optional().describe('The path, where the method stands before it.'),
  method: choice(methods).optional().describe('The method, where it does not stand before the path.'),
  data: secret.optional().describe('The body, as JSON.'),
  body: secret.optional().describe('The body, as JSON.'),
}));
/** For `.check()`: a secret in an address would stand in the server's and its proxies' logs, and here in the audit trail. */
export function noSecretInPath(payload: z.core.ParsePayload<{ first: string; second?: string | undefined }>): void {
  const { first, second = '' } = payload.value;
  const names = [first, second].flatMap((path) => [...new URLSearchParams(path.split('?').slice(1).join('&')).keys()]);
  if (names.some(isSecretName))
    payload.issues.push({
      code: 'custom',
      input: undefined,
      message: "A secret in an address ends up in the server's logs; nothing was sent.",
    });
}
export const requestPlaces = ['first', 'second'] as const;
export const requestShort = { m: 'method', d: 'data' } as const;

interface Typed {
  readonly first: string;
  readonly second?: string | undefined;
  readonly method?: Method | undefined;
  readonly data?: string | undefined;
  readonly body?: string | undefined;
}

function splitLine({ first, second, method }: Typed): { readonly method: Method; readonly path: string } {
  const named = methods.find((one) => one === first.toUpperCase());
  if (second === undefined) {
    if (named !== undefined) throw new Problem('usage', say`There is no path behind ${code(named)}.`);
    return { method: method ?? 'GET', path: first };
  }
  if (named === undefined)
    throw new Problem('usage', say`${clipped(first)} is no method; it may be ${joined(methods.map(code))}.`);
  if (method !== undefined) throw new Problem('usage', say`The method is given twice.`);
  return { method: named, path: second };
}

/**
 * The request that a line means. `base`: where paths begin that do not begin there by themselves,
 * "/_synapse/admin". Throws Problem for a path that leads elsewhere and for a body that is no JSON.
 */
export function readRequest(typed: Typed, base: string): RawOrder {
  const { method, path } = splitLine(typed);
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('//'))
    throw new Problem(
      'usage',
      say`${clipped(path)} names a server; a path alone is wanted, like ${code('v1/server_version')}.`,
    );
  const bare = path.replace(/^\/+/, '');
  const whole = `/${bare}`.startsWith(`${base}/`) ? `/${bare}` : `${base}/${bare}`;
  const parts = (whole.split('?', 1)[0] ?? '').split('/').slice(1);
  if (/[\s#\\\p{C}]/u.test(whole) || parts.some((part) => part === '' || /^(\.|%2e){1,2}$/i.test(part)))
    throw new Problem(
      'usage',
      say`${clipped(path)} is no path: it has no spaces, ${code('#')}, ${code('..')} or empty parts; in ids, ${code('#')} is ${code('%23')} and ${code('/')} is ${code('%2F')}.`,
    );
  const text = typed.data ?? typed.body;
  if (typed.data !== undefined && typed.body !== undefined)
    throw new Problem('usage', say`The body stands on the line and in the block; use one of them.`);
  if (method === 'GET' && text !== undefined) throw new Problem('usage', say`A GET has no body.`);
  return { method, path: whole, ...(text === undefined ? {} : { body: parseJson(text) }) };
}

/** What a request would do, its secrets masked. */
export function requestPlan({ method, path, body }: RawOrder, as: string): Plan<null> {
  const shown = body === undefined ? [] : [say`Its body: ${code(JSON.stringify(maskSecrets(body)))}`];
  return {
    title: say`Send ${code(`${method} ${path}`)} ${as}.`,
    targets: [{ id: `${method} ${path}` }],
    cautions: [
      ...shown,
      say`I do not know what it does, and whether it can be undone. It is sent once and never repeated by itself.`,
    ],
    frozen: null,
  };
}

/** The answer of the homeserver, its secrets masked. */
export function requestReply({ method, path, body }: RawOrder, answer: unknown): Reply {
  const masked = maskSecrets(answer);
  const shown = { kind: 'code' as const, text: JSON.stringify(masked, null, 2), language: 'json' };
  return reply.done(say`${code(`${method} ${path}`)} answers:`, {
    blocks: [shown],
    data: masked,
    ...(method === 'GET' ? {} : { change: { after: { method, path, body: maskSecrets(body ?? null) } } }),
  });
}
