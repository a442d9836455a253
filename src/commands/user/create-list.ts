import { z } from 'zod';
import { displayName, newUser, secret } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { code, counted, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { inParallel } from '../in-parallel.ts';
import { createdSince } from './created-since.ts';

/** Passwords are handed out for this many accounts in one message. */
const batch = 50;
const lookingAtOnce = 4;

const account = once(() =>
  z.object({
    username: newUser,
    password: secret.optional(),
    displayName: displayName.optional(),
  }),
);

/** What an item holds beside its name. */
const listed = once(() => z.object({ displayName: z.string().nullable() }));

const makesSome = (accounts: readonly z.output<ReturnType<typeof account>>[]) =>
  accounts.some(({ password }) => password === undefined);

export default command({
  path: 'user create-list',
  summary: 'Create many accounts from a pasted list.',
  cautions: [
    'Each line is `username`, `username,password` or `username,password,display name`; a header line is optional.',
    'Where a line has no password a strong one is made; they are sent to you in a direct message, 50 accounts in each.',
  ],
  input: () => z.object({ accounts: z.array(account()).describe('One account a line.') }),
  body: { kind: 'csv', into: 'accounts', columns: ['username', 'password', 'displayName'], required: true },
  examples: [['Two accounts', '!admin user create-list\n```\nalice,,Alice Miller\nbob\n```']],
  danger: 'confirm',
  role: 'admin',
  needs: ['users'],
  makesSecret: ({ accounts }) => makesSome(accounts),

  async plan({ accounts }, { users }) {
    const faults = await inParallel(accounts, lookingAtOnce, async ({ username }) =>
      (await users.get(username)) ? say`exists already` : users.nameFault(username),
    );
    const fresh = accounts.filter((_, at) => faults[at] === undefined);
    return {
      title: say`Create ${counted(fresh.length, 'account')}.`,
      targets: fresh.map(({ username, displayName, password }) => {
        const given = password === undefined ? [] : ['with the given password'];
        const notes = [...(displayName === undefined ? [] : [displayName]), ...given];
        return { id: username, ...(notes.length === 0 ? {} : { note: say`${notes.join(', ')}` }) };
      }),
      skipped: accounts.flatMap(({ username }, at) => {
        const why = faults[at];
        return why === undefined ? [] : [{ id: username, why }];
      }),
      cautions: makesSome(fresh) ? [say`The passwords that are made come to you in direct messages.`] : [],
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
      if (await users.get(target)) return { state: 'skipped', note: 'made by someone else since the plan was shown' };
      const { displayName } = listed().parse(data);
      await users.create({ userId: target, ...(displayName === null ? {} : { displayname: displayName }) });
      return { state: 'done' };
    },
    settle: async ({ target }, _input, { users }, since) => createdSince(await users.get(target), since),
    line({ target, data }) {
      const { displayName } = listed().parse(data);
      return displayName === null ? target : `${target},,"${displayName.replaceAll('"', '""')}"`;
    },
    handOut: {
      size: batch,
      what: 'password',
      async make({ target }, { accounts }, { users }) {
        const given = accounts.find(({ username }) => username === target)?.password;
        const set = await users.setPassword(target, given, false);
        return given === undefined ? { label: say`${code(target)}`, value: set.password } : undefined;
      },
    },
  },
});
