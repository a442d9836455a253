import { z } from 'zod';
import { count } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { say, type Text } from '../../core/text.ts';
import { type AnyCommand, command } from '../define.ts';

/** Of Conduit's caches, what has been used longest ago goes up to this many. */
const all = 4_294_967_295;

const kinds = {
  all: { name: 'clear-caches', words: 'all its caches', flat: [] },
  database: { name: 'clear-database-caches', words: 'the caches of its database', flat: ['clear-database-caches'] },
  services: { name: 'clear-service-caches', words: 'the caches of its services', flat: ['clear-service-caches'] },
} as const;

function clears(which: keyof typeof kinds): AnyCommand {
  const { name, words, flat } = kinds[which];
  const title: Text = say`Empty ${words}.`;
  return command({
    path: `server ${name}`,
    flat,
    summary: `Empty ${words}; the homeserver is slower until they have filled again.`,
    input: () =>
      z.object({
        amount: count(0, all).default(all).describe('How many entries, where the homeserver asks for a number.'),
      }),
    positionals: ['amount'],
    examples: [['Empty them', `!admin server ${name}`]],
    danger: 'confirm',
    role: 'admin',
    needs: ['upkeep'],
    plan: async () => ({
      title,
      targets: [{ id: 'caches' }],
      cautions: [say`It is slower until they have filled again.`],
      frozen: null,
    }),
    async run({ amount }, { upkeep }) {
      await upkeep.clearCaches(which, amount);
      return reply.done(say`Emptied ${words}.`, { change: { after: { cleared: which } } });
    },
    again: 'safe',
  });
}

export const clearCaches = clears('all');
export const clearDatabaseCaches = clears('database');
export const clearServiceCaches = clears('services');
