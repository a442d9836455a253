import { type LookupAddress, lookup } from 'node:dns';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { Problem } from '../../core/problem.ts';
import { clipped } from '../../core/shown.ts';
import { say, type Text } from '../../core/text.ts';
import { lateNode } from '../../late-node.ts';
import { isPublicAddress } from './public-address.ts';

export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface PublicFetchOptions {
  /** Which IP addresses may be asked; public ones unless told. */
  readonly mayAsk?: (address: string) => boolean;
  /** Milliseconds for everything together; 10,000 unless told. */
  readonly timeoutMs?: number;
  /** Bytes of the body; 64 KiB unless told. */
  readonly maxBytes?: number;
  /** 3 unless told. */
  readonly maxRedirects?: number;
  readonly resolve?: Resolve;
}

export interface PublicAnswer {
  readonly status: number;
  readonly body: string;
}

const systemResolve: Resolve = (hostname) => promisify(lookup)(hostname, { all: true });
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * GET over HTTPS of an address that somebody else chose. It connects only to the addresses that it has looked up and
 * found public, so that neither a redirect nor a second answer of the DNS leads it into the operator's own network.
 * Throws Problem.
 */
export async function publicFetch(url: string, options: PublicFetchOptions): Promise<PublicAnswer> {
  const { timeoutMs = 10_000, maxRedirects = 3 } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  let next = new URL(url);
  for (let redirected = 0; ; redirected++) {
    const { location, ...answer } = await once(next, options, signal);
    if (location === undefined) return answer;
    if (redirected === maxRedirects) throw refused(next, say`it redirects more than ${maxRedirects} times`);
    next = redirectedTo(location, next);
  }
}

function redirectedTo(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href))
    throw refused(from, say`it redirects to ${clipped(location)}, which is no address`);
  const to = new URL(location, from);
  if (to.protocol !== 'https:') throw refused(from, say`it redirects to ${clipped(to.href)}, which is not HTTPS`);
  if (to.username !== '' || to.password !== '') throw refused(from, say`it redirects to an address with a password`);
  return to;
}

/** Resolves, checks, and asks exactly the addresses that were checked. */
async function once(
  url: URL,
  options: PublicFetchOptions,
  signal: AbortSignal,
): Promise<PublicAnswer & { readonly location: string | undefined }> {
  const { maxBytes = 64 * 1024 } = options;
  const addresses = await addressesOf(url, options, signal);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(error instanceof Problem ? error : failure(url, error, signal));
    const request = lateNode.https().request(
      url,
      {
        signal,
        agent: false,
        headers: { accept: 'application/json', 'user-agent': 'Castellan' },
        lookup: (_hostname, { all }, done) => {
          const [first] = addresses;
          if (all === true) done(null, [...addresses]);
          else done(null, first?.address ?? '', first?.family);
        },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        const location = redirects.has(status) ? response.headers.location : undefined;
        if (location !== undefined) {
          response.destroy();
          resolve({ status, body: '', location });
          return;
        }
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= maxBytes) return;
          reject(refused(url, say`its answer is longer than ${Math.floor(maxBytes / 1024)} KiB`));
          request.destroy();
        });
        response.on('error', fail);
        response.on('end', () => {
          if (response.complete) resolve({ status, body: Buffer.concat(chunks).toString('utf8'), location: undefined });
          else fail(new Error('cut off'));
        });
      },
    );
    request.on('error', fail);
    request.end();
  });
}

async function addressesOf(
  url: URL,
  { mayAsk = isPublicAddress, resolve = systemResolve }: PublicFetchOptions,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(hostname);
  const found = family === 0 ? await resolved(url, hostname, resolve, signal) : [{ address: hostname, family }];
  // One that is not public is enough: which of them a connection would take is not ours to choose.
  const inside = found.find(({ address }) => !mayAsk(address));
  if (inside === undefined) return found;
  const leads = inside.address === hostname ? say`it is` : say`it leads to`;
  throw new Problem(
    'forbidden',
    say`${clipped(url.host)} is not asked: ${leads} ${inside.address}, which is no public address.`,
    say`In a closed network, set "federation": { "allowPrivateAddresses": true } in the configuration.`,
  );
}

async function resolved(
  url: URL,
  hostname: string,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly LookupAddress[]> {
  const given = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(slow(url)), { once: true });
  });
  try {
    return await Promise.race([resolve(hostname), given]);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('unavailable', say`There is no address for ${clipped(hostname)} in the DNS.`);
  }
}

function failure(url: URL, error: unknown, signal: AbortSignal): Problem {
  if (signal.aborted) return slow(url);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const tls = /CERT|SELF_SIGNED|SSL|TLS|UNABLE_TO_VERIFY/.test(code);
  if (tls) return refused(url, say`its certificate is not valid for it`);
  if (code === 'ECONNREFUSED') return new Problem('unavailable', say`Nothing answers at ${clipped(url.host)}.`);
  return new Problem('unavailable', say`${clipped(url.host)} could not be asked: the connection broke.`);
}

function slow(url: URL): Problem {
  return new Problem('unavailable', say`${clipped(url.host)} gave no answer in time.`);
}

function refused(url: URL, why: Text): Problem {
  return new Problem('rejected', say`What ${clipped(url.host)} answers is not taken: ${why}.`);
}
