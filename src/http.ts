import { setTimeout as delay } from 'node:timers/promises';
import { secretsUnderNames } from './core/mask-secrets.ts';
import { type Exchanged, exchange, type StreamedBody } from './exchange.ts';

/** One request to a homeserver. `path` begins with `/`, its parts already percent-encoded. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** A JSON value, or bytes with `contentType`. */
  readonly body?: unknown;
  readonly contentType?: string;
  /** In place of `body`, with `contentType`. */
  readonly streamed?: StreamedBody;
  /** The answer is text, to be handed over as it is. */
  readonly plain?: true;
  /** Milliseconds until the answer counts as not coming; 60,000 unless told. More than `patienceMs` prolongs that. */
  readonly timeoutMs?: number;
  /** True where a second arrival changes nothing: GETs (the default for them) and calls with a transaction id. */
  readonly repeatable?: boolean;
  readonly signal?: AbortSignal;
  /** Whose token goes with it, where it is not the one that everything else goes with. */
  readonly actingAs?: { readonly userId: string; readonly token: string };
  /** Secrets in it beside its token and what stands under a secret's name in its body: no error repeats them. */
  readonly secrets?: readonly string[];
}

/** An answer of the homeserver that says no: any status from 400, with Matrix's error code where it gave one. */
export class MatrixFault extends Error {
  readonly status: number;
  readonly errcode: string;
  /** The server's own sentence, first line only. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  constructor(status: number, errcode: string, reason: string, retryAfterMs?: number) {
    super(`${status} ${errcode}: ${reason}`);
    this.name = 'MatrixFault';
    this.status = status;
    this.errcode = errcode;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer that can be used. `ambiguous`: the request may have been carried out. */
export class NoAnswer extends Error {
  readonly kind: 'refused' | 'broken' | 'timeout' | 'not-json' | 'stopped';
  readonly ambiguous: boolean;
  readonly status: number | undefined;
  constructor(kind: NoAnswer['kind'], ambiguous: boolean, status?: number) {
    super(`no usable answer from the homeserver (${kind}${status === undefined ? '' : `, status ${status}`})`);
    this.name = 'NoAnswer';
    this.kind = kind;
    this.ambiguous = ambiguous;
    this.status = status;
  }
}

export type Http = (request: HttpRequest) => Promise<unknown>;

export interface HttpOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Left out for what is asked before there is one. */
  readonly token?: string;
  /** Stops every request under way and every later one. */
  readonly signal?: AbortSignal;
  /** Total milliseconds for one request with all its repeats; 60,000 unless told. */
  readonly patienceMs?: number;
  /** False: nothing is repeated, not even what could be; for loops that wait and repeat by themselves. */
  readonly repeats?: boolean;
  /** Hears how each request that went out ended. */
  readonly heard?: (attempt: Attempt) => void;
}

/** One request that went out, in words of which none came from outside. */
export interface Attempt {
  /** "GET /_synapse/admin/v2/users/…": what stands behind the endpoint may be a secret. */
  readonly request: string;
  /** "answered", Matrix's status, or how an answer failed to come. */
  readonly outcome: string;
  readonly ms: number;
}

/** Connection errors after which the server cannot have seen the request. */
const neverArrived = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

function urlOf(baseUrl: string, { path, query }: HttpRequest): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
  }
  const tail = search.toString();
  return `${baseUrl}${path}${tail === '' ? '' : `?${tail}`}`;
}

function failureOf(error: unknown, request: HttpRequest, stopped: boolean): NoAnswer {
  const changes = request.method !== 'GET';
  if (stopped) return new NoAnswer('stopped', changes);
  // A host of several addresses fails with the faults of all.
  const faults: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  if (faults.length > 0 && faults.every(isUnconnected)) return new NoAnswer('refused', false);
  if (error instanceof Error && error.name === 'TimeoutError') return new NoAnswer('timeout', changes);
  return new NoAnswer('broken', changes);
}

function isUnconnected(fault: unknown): boolean {
  const { code, syscall }: { code?: unknown; syscall?: unknown } = Object(fault);
  return (code === 'ETIMEDOUT' && syscall === 'connect') || neverArrived.has(String(code));
}

/** Milliseconds that only go forward; `performance` would have to be loaded, which takes 1 ms. */
const uptime = (): number => process.uptime() * 1000;

/** A path up to its endpoint. */
function endpointOf(path: string): string {
  const [, endpoint = '', more] = /^(\/_[a-z]+\/[a-z]+\/v\d+\/[a-z_]+)(\/.)?/.exec(path) ?? [];
  return `${endpoint}${endpoint === '' || more !== undefined ? '/…' : ''}`;
}

async function told(options: HttpOptions, request: HttpRequest, timeoutMs: number): Promise<unknown> {
  if (options.heard === undefined) return once(options, request, timeoutMs);
  const since = uptime();
  let outcome = 'answered';
  try {
    return await once(options, request, timeoutMs);
  } catch (error) {
    outcome = error instanceof MatrixFault ? String(error.status) : error instanceof NoAnswer ? error.kind : 'broken';
    throw error;
  } finally {
    const ms = Math.round(uptime() - since);
    options.heard({ request: `${request.method} ${endpointOf(request.path)}`, outcome, ms });
  }
}

