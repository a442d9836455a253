import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { counted, joined, say, type Text } from '../../core/text.ts';
import type { UserDetails, Users } from '../../homeserver/users.ts';
import { type AnyCommand, command } from '../define.ts';
import { inParallel } from '../in-parallel.ts';
import { accountMarks } from './account-marks.ts';

/** A state that every account of a list is put into, such as being locked. */
export interface AccountSwitchList {
  /** "lock-list" */
  readonly name: string;
  readonly summary: string;
  readonly cautions: readonly string[];
  readonly example: string;
  readonly state: 'locked' | 'suspended';
  /** "Lock", "Locking" */
  readonly words: readonly [order: string, doing: string];
  readonly instead: Text;
  set(users: Users, userId: string): Promise<void>;
}

/** How many accounts are looked at together while the plan is made. */
const lookingAtOnce = 4;

const frozenShape = once(() => z.object({ admin: z.boolean() }));

/** The command that puts every account of a pasted list into a state, as one job. */
export function accountSwitchList(one: AccountSwitchList): AnyCommand {
  const { name, summary, cautions, example, state, words } = one;
  const [order, doing] = words;

  const whyNot = (account: UserDetails): Text | undefined => {
    if (account.deactivated) return say`is deactivated`;
    return account[state] ? say`${state} already` : undefined;
  };

  return command({
    path: `user ${name}`,
    summary,
    cautions: [...cautions, 'The bot is always left out, and below owner so are admins and listed users.'],
    input: () => z.object({ users: z.array(localUser).describe('One user a line.') }),
    body: { kind: 'list', into: 'users', required: true },
    examples: [[example, `!admin user ${name} --dry-run\n\`\`\`\nbob\n@carol:example.org\n\`\`\``]],
    danger: 'confirm',
    role: 'moderator',
    needs: ['users', 'adminRoom', 'isProtected'],

    async plan({ users: userIds }, { users, adminRoom, isProtected }, asker) {
      const targets: { id: string; note?: Text }[] = [];
      const skipped: { id: string; why: Text }[] = [];
      const admins: string[] = [];
      const looked = await inParallel(userIds, lookingAtOnce, (userId) => users.get(userId));
      for (const [at, id] of userIds.entries()) {
        const account = looked[at];
        const why = account === undefined ? say`no such account` : whyNot(account);
        if (id === adminRoom.botId) skipped.push({ id, why: say`is me` });
        else if (account === undefined || why !== undefined) skipped.push({ id, why: why ?? say`no such account` });
        else if (asker.role !== 'owner' && (await isProtected(id)))
          skipped.push({ id, why: say`an admin or listed user; only an owner may` });
        else {
          const marks = accountMarks(account, asker);
          if (account.admin) admins.push(id);
          targets.push({ id, ...(marks.length > 0 ? { note: joined(marks) } : {}) });
        }
      }
      return {
        title: say`${order} ${counted(targets.length, 'account')}.`,
        targets,
        skipped,
        cautions: cautions.map((caution) => say`${caution}`),
        instead: one.instead,
        frozen: { users: targets.map(({ id }) => id), admins },
      };
    },

    async run(_input, _caps, _asker, frozen) {
      const userIds = frozen?.users ?? [];
      const admins = new Set(frozen?.admins ?? []);
      return {
        job: {
          items: userIds.map((target) => ({ target, data: { admin: admins.has(target) } })),
          heading: say`${doing} ${counted(userIds.length, 'account')}`,
        },
      };
    },

    job: {
      pace: 'other',
      async step({ target, data }, _input, { users, adminRoom, isProtected }, asker) {
        if (target === adminRoom.botId) return { state: 'skipped', note: 'is me' };
        const account = await users.get(target);
        if (account === undefined) return { state: 'skipped', note: 'gone since the plan was shown' };
        if (account.admin && !frozenShape().parse(data).admin)
          return { state: 'skipped', note: 'has become a server admin since the plan was shown' };
        if (asker.role !== 'owner' && (await isProtected(target)))
          return { state: 'skipped', note: 'an admin or listed user; only an owner may' };
        if (account.deactivated) return { state: 'skipped', note: 'deactivated since the plan was shown' };
        if (account[state]) return { state: 'done', note: `was ${state} already` };
        await one.set(users, target);
        return { state: 'done', change: { before: { [state]: false }, after: { [state]: true } } };
      },
      async settle({ target }, _input, { users }) {
        return (await users.get(target))?.[state] === true ? 'done' : 'not done';
      },
    },
  });
}
