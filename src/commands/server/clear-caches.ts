import { z } from 'zod';
import { count } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { reply } from '../../core/reply.ts';
import { say } from '../../core/text.ts';
import type { HostMetrics } from '../../homeserver/host.ts';
import { command } from '../define.ts';

const entriesOf = ({ caches }: HostMetrics) => caches.reduce((sum, one) => sum + one.entries, 0);

export default command({
  path: 'server clear-caches',
  flat: ['clear-database-caches', 'clear-service-caches'],
  summary: 'Empty the caches of the homeserver, wholly or in part.',
  cautions: [
    'The factors of `caches` are lowered in `host.dropIn`, the homeserver reads its files again, and they are put back.',
    'The homeserver is slower until they have filled again. Its memory does not shrink by it, as measured.',
    'On Synapse there is one kind of caches: both names of other servers do the same here.',
  ],
  input: () => z.object({ amount: count(1, 100).default(100).describe('Per cent to drop.') }),
  positionals: ['amount'],
  examples: [['Half of them', '!admin server clear-caches 50 --dry-run']],
  danger: 'confirm',
  role: 'admin',
  needs: ['host'],

  async plan({ amount }, { host }) {
    await host.mayChange(['caches']);
    return {
      title: amount === 100 ? say`Empty the homeserver’s caches.` : say`Drop ${amount} % of the homeserver’s caches.`,
      targets: [{ id: 'caches' }],
      cautions: [say`It is slower until they have filled again.`, say`Its memory does not shrink by it.`],
      frozen: null,
    };
  },

  async run({ amount }, { host }, asker) {
    const { before, after, effective } = await host.clearCaches(amount, asker.source);
    if (effective === false) {
      throw new Problem(
        'conflict',
        say`The homeserver did not take it over: it rereads only files that were there when it started.`,
        say`Restart it once, and try again.`,
      );
    }
    if (before === undefined || after === undefined) {
      return reply.done(
        say`The caches were lowered and raised again. How much was in them nobody can tell without ${'host.metricsUrl'}.`,
      );
    }
    const [had, has] = [entriesOf(before), entriesOf(after)];
    return reply.done(say`The caches had ${had.toLocaleString('en')} entries, and then ${has.toLocaleString('en')}.`, {
      change: { before: { entries: had }, after: { entries: has } },
    });
  },
  again: 'safe',
});
