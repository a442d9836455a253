/**
 * Loaded into the bot's process before the program (`node --import`). Every SQLite commit and every HTTP request but the
 * long poll has boundaries: `before` it, `after` it, and for a request that changes something `sent`, when its last byte
 * has left and no answer has come. At the one it was ordered to, the process ends as if the power had failed.
 */

import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientRequest, RequestOptions } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { anyChange, anyName, changes, killerFiles, killerFolder, killerGate, type Orders } from './orders.ts';

const files = killerFiles(process.env[killerFolder] ?? '');
let inForce: Orders | undefined;
const passed = new Map<string, number>();
const letGo = Promise.withResolvers<void>();

function takeOrders(occasion: Orders['from']): void {
  if (!existsSync(files.orders)) return;
  const orders: Orders = JSON.parse(readFileSync(files.orders, 'utf8'));
  if (orders.from !== occasion) return;
  rmSync(files.orders);
  writeFileSync(files.trail, '');
  passed.clear();
  inForce = orders;
}

function boundary(name: string): void {
  if (inForce === undefined) return;
  appendFileSync(files.trail, `${name}\n`);
  if (inForce.slow?.until === name) letGo.resolve();
  for (const one of [name, anyName, ...(changes(name) ? [anyChange] : [])]) {
    const nth = (passed.get(one) ?? 0) + 1;
    passed.set(one, nth);
    if (inForce.at?.name === one && inForce.at.nth === nth) process.kill(process.pid, 'SIGKILL');
  }
}

/** The function of the bot, outside its store, that asked for a commit: "pipeline/execute.ts conclude". */
function committer(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const frames = (new Error().stack ?? '').split('\n');
  Error.stackTraceLimit = limit;
  const places = frames.flatMap((frame) => {
    const [, by, file] = /at (?:async )?(?:(\S+) )?.*\/src\/([\w/-]+\.ts)/.exec(frame) ?? [];
    return file === undefined || file.startsWith('store/') ? [] : [{ file, by: by?.split('.').at(-1) }];
  });
  const [first] = places;
  if (first === undefined) return 'store';
  // A write that is handed on as a function without a name belongs to the one that made it.
  const { by = '' } = places.find(({ file, by }) => file === first.file && by !== undefined) ?? {};
  return `${first.file} ${by}`.trim();
}

/** True for the arguments of the transaction that stores a command. */
function isCommand(args: readonly unknown[]): boolean {
  const [first] = args;
  return typeof first === 'object' && first !== null && 'eventId' in first && 'sender' in first && 'kind' in first;
}

// biome-ignore lint/suspicious/noExplicitAny: what better-sqlite3 declares
type Work = (...args: any[]) => unknown;
const { transaction } = Database.prototype;

function watchedTransaction(this: Database.Database, work: Work) {
  let name: string | undefined;
  const transact = transaction.call(this, (...args: unknown[]) => {
    const result = work(...args);
    if (name !== undefined) boundary(`${name}: before`);
    return result;
  });
  const { immediate, deferred, exclusive } = transact;
  const watched = (...args: unknown[]) => {
    // A part of another transaction ends with that one.
    if (this.inTransaction) return immediate(...args);
    if (isCommand(args)) takeOrders('command');
    name = `commit by ${committer()}`;
    try {
      const result = immediate(...args);
      boundary(`${name}: after`);
      return result;
    } finally {
      name = undefined;
    }
  };
  // Its own properties cannot be changed.
  return Object.assign((...args: unknown[]) => transact(...args), { immediate: watched, deferred, exclusive });
}
Object.assign(Database.prototype, { transaction: watchedTransaction });

/** Method and path with the ids taken out. */
function callName(method: string, { pathname }: URL): string {
  const parts = pathname.split('/').map((part) => (/^(%21|%40|%23|%24|[!@#$]|castellan-)/.test(part) ? '…' : part));
  return `${method} ${parts.join('/')}`;
}

function notePasswords(body: unknown): void {
  if (typeof body !== 'string') return;
  for (const key of ['password', 'new_password']) {
    const value: unknown = JSON.parse(body)[key];
    if (typeof value === 'string') appendFileSync(files.passwords, `${value}\n`);
  }
}

// As the program does: what is set here is what it gets.
const http: typeof import('node:http') = createRequire(import.meta.url)('node:http');
const { request: realRequest } = http;

function watchedRequest(url: string, options: RequestOptions): ClientRequest {
  const target = new URL(url);
  const { method = 'GET' } = options;
  if (target.pathname.endsWith('/sync')) return realRequest(url, options);
  const name = callName(method, target);
  boundary(`${name}: before`);
  const request = realRequest(url, options);
  const end = request.end.bind(request) as (body?: unknown) => ClientRequest;
  const watchedEnd = (body?: unknown) => {
    notePasswords(body);
    if (inForce?.slow?.request === name) void letGo.promise.then(() => end(body));
    else end(body);
    return request;
  };
  request.on('response', () => boundary(`${name}: after`));
  if (method !== 'GET') request.on('finish', () => boundary(`${name}: sent`));
  return Object.assign(request, { end: watchedEnd });
}
Object.assign(http, { request: watchedRequest });

/** Loads all that the program will load, then waits: a start that is wanted takes half the time. */
async function waitAt(gate: string): Promise<void> {
  const parent = process.ppid;
  const [{ loadSdk }] = await Promise.all([import('../../src/matrix/load-sdk.ts'), import('../../src/bot.ts')]);
  await Promise.all([loadSdk(), import('../../src/run.ts')]);
  while (!existsSync(gate)) {
    if (process.ppid !== parent) process.exit();
    await sleep(5);
  }
  rmSync(gate);
}

const gate = process.env[killerGate];
if (gate !== undefined) await waitAt(gate);
takeOrders('start');
