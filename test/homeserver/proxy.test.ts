import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startProxy, type TcpProxy } from './proxy.ts';

const target = createServer();
const accepted: Socket[] = [];
let proxy: TcpProxy;

target.on('connection', (socket) => accepted.push(socket.on('error', () => undefined)));

beforeEach(async () => {
  await once(target.listen(0, '127.0.0.1'), 'listening');
  proxy = await startProxy((target.address() as AddressInfo).port);
});
afterEach(async () => {
  await proxy.close();
  for (const socket of accepted.splice(0)) socket.destroy();
  await new Promise((resolve) => target.close(resolve));
});

test('a black hole lets nothing through on an open connection, and all of it once it ends', async () => {
  const { near, far } = await openConnection();
  const [atNear, atFar] = [received(near), received(far)];
  proxy.blackhole();
  near.write('there');
  far.write('back');
  await sleep(300);
  expect([atNear(), atFar()]).toEqual(['', '']);
  await proxy.restore();
  await vi.waitFor(() => expect([atNear(), atFar()]).toEqual(['back', 'there']));
});

test('a black hole accepts a new connection that reaches the server only once it ends', async () => {
  proxy.blackhole();
  const near = await dial();
  near.write('hello');
  await sleep(300);
  expect(accepted).toHaveLength(0);
  await proxy.restore();
  await vi.waitFor(() => expect(accepted).toHaveLength(1));
  const atFar = received(accepted[0]);
  await vi.waitFor(() => expect(atFar()).toBe('hello'));
});

test('refusing breaks open connections on both sides and turns new ones away until it is restored', async () => {
  const { near, far } = await openConnection();
  const broken = [near, far].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  await proxy.refuse();
  await Promise.all(broken);
  await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.restore();
  await openConnection();
});

async function openConnection(): Promise<{ near: Socket; far: Socket }> {
  const reached = once(target, 'connection');
  const near = await dial();
  const [far] = (await reached) as [Socket];
  return { near, far };
}

async function dial(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket.on('error', () => undefined);
}

function received(socket: Socket | undefined): () => string {
  let text = '';
  socket?.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  return () => text;
}
