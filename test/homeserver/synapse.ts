import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { writeCertificate } from './certificate.ts';
import { findSynapse, type GivenSynapse, type StartableSynapse } from './find-synapse.ts';
import { freePort } from './free-port.ts';
import { registerUser } from './register-user.ts';
import { homeserverConfig } from './synapse-config.ts';

const startLimitMs = 120_000;
const stopLimitMs = 20_000;

export interface SynapseOptions {
  /** Shown in the data folder's name; `synapse` by default. */
  readonly name?: string;
  /** Default `castellan.test`; with `federation`, a name of `federationNames` without port (default `one.test`). */
  readonly serverName?: string;
  /** Top-level keys of homeserver.yaml; each replaces the default's whole value. */
  readonly config?: Record<string, unknown>;
  /** The folder of an earlier server, to start on its data with its name and port; a new one by default. */
  readonly dataDir?: string;
  /** Adds a TLS listener for other servers and puts its port into the server name. */
  readonly federation?: boolean;
}

/** A running homeserver. `url` is its client and admin API on 127.0.0.1. */
export interface Synapse {
  readonly url: string;
  readonly port: number;
  readonly serverName: string;
  readonly sharedSecret: string;
  readonly dataDir: string;
  readonly logPath: string;
  /** Process id, or undefined when it is not running. */
  readonly pid: number | undefined;
  readLog(): string;
  /** Ends it in order, and removes its data unless `keepData` or it was started on a given folder. */
  stop(options?: { keepData?: boolean }): Promise<void>;
  /** SIGKILL; the data stays, so that `restart` goes on with it. */
  kill(): Promise<void>;
  /** Ends it in order if it runs, and starts it on the same data, name and port. */
  restart(): Promise<void>;
  /** The command that lets the server check its configuration without starting. */
  readonly checkCommand: readonly string[];
  /** SIGHUP. */
  reload(): void;
  /** Reads the server's own SQLite file, while it runs or after. */
  queryDatabase(sql: string, ...parameters: unknown[]): Record<string, unknown>[];
}

interface Identity {
  readonly serverName: string;
  readonly port: number;
  readonly federationPort?: number;
  readonly sharedSecret: string;
}

/** Starts a real Synapse and waits until it is healthy; fails early, with the end of its log, when it exits. */
export async function startSynapse(options: SynapseOptions = {}): Promise<Synapse> {
  const way = await findSynapse();
  if (way.kind === 'given') return givenSynapse(way, options);
  for (let attempt = 1; ; attempt++) {
    const server = await prepare(way, options);
    try {
      await server.start();
      return server;
    } catch (error) {
      // Between finding a free port and listening on it another process may have taken it.
      const portTaken = /address already in use/i.test(server.readLog());
      if (!options.dataDir) await rm(server.dataDir, { recursive: true, force: true });
      if (!portTaken || options.dataDir || attempt === 3) throw error;
    }
  }
}

