import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { extras } from '../../../src/commands/own-way/extras/extras.ts';
import { withOwnWays } from '../../../src/commands/own-way/with-own-ways.ts';
import { readLine } from '../../../src/core/read-command.ts';
import type { ExtraName } from '../../../src/homeserver/extras.ts';
import { conduit } from '../../../src/homeserver/relay/conduit.ts';
import { continuwuity } from '../../../src/homeserver/relay/continuwuity.ts';
import type { Dialect } from '../../../src/homeserver/relay/dialect.ts';
import type { Order } from '../../../src/homeserver/relay/order.ts';
import { palpo } from '../../../src/homeserver/relay/palpo.ts';
import { tuwunel } from '../../../src/homeserver/relay/tuwunel.ts';
import { extraRows } from './extra-rows.ts';
import { outcomeOf, sentFor } from './read-order.ts';

const catalog = { prefix: '!admin', commands: withOwnWays(commands) };
const names = { prefix: '!admin', serverName: 'x.org' };
const panic = 'Panic occurred while processing command:\n```\nPanic("oh")\n```\nPlease submit a bug report.';

/** A command as typed; what stands below its first line is its block. */
function read(typed: string) {
  const [line = '', ...below] = typed.split('\n');
  const block = below.length === 0 ? undefined : ['```', ...below, '```'].join('\n');
  return readLine(line, block, names, catalog);
}

/** The order for a typed line. */
function orderFor(dialect: Dialect, typed: string): Order<string> {
  const { command, input } = read(typed);
  const make = dialect.extras[command.path as ExtraName] as ((input: unknown) => Order<string>) | undefined;
  if (make === undefined) throw new Error(`${dialect.name} has no ${command.path}`);
  return make(input);
}

describe.each(
  Object.values({ continuwuity, tuwunel, palpo, conduit }).map((make) => [make.name, make('x.org')] as const),
)('what %s has beside the others', (name, dialect) => {
  const rows = extraRows[name as keyof typeof extraRows];
  const failure = (words: string) =>
    name === 'conduit' ? words : `Command failed with error:\n\`\`\`\n${words}\n\`\`\``;

  test.each(rows.map((row) => [row.typed, row] as const))(
    '%s',
    async (_, { typed, sent, says, shows, refuses, not = [] }) => {
      const order = orderFor(dialect, typed);
      expect(await sentFor(dialect, order)).toBe(`!admin ${sent}`);
      const value = await outcomeOf(dialect, order, says);
      expect(value).toBeTypeOf('string');
      expect(value).not.toMatch(
        /^(rejected|unknown-outcome|unavailable|unsupported|never|usage|conflict|exists|forbidden|not-found): /,
      );
      if (!order.writes) expect(value).toContain(shows);
      if (refuses !== undefined)
        expect(await outcomeOf(dialect, order, failure(refuses))).toMatch(
          /^(rejected|forbidden|not-found|conflict|exists): /,
        );
      expect(await outcomeOf(dialect, order, panic)).toMatch(order.writes ? /^unknown-outcome: / : /^unavailable: /);
      for (const wrong of not)
        expect(await outcomeOf(dialect, order, wrong)).toMatch(/^(unknown-outcome|unavailable|rejected): /);
      if (order.writes) expect(await outcomeOf(dialect, order, 'What is this?')).toMatch(/^unknown-outcome: /);
    },
  );

  test('is all in the table', () => {
    const tried = new Set(rows.map(({ typed }) => read(typed).command.path));
    expect([...tried].sort()).toEqual(Object.keys(dialect.extras).sort());
  });
});

test('each extra is there in one dialect at least', () => {
  const there = new Set([continuwuity, tuwunel, palpo, conduit].flatMap((make) => Object.keys(make('x.org').extras)));
  expect(extras.map(({ path }) => path).sort()).toEqual([...there].sort());
});
