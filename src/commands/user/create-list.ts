import { z } from 'zod';
import { newUser, secret, text } from '../../core/fields.ts';
import { madePassword } from '../../core/made-password.ts';
import { Problem } from '../../core/problem.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { inParallel } from '../in-parallel.ts';

/** Passwords are handed out for this many accounts in one message. */
const batch = 50;
const lookingAtOnce = 4;

const account = z.object({
  username: newUser,
  password: secret.optional(),
  displayName: text.optional(),
});

export default command({
  path: 'user create-list',
  summary: 'Create many accounts from a pasted list.',
  cautions: [
    'Each line is `username`, `username,password` or `username,password,display name`; a header line is optional.',
    'Where a line has no password a strong one is made; they are sent to you in a direct message, 50 accounts in each.',
  ],
  input: z.object({ accounts: z.array(account).describe('One account a line.') }),
  body: { kind: 'csv', into: 'accounts', columns: ['username', 'password', 'displayName'], required: true },
  examples: [['Two accounts', '!admin user create-list\n```\nalice,,Alice Miller\nbob\n```']],
  danger: 'confirm',
  role: 'admin',
  needs: ['users'],
  makesSecret: ({ accounts }) => accounts.some(({ password }) => password === undefined),

  async plan({ accounts }, { users }) {
    const twice = accounts.filter(
      ({ username }, at) => accounts.findIndex((other) => other.username === username) < at,
    );
    if (twice.length > 0) {
      throw new Problem(
        'usage',
        say`The list names ${code(twice[0]?.username ?? '')} more than once; nothing was created.`,
      );
    }
    const existing = await inParallel(accounts, lookingAtOnce, ({ username }) => users.get(username));
    const fresh = accounts.filter((_, at) => !existing[at]);
    return {
      title: say`Create ${counted(fresh.length, 'account')}.`,
      targets: fresh.map(({ username, displayName, password }) => ({
        id: username,
        note: say`${displayName ?? ''}${password === undefined ? '' : displayName === undefined ? 'with the given password' : ', with the given password'}`,
      })),
      skipped: accounts
        .filter((_, at) => existing[at])
        .map(({ username }) => ({ id: username, why: say`exists already` })),
      cautions: [],
      frozen: { accounts: fresh.map(({ username, displayName }) => ({ username, displayName: displayName ?? null })) },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    const accounts = frozen?.accounts ?? [];
    return {
      job: {
        items: accounts.map(({ username, displayName }) => ({ target: username, data: { displayName } })),
        heading: say`Creating ${counted(accounts.length, 'account')}`,
      },
    };
  },

  job: {
    pace: 'hashing',
    async step({ target, data }, _input, { users }) {
      if (await users.get(target)) return { state: 'failed', note: 'exists already' };
      const { displayName } = z.object({ displayName: z.string().nullable() }).parse(data);
      await users.create({ userId: target, ...(displayName === null ? {} : { displayname: displayName }) });
      return { state: 'done' };
    },
    settle: async ({ target }, _input, { users }) => ((await users.get(target)) ? 'done' : 'not done'),
    handOut: {
      size: batch,
      async make({ target }, { accounts }, { users }) {
        const given = accounts.find(({ username }) => username === target)?.password;
        const password = given ?? madePassword();
        await users.setPassword(target, password, false);
        return given === undefined ? { label: say`${code(target)}`, value: password } : undefined;
      },
    },
  },
});
