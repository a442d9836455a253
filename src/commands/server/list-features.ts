import { z } from 'zod';
import { atMostOneOf, flag } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import { code, counted, joined, say } from '../../core/text.ts';
import { command } from '../define.ts';

export default command({
  path: 'server list-features',
  summary: 'What the homeserver offers to clients: unstable features, room versions, specification versions.',
  input: () =>
    z
      .object({
        available: flag.describe('Only the names of all unstable features.'),
        enabled: flag.describe('Only the names of those that are on.'),
        comma: flag.describe('Names in one line, with commas between them.'),
      })
      .check(atMostOneOf('available', 'enabled')),
  short: { a: 'available', e: 'enabled', c: 'comma' },
  examples: [
    ['All of them', '!admin server list-features'],
    ['What is on, in one line', '!admin server list-features -e -c'],
  ],
  danger: 'read',
  role: 'viewer',
  needs: ['server', 'maintenance'],

  async run({ available, enabled, comma }, { server, maintenance }) {
    const [{ versions, unstable }, capabilities] = await Promise.all([server.features(), maintenance.capabilities()]);
    const all = [...unstable].sort(([one], [other]) => one.localeCompare(other));
    const on = all.filter(([, is]) => is);
    const data = { versions, unstable_features: Object.fromEntries(all), capabilities };
    if (available || enabled || comma) {
      const names = (enabled ? on : all).map(([name]) => name);
      return { outcome: 'done', data: names, blocks: [{ kind: 'code', text: names.join(comma ? ', ' : '\n') }] };
    }
    const rooms = capabilities['m.room_versions'] as
      | { readonly default?: string; readonly available?: Readonly<Record<string, string>> }
      | undefined;
    const roomVersions = Object.entries(rooms?.available ?? {}).map(([version, state]) =>
      state === 'stable' ? version : `${version} (${state})`,
    );
    return {
      ...reply.says(say`${counted(on.length, 'unstable feature')} of ${all.length} on.`, { data }),
      blocks: [
        {
          kind: 'paragraph',
          text: say`Specification: ${versions.at(-1) ?? 'unknown'} and ${versions.length - 1} before it. Room versions: ${roomVersions.join(', ')}; new rooms get ${rooms?.default ?? 'unknown'}.`,
        },
        { kind: 'paragraph', text: say`${on.length} of ${counted(all.length, 'unstable feature')} are on (✅):` },
        { kind: 'list', items: all.map(([name, is]) => joined([is ? say`✅` : say`❌`, code(name)], ' ')) },
      ],
    };
  },
});