async function prepare(way: StartableSynapse, options: SynapseOptions): Promise<OwnSynapse> {
  const folder = `${options.name ?? 'synapse'}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const dataDir = options.dataDir ?? join(way.dataRoot, folder);
  await mkdir(dataDir, { recursive: true });
  const identityFile = join(dataDir, 'identity.json');
  const earlier = existsSync(identityFile);
  const identity = earlier
    ? (JSON.parse(await readFile(identityFile, 'utf8')) as Identity)
    : await newIdentity(options);
  if (!earlier) {
    await writeFile(identityFile, JSON.stringify(identity));
    // No certificate is verified between the test servers, so any will do.
    if (identity.federationPort !== undefined) await writeCertificate(dataDir, ['castellan.test']);
  }
  if (!earlier || options.config) {
    const inside = (file: string) => way.inside(dataDir, file);
    const config = { ...homeserverConfig(identity, inside), ...options.config };
    // JSON is YAML.
    await writeFile(join(dataDir, 'homeserver.yaml'), `${JSON.stringify(config, null, 2)}\n`);
  }
  return new OwnSynapse(way, identity, dataDir, options.dataDir === undefined);
}

async function newIdentity(options: SynapseOptions): Promise<Identity> {
  const port = await freePort();
  const sharedSecret = randomBytes(16).toString('hex');
  if (!options.federation) return { serverName: options.serverName ?? 'castellan.test', port, sharedSecret };
  const federationPort = await freePort();
  return { serverName: `${options.serverName ?? 'one.test'}:${federationPort}`, port, federationPort, sharedSecret };
}

class OwnSynapse implements Synapse {
  readonly url: string;
  readonly port: number;
  readonly serverName: string;
  readonly sharedSecret: string;
  readonly dataDir: string;
  readonly logPath: string;
  private readonly way: StartableSynapse;
  private readonly ownsData: boolean;
  private process: ChildProcess | undefined;

  constructor(way: StartableSynapse, identity: Identity, dataDir: string, ownsData: boolean) {
    this.way = way;
    this.ownsData = ownsData;
    this.port = identity.port;
    this.url = `http://127.0.0.1:${identity.port}`;
    this.serverName = identity.serverName;
    this.sharedSecret = identity.sharedSecret;
    this.dataDir = dataDir;
    this.logPath = join(dataDir, 'homeserver.log');
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  readLog(): string {
    return existsSync(this.logPath) ? readFileSync(this.logPath, 'utf8') : '';
  }

  async start(): Promise<void> {
    const log = openSync(this.logPath, 'a');
    // Killed with us even when we are killed ourselves and can no longer do it; the log goes to standard error.
    const dieWithUs = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'SIGKILL'] : [];
    const [program = '', ...args] = [...dieWithUs, ...this.way.command(this.dataDir)];
    const child = spawn(program, args, { stdio: ['ignore', log, log], env: this.way.environment });
    closeSync(log);
    const failed = new Promise<Error>((resolve) => child.once('error', resolve));
    const exited = once(child, 'exit').then(() => new Error('it exited'));
    this.process = child;
    running.add(this);
    child.once('exit', () => this.forget(child));
    const outcome = await Promise.race([failed, exited, this.healthy(child)]);
    if (outcome instanceof Error) {
      await this.kill();
      throw new Error(`Synapse (${this.way.name}) did not start, ${outcome.message}:\n${tail(this.readLog())}`);
    }
  }

  async stop(options: { keepData?: boolean } = {}): Promise<void> {
    const child = this.process;
    if (child) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const inTime = await Promise.race([exited.then(() => true), sleep(stopLimitMs, false, { ref: false })]);
      if (!inTime) await this.kill();
    }
    if (this.ownsData && !options.keepData) await rm(this.dataDir, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    const child = this.process;
    if (!child?.pid) return;
    const exited = once(child, 'exit');
    await this.way.kill?.(this.dataDir);
    child.kill('SIGKILL');
    await exited;
  }

  get checkCommand(): readonly string[] {
    return this.way.command(this.dataDir, 'synapse.config');
  }

  reload(): void {
    this.process?.kill('SIGHUP');
  }

  async restart(): Promise<void> {
    await this.stop({ keepData: true });
    await this.start();
  }

  queryDatabase(sql: string, ...parameters: unknown[]): Record<string, unknown>[] {
    const database = new Database(join(this.dataDir, 'homeserver.db'), { readonly: true });
    try {
      return database.prepare(sql).all(...parameters) as Record<string, unknown>[];
    } finally {
      database.close();
    }
  }

  /** For the end of this process, where nothing can be awaited. */
  abandon(): void {
    this.process?.kill('SIGKILL');
    if (this.ownsData) rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async healthy(child: ChildProcess): Promise<Error | undefined> {
    const deadline = Date.now() + startLimitMs;
    while (this.process === child) {
      const response = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
      if (response?.ok) return undefined;
      if (Date.now() > deadline) return new Error(`it was not healthy after ${startLimitMs / 1000} s`);
      await sleep(50);
    }
    return new Error('it exited');
  }

  private forget(child: ChildProcess): void {
    if (this.process !== child) return;
    this.process = undefined;
    running.delete(this);
  }
}

const running = new Set<OwnSynapse>();
process.once('exit', () => {
  for (const server of running) server.abandon();
});

async function givenSynapse(way: GivenSynapse, options: SynapseOptions): Promise<Synapse> {
  const cannot = (what: string) => new Error(`the Synapse given in the environment cannot be ${what} by a test`);
  if (options.config || options.dataDir || options.federation || options.serverName) throw cannot('configured');
  const { url, sharedSecret } = way;
  const probe = await registerUser({ url, sharedSecret }, `probe-${randomBytes(6).toString('hex')}`);
  return {
    url,
    sharedSecret,
    port: Number(new URL(url).port || (url.startsWith('https:') ? 443 : 80)),
    serverName: probe.userId.slice(probe.userId.indexOf(':') + 1),
    dataDir: '',
    logPath: '',
    pid: undefined,
    readLog: () => '',
    stop: async () => undefined,
    kill: async () => Promise.reject(cannot('killed')),
    restart: async () => Promise.reject(cannot('restarted')),
    checkCommand: [],
    reload: () => {
      throw cannot('reloaded');
    },
    queryDatabase: () => {
      throw cannot('looked into');
    },
  };
}

function tail(log: string): string {
  return log.trimEnd().split('\n').slice(-30).join('\n');
}
