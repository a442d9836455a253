import type { z } from 'zod';
import { flag } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, counted, joined, say, type Text } from '../../core/text.ts';
import type { UserDetails } from '../../homeserver/users.ts';
import type { Asker } from '../asker.ts';
import type { Capabilities, JobDefinition, Plan, Result } from '../define.ts';
import { inParallel } from '../in-parallel.ts';
import { accountMarks } from './account-marks.ts';
import { cautionsOf, deactivateAccount, deactivationCautions } from './deactivate-account.ts';

/** How many accounts are looked at together while the plan is made. */
const lookingAtOnce = 4;

/** The flags with which many accounts are deactivated. */
export const deactivationFlags = once(() => ({
  leaveRooms: flag.describe('Leave all rooms, as is done anyway; accepted for the sake of old habits.'),
  noLeaveRooms: flag.describe('Keep the rooms: the accounts are locked instead.'),
  force: flag.describe('Admins too.'),
  erase: flag.describe('Also hide their messages from those who join later (GDPR).'),
}));
export const deactivationShort = { n: 'noLeaveRooms', f: 'force', l: 'leaveRooms', F: 'force' } as const;

export type DeactivationFlags = z.output<z.ZodObject<ReturnType<typeof deactivationFlags>>>;
export type DeactivationCaps = Pick<Capabilities, 'users' | 'adminRoom' | 'isProtected'>;
export type DeactivationPlan = Plan<{ users: string[] }>;

/** What deactivating these accounts would do; the bot always is left out, admins unless they are meant. */
export async function deactivationPlan(
  userIds: readonly string[],
  input: DeactivationFlags,
  { users, adminRoom, isProtected }: DeactivationCaps,
  asker: Asker,
): Promise<DeactivationPlan> {
  if (input.noLeaveRooms && (input.leaveRooms || input.erase)) {
    throw new Problem(
      'usage',
      say`${code('--no-leave-rooms')} locks the accounts instead of deactivating them; it goes with neither ${code('--erase')} nor ${code('--leave-rooms')}.`,
    );
  }
  const targets: { id: string; note?: Text }[] = [];
  const skipped: { id: string; why: Text }[] = [];
  const looked = await inParallel(userIds, lookingAtOnce, (userId) => users.get(userId));
  for (const [at, userId] of userIds.entries()) {
    const account = looked[at];
    if (userId === adminRoom.botId) skipped.push({ id: userId, why: say`is me` });
    else if (!account) skipped.push({ id: userId, why: say`no such account` });
    else if (account.deactivated && !input.erase) skipped.push({ id: userId, why: say`deactivated already` });
    else if (account.admin && !input.force)
      skipped.push({ id: userId, why: say`server admin (${code('--force')} includes admins)` });
    else if (asker.role !== 'owner' && (await isProtected(userId))) skipped.push({ id: userId, why: say`protected` });
    else {
      const marks = accountMarks(account, asker);
      targets.push(marks.length > 0 ? { id: userId, note: joined(marks) } : { id: userId });
    }
  }
  const [only] = targets;
  // A plan lists its targets from two on.
  const who = only !== undefined && targets.length === 1 ? say`: ${code(only.id)}` : say``;
  const howMany = say`${counted(targets.length, 'account')}${who}`;
  return {
    title:
      input.noLeaveRooms && !users.deactivatesInPlace
        ? say`Lock ${howMany}, and end all their sessions.`
        : say`Deactivate ${howMany}.`,
    targets,
    skipped,
    cautions: cautionsOf(input, users),
    instead: deactivationCautions.instead,
    words: [String(targets.length)],
    frozen: { users: targets.map(({ id }) => id) },
  };
}

/** The job of a confirmed plan. */
export function deactivationJob(userIds: readonly string[], { noLeaveRooms }: DeactivationFlags): Result {
  return {
    job: {
      items: userIds.map((target) => ({ target })),
      heading: say`${noLeaveRooms ? 'Locking' : 'Deactivating'} ${counted(userIds.length, 'account')}`,
    },
  };
}

/** One account after the other, each verified to have left its rooms. */
export const deactivationSteps: JobDefinition<DeactivationFlags, DeactivationCaps, UserDetails | undefined> = {
  pace: 'deactivate',
  look: ({ target }, _input, { users }) => users.get(target),
  async step({ target }, input, { users, isProtected }, asker, { seen }) {
    const account = await seen();
    if (!account) return { state: 'skipped', note: 'gone since the plan was shown' };
    if (account.admin && !input.force)
      return { state: 'skipped', note: 'has become a server admin since the plan was shown' };
    // Who goes on with a job may be less than who began it.
    if (asker.role !== 'owner' && (await isProtected(target))) return { state: 'skipped', note: 'protected' };
    const stillIn = await deactivateAccount(users, account, input);
    if (stillIn === undefined || stillIn === 0) return { state: 'done' };
    return { state: 'failed', note: `deactivated, but still in ${counted(stillIn, 'room')}` };
  },
};
