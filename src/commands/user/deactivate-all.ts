import { z } from 'zod';
import { flag, localUser } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { code, counted, say, type Text } from '../../core/text.ts';
import { command } from '../define.ts';
import { inParallel } from '../in-parallel.ts';
import { cautionsOf, deactivateAccount, deactivationCautions, deactivationHelp } from './deactivate-account.ts';

/** How many accounts are looked at together while the plan is made. */
const lookingAtOnce = 4;

export default command({
  path: 'user deactivate-all',
  flat: ['deactivate-all'],
  summary: 'Close every account of a pasted list for good, one after the other.',
  cautions: [...deactivationHelp, 'Admins are skipped unless --force is given; the bot always is.'],
  input: z.object({
    users: z.array(localUser).describe('One user a line.'),
    leaveRooms: flag.describe('Leave all rooms, as is done anyway; accepted for the sake of old habits.'),
    noLeaveRooms: flag.describe('Keep the rooms: the accounts are locked instead.'),
    force: flag.describe('Admins too.'),
    erase: flag.describe('Also hide their messages from those who join later (GDPR).'),
  }),
  body: { kind: 'list', into: 'users', required: true },
  short: { n: 'noLeaveRooms', f: 'force', l: 'leaveRooms', F: 'force' },
  examples: [['Close two accounts', '!admin user deactivate-all\n```\nbob\n@carol:example.org\n```']],
  danger: 'typed',
  role: 'admin',
  takesFrom: ({ force, users }) => (force ? users : []),
  needs: ['users', 'adminRoom', 'isProtected'],

  async plan(input, { users, adminRoom, isProtected }, asker) {
    if (input.noLeaveRooms && (input.leaveRooms || input.erase)) {
      throw new Problem(
        'usage',
        say`${code('--no-leave-rooms')} locks the accounts instead of deactivating them; it goes with neither ${code('--erase')} nor ${code('--leave-rooms')}.`,
      );
    }
    const targets: { id: string; note?: Text }[] = [];
    const skipped: { id: string; why: Text }[] = [];
    const looked = await inParallel(input.users, lookingAtOnce, (userId) => users.get(userId));
    for (const [at, userId] of input.users.entries()) {
      const account = looked[at];
      if (userId === adminRoom.botId) skipped.push({ id: userId, why: say`is me` });
      else if (!account) skipped.push({ id: userId, why: say`no such account` });
      else if (account.deactivated && !input.erase) skipped.push({ id: userId, why: say`deactivated already` });
      else if (account.admin && !input.force)
        skipped.push({ id: userId, why: say`server admin (${code('--force')} includes admins)` });
      else if (asker.role !== 'owner' && (await isProtected(userId))) skipped.push({ id: userId, why: say`protected` });
      else if (userId === asker.userId) targets.push({ id: userId, note: say`**yourself**` });
      else if (account.admin) targets.push({ id: userId, note: say`**server admin**` });
      else if (account.appserviceId !== null)
        targets.push({ id: userId, note: say`**belongs to the bridge ${account.appserviceId}**` });
      else targets.push({ id: userId });
    }
    const howMany = counted(targets.length, 'account');
    return {
      title: input.noLeaveRooms ? say`Lock ${howMany} and end all their sessions.` : say`Deactivate ${howMany}.`,
      targets,
      skipped,
      cautions: cautionsOf(input),
      instead: deactivationCautions.instead,
      words: [String(targets.length)],
      frozen: { users: targets.map(({ id }) => id) },
    };
  },

  async run({ noLeaveRooms }, _caps, _asker, frozen) {
    const userIds = frozen?.users ?? [];
    return {
      job: {
        items: userIds.map((target) => ({ target })),
        heading: say`${noLeaveRooms ? 'Locking' : 'Deactivating'} ${counted(userIds.length, 'account')}`,
      },
    };
  },

  job: {
    pace: 'deactivate',
    async step({ target }, input, { users }) {
      const account = await users.get(target);
      if (!account) return { state: 'skipped', note: 'gone since the plan was shown' };
      if (account.admin && !input.force)
        return { state: 'skipped', note: 'has become a server admin since the plan was shown' };
      const stillIn = await deactivateAccount(users, account, input);
      if (stillIn === 0) return { state: 'done' };
      return { state: 'failed', note: `deactivated, but still in ${counted(stillIn, 'room')}` };
    },
  },
});
