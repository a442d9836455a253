import type { z } from 'zod';
import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { say } from '../../core/text.ts';
import { type Http, type HttpRequest, MatrixFault } from '../../http.ts';
import { createAdminRoomNames } from './admin-room-names.ts';
import { createLastAdminGuard } from './last-admin-guard.ts';
import type { NeverList } from './never-list.ts';
import { misfit, problemOf } from './problem-of.ts';

/** Where Synapse serves its admin API; every path below it is written so, wherever the API really lies. */
export const usualAdminPath = '/_synapse/admin';

/** The backend's one way out: never-list, last-admin guard, answers checked, faults as `Problem`. */
export interface SynapseHttp {
  /** The answer, as `schema` makes it. Throws `Problem`. */
  call<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): Promise<z.output<Schema>>;
  /** The same, `undefined` where the homeserver says that there is no such thing (404 M_NOT_FOUND). */
  find<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): Promise<z.output<Schema> | undefined>;
}

export interface SynapseHttpOptions {
  readonly http: Http;
  readonly botId: string;
  readonly never: NeverList;
  /** Without a trailing slash. */
  readonly adminPath?: string;
  /** Milliseconds until an answer counts as not coming; 60,000 unless told. */
  readonly timeoutMs?: number;
}

function isNotFound(error: unknown): boolean {
  return error instanceof MatrixFault && error.status === 404 && error.errcode === 'M_NOT_FOUND';
}

export function createSynapseHttp(options: SynapseHttpOptions): SynapseHttp {
  const { http, never, adminPath = usualAdminPath, timeoutMs = 60_000 } = options;
  const lastAdmin = createLastAdminGuard(options.botId, call);
  const adminRoomNames = createAdminRoomNames(never.adminRoomNames, serverOf(options.botId), { call, find });

  /** The request as it will leave; the only thing the never-list judges. */
  function final(request: HttpRequest): HttpRequest {
    if (!request.path.startsWith('/')) throw new Problem('usage', say`A path begins with a slash.`);
    const path = request.path.startsWith(`${usualAdminPath}/`)
      ? `${adminPath}${request.path.slice(usualAdminPath.length)}`
      : request.path;
    return { timeoutMs, ...request, path };
  }

  async function send<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): Promise<z.output<Schema>> {
    const leaving = final(request);
    never.check(leaving);
    const alsoRoom = await adminRoomNames(leaving);
    if (alsoRoom.length > 0) never.check(leaving, alsoRoom);
    const targets = never.disarms(leaving);
    const moment = lastAdmin.moment();
    const answer = await (targets.length === 0
      ? http(leaving)
      : lastAdmin.guard(targets, leaving.path, () => http(leaving))
    ).finally(() => {
      if (leaving.method !== 'GET') lastAdmin.forget();
    });
    lastAdmin.heard(leaving, answer, moment);
    const read = schema.safeParse(answer);
    if (!read.success) throw misfit(leaving);
    return read.data;
  }

  async function call<Schema extends z.ZodType>(schema: Schema, request: HttpRequest): Promise<z.output<Schema>> {
    try {
      return await send(schema, request);
    } catch (error) {
      throw problemOf(error, request);
    }
  }

  async function find<Schema extends z.ZodType>(schema: Schema, request: HttpRequest) {
    try {
      return await send(schema, request);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw problemOf(error, request);
    }
  }

  return { call, find };
}