async function once(options: HttpOptions, request: HttpRequest, timeoutMs: number): Promise<unknown> {
  // Not AbortSignal.timeout: its timer, and all that hangs on it, would stay for a minute after each answer.
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(new DOMException('no answer in time', 'TimeoutError')), timeoutMs);
  const onStop = () => cut.abort();
  const stops = [options.signal, request.signal].filter((signal) => signal !== undefined);
  const bytes = request.streamed ?? (request.body instanceof Uint8Array ? request.body : undefined);
  const token = request.actingAs?.token ?? options.token;
  let answered: Exchanged;
  for (const signal of stops) {
    if (signal.aborted) onStop();
    signal.addEventListener('abort', onStop);
  }
  try {
    const body = bytes ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    answered = await exchange(urlOf(options.baseUrl, request), {
      method: request.method,
      signal: cut.signal,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
  } catch (error) {
    throw failureOf(
      error,
      request,
      stops.some((signal) => signal.aborted),
    );
  } finally {
    clearTimeout(timer);
    for (const signal of stops) signal.removeEventListener('abort', onStop);
  }
  const { status, headers, text } = answered;
  if (request.plain && status >= 200 && status < 300) return text;
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // A proxy's page, or an answer cut short. A 4xx of a proxy means that nothing was done.
    throw new NoAnswer('not-json', request.method !== 'GET' && !(status >= 400 && status < 500), status);
  }
  if (status >= 200 && status < 300) return answer;
  const secrets = [token ?? '', ...(request.secrets ?? []), ...(bytes ? [] : secretsUnderNames(request.body))];
  throw faultOf(status, answer, headers['retry-after'], (said) => repeats(said, secrets));
}

/** What is shorter stands in many a sentence by chance, and keeps nobody out. */
const shortestSecret = 4;

/** True where a text holds a secret, in any of the ways in which a server may write it. */
function repeats(text: string, secrets: readonly string[]): boolean {
  const written = secrets
    .filter(({ length }) => length >= shortestSecret)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  return written.some((secret) => text.includes(secret));
}

function faultOf(
  status: number,
  answer: unknown,
  retryAfter: string | undefined,
  holdsSecret: (text: string) => boolean,
): MatrixFault {
  const fields: Record<string, unknown> = typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const seconds = Number(retryAfter ?? Number.NaN);
  const wait = typeof fields.retry_after_ms === 'number' ? fields.retry_after_ms : seconds * 1000;
  const { errcode, error } = fields;
  const reason = (typeof error === 'string' ? error : 'no reason given').split('\n', 1)[0] ?? '';
  return new MatrixFault(
    status,
    typeof errcode === 'string' && !holdsSecret(errcode) ? errcode : 'M_UNKNOWN',
    holdsSecret(reason) ? 'its reason repeats a secret, so it is not shown' : reason,
    Number.isFinite(wait) ? wait : undefined,
  );
}

/** Milliseconds to wait before the same request may go out again, or undefined where it may not. */
function waitBeforeRepeat(error: unknown, request: HttpRequest, attempt: number): number | undefined {
  const repeatable = request.repeatable ?? request.method === 'GET';
  const growing = Math.min(250 * 2 ** attempt, 10_000) * (0.75 + Math.random() / 2);
  if (error instanceof MatrixFault) {
    // 429: the server did nothing, so even a write may be repeated.
    if (error.status === 429) return (error.retryAfterMs ?? growing) + Math.random() * 100;
    return repeatable && error.status >= 500 ? growing : undefined;
  }
  if (!(error instanceof NoAnswer) || error.kind === 'stopped') return undefined;
  if (error.kind === 'refused') return growing;
  if (error.status !== undefined && error.status < 500 && error.status >= 300) return undefined;
  return repeatable ? growing : undefined;
}

/**
 * The one way out to a homeserver: JSON in, JSON out, never a token or a raw body in an error.
 * Refused connections and 429 are repeated for every request, 5xx, resets and time-outs only where
 * `repeatable`; all within `patienceMs`.
 */
export function createHttp(options: HttpOptions): Http {
  const patienceMs = options.patienceMs ?? 60_000;
  return async (request) => {
    const until = uptime() + Math.max(patienceMs, request.timeoutMs ?? 0);
    for (let attempt = 0; ; attempt++) {
      try {
        const left = Math.max(Math.ceil(until - uptime()), 1);
        return await told(options, request, Math.min(request.timeoutMs ?? patienceMs, left));
      } catch (error) {
        const wait = waitBeforeRepeat(error, request, attempt);
        if (wait === undefined || options.repeats === false || uptime() + wait > until) throw error;
        try {
          await delay(wait, undefined, {
            signal: AbortSignal.any([options.signal, request.signal].filter((s) => s !== undefined)),
          });
        } catch {
          throw new NoAnswer('stopped', false);
        }
      }
    }
  };
}
