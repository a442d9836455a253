import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { exchange } from '../src/exchange.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const { signal } = new AbortController();

test('an answer comes whole, whatever its status, and a redirect is not followed', async () => {
  const url = await serve((_, response) => {
    response.writeHead(302, { location: '/elsewhere', 'retry-after': '7' });
    // A letter of two bytes, one in each part.
    response.write(Buffer.from([0xc3]));
    setImmediate(() => response.end(Buffer.from([0xa4])));
  });
  const { status, headers, text } = await exchange(url, { signal });
  expect([status, headers['retry-after'], text]).toEqual([302, '7', 'ä']);
});

test.each([
  ['a text', 'grün', 'grün'],
  ['bytes', new Uint8Array([103, 111]), 'go'],
  ['a stream', { size: 4, open: () => Readable.from(['st', 'il']) }, 'stil'],
] as const)('%s goes out with its length', async (_, body, sent) => {
  const url = await serve((request, response) => {
    let read = '';
    request.on('data', (part) => {
      read += part;
    });
    request.on('end', () => response.end(JSON.stringify([request.method, request.headers['content-length'], read])));
  });
  const { text } = await exchange(url, { method: 'PUT', body, signal });
  expect(JSON.parse(text)).toEqual(['PUT', String(Buffer.byteLength(sent)), sent]);
});

test('a stream that breaks off is no success', async () => {
  const url = await serve((request, response) => {
    request.on('end', () => response.end('{}')).resume();
  });
  const open = () =>
    Readable.from(
      (function* () {
        yield 'a';
        throw new Error('the disk is gone');
      })(),
    );
  await expect(exchange(url, { method: 'POST', body: { size: 9, open }, signal })).rejects.toThrow('the disk is gone');
});

test.each([
  ['before it is sent', () => undefined, true],
  ['while nothing is answered', () => undefined, false],
  [
    'in the middle of an answer',
    (_: unknown, response: Parameters<RequestListener>[1]) => void response.write('{"half":'),
    false,
  ],
] as const)('a request that is given up %s rejects with the reason', async (_, listener, before) => {
  const stop = new AbortController();
  const url = await serve((request, response) => {
    listener(request, response);
    setTimeout(() => stop.abort(new Error('enough')), 20);
  });
  if (before) stop.abort(new Error('enough'));
  await expect(exchange(url, { signal: stop.signal })).rejects.toThrow('enough');
});

test('an answer that is cut off is no answer', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"name":', () => response.destroy());
  });
  await expect(exchange(url, { signal })).rejects.toThrow();
});

test('a refused connection says so', async () => {
  const url = await serve(() => undefined);
  server?.close();
  await expect(exchange(url, { signal })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('calls that follow each other share a connection', async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('{}');
  });
  for (let n = 0; n < 5; n++) await exchange(url, { signal });
  expect(ports.size).toBe(1);
});

test('a stream is closed with its request, however that ends', async () => {
  const sources: Readable[] = [];
  const open = () => {
    const source = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536);
      })(),
    );
    sources.push(source);
    return source;
  };
  const body = { size: 2 ** 40, open };
  const url = await serve((_, response) => {
    response.writeHead(413);
    response.end('{}');
  });
  expect((await exchange(url, { method: 'POST', body, signal })).status).toBe(413);
  server?.closeAllConnections();
  server?.close();
  await expect(exchange(url, { method: 'POST', body, signal })).rejects.toThrow();
  await expect.poll(() => sources.map(({ destroyed }) => destroyed)).toEqual([true, true]);
});

test('an answer that nobody asked for in that way is no answer, and is not waited for', async () => {
  const url = await serve(() => undefined);
  server?.on('connection', (socket) => {
    socket.on('data', () =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    );
  });
  await expect(exchange(url, { signal })).rejects.toThrow();
});
