import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { helpReply } from '../../src/core/help.ts';
import { bodyOf } from '../../src/core/markdown.ts';
import type { Block } from '../../src/core/reply.ts';
import { namesOf } from '../../src/core/resolve.ts';

const catalog = { prefix: '!admin', commands };
const blocksOf = (...topic: readonly string[]): readonly Block[] => helpReply(catalog, topic).blocks;
const nouns = [...new Set(commands.map(({ path }) => path.split(' ')[0] ?? ''))].filter((noun) =>
  commands.some(({ path }) => path.startsWith(`${noun} `)),
);

/** A phone shows some forty signs of code in a line, and scrolls sideways for the rest. */
const longestUsageLine = 75;

test.each([[], ...nouns.map((noun) => [noun]), ...commands.map(({ path }) => path.split(' '))])(
  'help %s %s %s has no table, which a phone cannot show, and no long usage line',
  (...words) => {
    const topic = words.filter((word) => word !== undefined);
    const blocks = blocksOf(...topic);
    expect(bodyOf(blocks)).not.toMatch(/^\|/m);
    expect(blocks.filter(({ kind }) => kind === 'listing' || kind === 'fields')).toEqual([]);
    const [usage] = blocks.flatMap((block) => (block.kind === 'code' ? [block.text] : []));
    const long = (usage ?? '').split('\n').filter((line) => line.length > longestUsageLine);
    expect(long).toEqual([]);
  },
);

test.each(commands.map(({ path }) => [path]))('each example of %s can be copied by itself', (path) => {
  const [, ...examples] = blocksOf(...path.split(' ')).flatMap((block) => (block.kind === 'code' ? [block.text] : []));
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    const [line = '', ...below] = example.split('\n');
    expect(line).toMatch(/^!admin \S/);
    // One command, with its block at most.
    expect(below.filter((one) => one.startsWith('!admin'))).toEqual([]);
  }
});

test.each(commands.map((command) => [command.path, command] as const))(
  '--search finds %s by each of its names',
  (_, command) => {
    for (const name of namesOf(command)) {
      const found = helpReply(catalog, [], name.toUpperCase()).data as readonly { path: string }[];
      expect(found.map(({ path }) => path)).toContain(command.path);
    }
  },
);

test.each<[string, ...RegExp[]]>([
  ['user deactivate', /ends all sessions.*resets the password.*third-party ids.*mail.*leaves all rooms/i],
  [
    'user deactivate',
    /reactivating brings none of that back/i,
    /suspending \(read-only\) and locking are the reversible/i,
  ],
  ['user deactivate', /were in the room when they were sent, and are hidden from those who join later/],
  [
    'user login',
    /no device; the user should not notice/,
    /`\/logout` with that token/,
    /`\/logout\/all`, not if the user/,
  ],
  ['user login', /`--expire-never` it has no end/],
  [
    'history purge',
    /may take minutes.*page back past that point/,
    /last message of a room stays, and so does its state/,
  ],
  ['history purge', /unless `--delete-local`.*no other copy/, /active, complete or failed/],
  ['media list', /only `media_id`, `user_id` and `created_ts` have an index: sorting.*large database/i],
  ['user media', /only `media_id`, `user_id` and `created_ts` have an index: sorting.*large database/i],
  ['media delete-local', /`--delete-profiles` also deletes avatars in use/],
  ['user modify', /log-in, account recovery and mail notifications/],
  ['room make-admin', /not publicly joinable, it invites/],
])('help %s warns of what its reader could not know', (path, ...warnings) => {
  const page = bodyOf(blocksOf(...path.split(' ')));
  for (const warning of warnings) expect(page).toMatch(warning);
});

test('--search finds what stands in a caution or a flag, and says where there is nothing', () => {
  const found = (word: string) =>
    (helpReply(catalog, [], word).data as readonly { path: string }[]).map(({ path }) => path);
  expect(found('gdpr')).toContain('user deactivate');
  expect(found('third-party ids')).toContain('user deactivate');
  expect(() => found('zzzzzz')).toThrow('No command speaks of');
});
