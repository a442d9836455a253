import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { wordsOf } from '../../../src/core/text.ts';
import { type PublicFetchOptions, publicFetch } from '../../../src/homeserver/public/public-fetch.ts';
import { writeCertificate } from '../certificate.ts';

/** Stands for the public internet: its server may be asked, and nothing else here. */
const outside = '127.0.0.1';
const inside = '127.0.0.2';

let folder: string;
let server: Server;
let hidden: Server;
let port: number;
let answer: RequestListener;
let asked: string[] = [];
let hiddenAsked = 0;

const mayAsk = (address: string) => address === outside;
const resolves =
  (...answers: readonly string[]) =>
  (hostname: string) => {
    lookups.push(hostname);
    const address = answers[Math.min(lookups.length, answers.length) - 1] ?? '';
    return Promise.resolve([{ address, family: address.includes(':') ? 6 : 4 }]);
  };
let lookups: string[] = [];

const fetched = (path: string, options: PublicFetchOptions = {}) =>
  publicFetch(`https://public.test:${port}${path}`, { mayAsk, resolve: resolves(outside), ...options });
const refusal = async (path: string, options?: PublicFetchOptions) =>
  fetched(path, options).then(
    ({ body }) => `answered ${body}`,
    ({ code, text }) => `${code}: ${wordsOf(text)}`,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-tls-'));
  await writeCertificate(folder, ['public.test', 'other.test', '127.0.0.2']);
  const [key, cert] = [readFileSync(join(folder, 'tls.key'), 'utf8'), readFileSync(join(folder, 'tls.crt'), 'utf8')];
  setDefaultCACertificates([...getCACertificates('default'), cert]);
  server = createServer({ key, cert }, (request, response) => {
    asked.push(`${request.headers.host?.split(':')[0]}${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, outside, resolve));
  port = (server.address() as AddressInfo).port;
  hidden = createServer({ key, cert }, (_, response) => {
    hiddenAsked++;
    response.end('secret');
  });
  await new Promise<void>((resolve) => hidden.listen(port, inside, resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  hidden.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  asked = [];
  lookups = [];
  hiddenAsked = 0;
  answer = (_, response) => response.end('hello');
});

const redirect = (location: string): RequestListener => {
  return (request, response) => {
    if (request.url === '/start') response.writeHead(302, { location }).end();
    else response.end('there');
  };
};

test('gives status and body of a public server', async () => {
  answer = (_, response) => response.writeHead(404).end('nothing');
  expect(await fetched('/x')).toEqual({ status: 404, body: 'nothing' });
});

test('follows a redirect, also to another name', async () => {
  answer = redirect(`https://other.test:${port}/end`);
  expect(await fetched('/start')).toEqual({ status: 200, body: 'there' });
  expect(asked).toEqual(['public.test/start', 'other.test/end']);
});

describe('asks nothing inside the network', () => {
  test('by its address', async () => {
    const said = await publicFetch(`https://${inside}:${port}/`, { mayAsk }).catch((problem) => problem.code);
    expect(said).toBe('forbidden');
  });

  test('by a name that leads there', async () => {
    expect(await refusal('/', { resolve: resolves(inside) })).toContain('forbidden');
  });

  test('by a name one of whose addresses leads there', async () => {
    const both = () =>
      Promise.resolve([
        { address: outside, family: 4 },
        { address: inside, family: 4 },
      ]);
    expect(await refusal('/', { resolve: both })).toContain('forbidden');
    expect(asked).toEqual([]);
  });

  test('by a redirect to an address', async () => {
    answer = redirect(`https://${inside}:${port}/`);
    expect(await refusal('/start')).toContain('forbidden');
  });

  test('by a redirect to a name that leads there', async () => {
    answer = redirect(`https://other.test:${port}/`);
    expect(await refusal('/start', { resolve: resolves(outside, inside) })).toContain('forbidden');
    expect(lookups).toEqual(['public.test', 'other.test']);
  });

  test('by a second answer of the DNS: what was checked is what is asked', async () => {
    expect(await fetched('/x', { resolve: resolves(outside, inside) })).toEqual({ status: 200, body: 'hello' });
    expect(lookups).toEqual(['public.test']);
  });

  test('by a redirect to the same name, whose second answer leads there', async () => {
    answer = redirect('/end');
    expect(await refusal('/start', { resolve: resolves(outside, inside) })).toContain('forbidden');
  });

  test.each([
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://127.1/',
  ])('by another way to write its address: %s', async (url) => {
    const refused = await publicFetch(url, {}).catch((problem) => problem.code);
    expect(refused).toBe('forbidden');
  });

  test('by the name of this machine', async () => {
    expect(await publicFetch(`https://localhost:${port}/`, {}).catch((problem) => problem.code)).toBe('forbidden');
  });

  afterAll(() => expect(hiddenAsked).toBe(0));
});

describe('takes no answer', () => {
  test('that redirects round and round', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/again' }).end();
    expect(await refusal('/start')).toContain('redirects more than 3 times');
    expect(asked).toHaveLength(4);
  });

  test.each([
    ['http', 'http://public.test/', 'not HTTPS'],
    ['a file', 'file:///etc/passwd', 'not HTTPS'],
    ['nowhere', 'https://', 'no address'],
    ['an address with a password', 'https://a:b@public.test/', 'with a password'],
  ])('that redirects to %s', async (_, location, why) => {
    answer = redirect(location);
    expect(await refusal('/start')).toContain(why);
  });

  test('that is too long, and hears no more of it than it must', async () => {
    let sent = 0;
    answer = (_, response) => {
      const more = () => {
        while (!response.destroyed && sent < 64 << 20) {
          sent += 16_384;
          if (!response.write('x'.repeat(16_384))) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    expect(await refusal('/', { maxBytes: 1024 })).toContain('longer than 1 KiB');
    expect(sent).toBeLessThan(64 << 20);
  });

  test('that does not come in time', async () => {
    answer = () => undefined;
    expect(await refusal('/', { timeoutMs: 50 })).toContain('gave no answer in time');
  });

  test('that does not end in time', async () => {
    answer = (_, response) => response.write('a');
    expect(await refusal('/', { timeoutMs: 50 })).toContain('gave no answer in time');
  });

  test('of a name server that does not answer in time', async () => {
    expect(await refusal('/', { timeoutMs: 50, resolve: () => new Promise(() => undefined) })).toContain('in time');
  });

  test('that breaks off', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('half');
      setImmediate(() => response.destroy());
    };
    expect(await refusal('/')).toContain('the connection broke');
  });

  test('of a server whose certificate is for another name', async () => {
    const said = publicFetch(`https://wrong.test:${port}/`, { mayAsk, resolve: resolves(outside) });
    await expect(said).rejects.toMatchObject({ code: 'rejected' });
    expect(asked).toEqual([]);
  });

  test('of a name that nobody has', async () => {
    const missing = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await refusal('/', { resolve: missing })).toContain('no address for');
  });
});
