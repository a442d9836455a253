import { z } from 'zod';
import { localUser, text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { clipped } from '../../core/shown.ts';
import { code, joined, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { localAccount } from './local-account.ts';

export default command({
  path: 'user experimental-features',
  summary: 'Which experimental features are on for one account, and to change that.',
  input: () =>
    z.object({
      user: localUser.describe('Which account.'),
      enable: z.array(text).default([]).describe('Turn this one on; may be given again.'),
      disable: z.array(text).default([]).describe('Turn this one off; may be given again.'),
    }),
  positionals: ['user'],
  examples: [
    ['Which are on?', '!admin user experimental-features alice'],
    ['Turn one on', '!admin user experimental-features alice --enable msc3881'],
  ],
  danger: 'write',
  role: 'admin',
  needs: ['users', 'accounts'],

  async run({ user, enable, disable }, { users, accounts }) {
    await localAccount(users, user);
    const before = await accounts.experimentalFeatures(user);
    const wanted = new Map([
      ...enable.map((name) => [name.toLowerCase(), true] as const),
      ...disable.map((name) => [name.toLowerCase(), false] as const),
    ]);
    for (const name of wanted.keys()) {
      if (!before.has(name))
        throw new Problem(
          'usage',
          say`The server knows no feature ${clipped(name)}; it knows ${joined([...before.keys()].map(code))}. Nothing was changed.`,
        );
    }
    if (wanted.size < enable.length + disable.length)
      throw new Problem('usage', say`A feature is named twice. Nothing was changed.`);
    if (wanted.size > 0) await accounts.setExperimentalFeatures(user, wanted);
    const after = wanted.size > 0 ? await accounts.experimentalFeatures(user) : before;
    const shown = reply.fields(
      [...after].map(([name, on]) => [name, on ? '✅ on' : '❌ off'] as const),
      Object.fromEntries(after),
    );
    return wanted.size === 0
      ? shown
      : { ...shown, change: { before: Object.fromEntries(before), after: Object.fromEntries(after) } };
  },
  again: 'safe',
});
