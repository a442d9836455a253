import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { HttpRequest } from '../../http.ts';
import { flag } from './flag.ts';
import { folded } from './request-readings.ts';

/**
 * Runs `write` unless it would leave the server without an admin, other than the bot, who can still act; that is
 * `Problem('never')`. `targets` are folded user ids. Writes that concern admins wait for each other, so that two of
 * them cannot each count on the other's target.
 */
export interface LastAdminGuard {
  guard<Answer>(targets: readonly string[], path: string, write: () => Promise<Answer>): Promise<Answer>;
  /** Taken before a request goes out, and given with its answer. */
  moment(): number;
  /** What an account's details say; where it is no admin, that need not be asked again at once. */
  heard(request: HttpRequest, answer: unknown, moment: number): void;
  /** Something was written: anybody may be an admin now. */
  forget(): void;
}

/** So long an answer is believed that an account is no admin: a command reads it right before it acts. */
const believedMs = 1_000;
const mostBelieved = 100;
/** Its path names an account, and nothing of it. */
const isOneAccount = /\/v2\/users\/[^/]+$/;

const adminPage = once(() =>
  z.looseObject({
    users: z.array(
      z.looseObject({ name: z.string(), admin: flag(), shadow_banned: flag().optional(), deactivated: flag() }),
    ),
    next_token: z.coerce.string().optional(),
  }),
);
const adminFlag = once(() => z.looseObject({ admin: z.boolean() }));
const oneAccount = once(() => z.looseObject({ name: z.string(), admin: z.union([z.literal(false), z.literal(0)]) }));
const suspension = once(() => z.looseObject({ suspended: flag().optional() }));

export function createLastAdminGuard(
  botId: string,
  read: <Schema extends z.ZodType>(schema: Schema, request: HttpRequest) => Promise<z.output<Schema>>,
): LastAdminGuard {
  const bot = folded(botId);
  let turn: Promise<unknown> = Promise.resolve();
  let writes = 0;
  /** Accounts that are no admins, exactly as they are written, with the time at which that was heard. */
  const noAdmins = new Map<string, number>();

  /** Admins who are neither deactivated, locked, shadow-banned nor the bot; they may be suspended. */
  async function activeAdmins(): Promise<string[]> {
    const found: string[] = [];
    let from: string | undefined = '0';
    while (from !== undefined) {
      // Locked and deactivated accounts are left out of this list unless asked for.
      const query: HttpRequest['query'] = { from, limit: 500, admins: true, deactivated: false, guests: false };
      const page: z.output<ReturnType<typeof adminPage>> = await read(adminPage(), {
        method: 'GET',
        path: '/_synapse/admin/v2/users',
        query,
      });
      for (const user of page.users)
        if (user.admin && !user.deactivated && !user.shadow_banned && folded(user.name) !== bot) found.push(user.name);
      from = page.users.length === 0 ? undefined : page.next_token;
    }
    return found;
  }

  async function isSuspended(userId: string): Promise<boolean> {
    const path = `/_synapse/admin/v2/users/${encodeURIComponent(userId)}`;
    return Boolean((await read(suspension(), { method: 'GET', path })).suspended);
  }

  async function refuseLast(targets: readonly string[]): Promise<void> {
    const admins = await activeAdmins();
    const hit = admins.find((admin) => targets.includes(folded(admin)));
    if (hit === undefined) return;
    for (const other of admins) if (!targets.includes(folded(other)) && !(await isSuspended(other))) return;
    throw new Problem(
      'never',
      say`${code(hit)} is the last server admin besides the bot who can act; without one nobody could command the server.`,
      say`Make someone else a server admin first.`,
    );
  }

  /**
   * True where the path names one account and can be read in one way only, and that account is no admin: one look that
   * costs the same on a server of any size.
   */
  async function concernsNoAdmin([target, ...others]: readonly string[], path: string): Promise<boolean> {
    if (target === undefined || others.length > 0) return false;
    const part = encodeURIComponent(target);
    if (!path.split('/').includes(part)) return false;
    if (performance.now() - (noAdmins.get(target) ?? Number.NEGATIVE_INFINITY) < believedMs) return true;
    try {
      return !(await read(adminFlag(), { method: 'GET', path: `/_synapse/admin/v1/users/${part}/admin` })).admin;
    } catch (error) {
      // No such account, or, under a Matrix Authentication Service, no such question.
      if (error instanceof Problem && (error.code === 'not-found' || error.code === 'unsupported')) return false;
      throw error;
    }
  }

  return {
    async guard(targets, path, write) {
      if (await concernsNoAdmin(targets, path)) return write();
      const admins = await activeAdmins();
      if (!admins.some((admin) => targets.includes(folded(admin)))) return write();
      const mine = turn.then(async () => {
        await refuseLast(targets);
        return write();
      });
      turn = mine.catch(() => undefined);
      return mine;
    },
    moment: () => writes,
    heard({ method, path }, answer, moment) {
      if (moment !== writes || method !== 'GET' || !isOneAccount.test(path)) return;
      if (noAdmins.size >= mostBelieved) noAdmins.clear();
      const account = oneAccount().safeParse(answer);
      if (account.success) noAdmins.set(account.data.name, performance.now());
    },
    forget() {
      writes += 1;
      noAdmins.clear();
    },
  };
}
