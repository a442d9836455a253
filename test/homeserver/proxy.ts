import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port.ts';

/** A TCP proxy on 127.0.0.1 that can play the outages of a network. */
export interface TcpProxy {
  readonly url: string;
  readonly port: number;
  /** Breaks every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Keeps every connection open, accepts new ones, and lets no byte through in either direction. */
  blackhole(): void;
  /** Ends the outage: listens again on the same port; what a black hole held back goes through. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  far?: Socket;
}

/** Starts a proxy to that port of 127.0.0.1. */
export async function startProxy(targetPort: number): Promise<TcpProxy> {
  const port = await freePort();
  const pairs = new Set<Pair>();
  let holding = false;
  let server: Server | undefined;

  const drop = (pair: Pair) => {
    // In a black hole the other end is not told either.
    if (holding) return;
    pairs.delete(pair);
    pair.near.destroy();
    pair.far?.destroy();
  };
  const flow = (pair: Pair) => {
    const far = pair.far ?? connect(targetPort, '127.0.0.1');
    if (!pair.far) {
      pair.far = far;
      far.on('error', () => drop(pair)).on('close', () => drop(pair));
    }
    if (pair.near.destroyed || far.destroyed) return drop(pair);
    pair.near.pipe(far);
    far.pipe(pair.near);
  };
  const accept = (near: Socket) => {
    const pair: Pair = { near };
    pairs.add(pair);
    near.on('error', () => drop(pair)).on('close', () => drop(pair));
    if (!holding) flow(pair);
  };
  const listen = async (): Promise<Server> => {
    const listener = createServer({ pauseOnConnect: true }, accept);
    await once(listener.listen(port, '127.0.0.1'), 'listening');
    return listener;
  };
  const refuse = async () => {
    holding = false;
    const listener = server;
    server = undefined;
    const closed = listener && once(listener, 'close');
    listener?.close();
    for (const pair of [...pairs]) {
      pair.near.resetAndDestroy();
      drop(pair);
    }
    await closed;
  };

  server = await listen();
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    refuse,
    close: refuse,
    blackhole() {
      holding = true;
      for (const { near, far } of pairs) {
        near.unpipe().pause();
        far?.unpipe().pause();
      }
    },
    async restore() {
      server ??= await listen();
      if (!holding) return;
      holding = false;
      for (const pair of [...pairs]) flow(pair);
    },
  };
}
