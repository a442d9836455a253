import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { extras } from '../../../src/commands/own-way/extras/extras.ts';
import { withOwnWays } from '../../../src/commands/own-way/with-own-ways.ts';
import { fieldsOf } from '../../../src/core/fields.ts';
import { helpReply } from '../../../src/core/help.ts';
import { bodyOf } from '../../../src/core/markdown.ts';
import { readLine } from '../../../src/core/read-command.ts';
import { resolve } from '../../../src/core/resolve.ts';
import type { ExtraName } from '../../../src/homeserver/extras.ts';
import { conduit } from '../../../src/homeserver/relay/conduit.ts';
import { continuwuity } from '../../../src/homeserver/relay/continuwuity.ts';
import type { Dialect } from '../../../src/homeserver/relay/dialect.ts';
import { continuwuityDebug, continuwuityQuery } from '../../../src/homeserver/relay/extras/continuwuity-getters.ts';
import { tuwunelDebug, tuwunelQuery } from '../../../src/homeserver/relay/extras/tuwunel-getters.ts';
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

const getters = [
  ...Object.keys(continuwuityDebug).map((name) => `debug ${name}`),
  ...Object.keys(continuwuityQuery).map((name) => `query ${name}`),
];

describe.each([continuwuity, tuwunel, palpo, conduit].map((make) => [make.name, make('x.org')] as const))(
  'in place of what %s lacks',
  (_, dialect) => {
    test('nothing is named that it has, or that nobody has', () => {
      const names = Object.keys(dialect.instead).flatMap((name) => (/^extras\.(.*)$/.exec(name) ?? []).slice(1));
      const paths = extras.map(({ path }) => path);
      for (const name of names) {
        expect(paths).toContain(name);
        expect(Object.keys(dialect.extras)).not.toContain(name);
      }
    });

    test.each(
      Object.entries(dialect.instead).flatMap(([name, { parts }]) =>
        parts.flatMap((part) => (part.kind === 'command' ? [[part.text, name] as const] : [])),
      ),
    )('%j, for %s, is a command', (line) => {
      expect(resolve(line.split(' '), catalog).kind).toBe('command');
      if (dialect.name === 'continuwuity' && /^(debug|query) /.test(line))
        expect([...extras.map(({ path }) => path), ...getters]).toContain(line.replace(/ ?…$/, ''));
    });
  },
);

test.each(
  extras.flatMap((command) =>
    [...fieldsOf(command.input).values()].flatMap(({ name, kind, list }) =>
      kind === 'localUser' && (command.danger === 'confirm' || command.danger === 'typed')
        ? [[command.path, name, list, command] as const]
        : [],
    ),
  ),
)('%s takes something from %s, and so not from an admin', (_, name, list, command) => {
  const user = '@alice:x.org';
  expect(command.takesFrom?.({ [name]: list ? [user] : user })).toEqual([user]);
});

test.each(['debug', 'query'])('help has the flags of %s, and the commands beside it', (noun) => {
  const text = bodyOf(helpReply(catalog, [noun]).blocks);
  const beside = extras.filter(({ path }) => path.startsWith(`${noun} `));
  expect(beside.length).toBeGreaterThan(2);
  for (const { path, summary } of beside) expect(text).toContain(`${path}\`: ${summary}`);
  expect(text).toContain(noun === 'debug' ? '--no-cache' : '--overrides');
  expect(text).toContain(`!admin ${noun} `);
});

test('help says what each noun is about', () => {
  const text = bodyOf(helpReply(catalog, []).blocks);
  const named = extras.flatMap(({ path }) => (path.includes(' ') ? [path.split(' ')[0] ?? ''] : []));
  for (const noun of named) expect(text).toMatch(new RegExp(`\`${noun}\`: \\w`));
});

test.each(['server sign-json', 'server hash-and-sign-event', 'user force-promote', 'server regenerate-config'])(
  '%s, which gives power, is for owners and is recorded',
  (path) => {
    const command = extras.find((one) => one.path === path);
    expect(command?.role).toBe('owner');
    expect(command?.danger !== 'read' || command.audited === true).toBe(true);
  },
);

test('each extra is there in one dialect at least', () => {
  const there = new Set([continuwuity, tuwunel, palpo, conduit].flatMap((make) => Object.keys(make('x.org').extras)));
  expect(extras.map(({ path }) => path).sort()).toEqual([...there].sort());
});

test.each(extras.flatMap(({ path, examples }) => examples.map(([, line]) => [line, path] as const)))(
  'the example %j is one of %s',
  (line, path) => {
    expect(read(line.replace(/^!admin /, '').replaceAll('\n```', '')).command.path).toBe(path);
  },
);

describe('what tuwunel and Conduit may be asked by name', () => {
  const ask = (typed: string) => orderFor(tuwunel('x.org'), typed);

  test.each([
    ...Object.entries(tuwunelDebug).map(([name, getter]) => [`debug ${name}`, getter] as const),
    ...Object.entries(tuwunelQuery).map(([name, getter]) => [`query ${name}`, getter] as const),
  ])('%s takes what it takes in tuwunel, and no more', async (name, { takes: [least, most], lines }) => {
    const block = lines === true ? '\n{}' : '';
    const words = (count: number) => Array.from({ length: count }, (_, at) => ` w${at}`).join('');
    for (const count of [least, most]) {
      const order = ask(`${name}${words(count)}${block}`);
      expect(order.writes).toBe(false);
      expect((await sentFor(tuwunel('x.org'), order)).split('\n')[0]).toBe(`!admin ${name}${words(count)}`);
    }
    expect(() => ask(`${name}${words(most + 1)}${block}`)).toThrow('more words');
  });

  test.each([
    'debug echo !admin users deactivate alice',
    'debug create-jwt alice',
    'debug get-retained-pdu $event',
    'query users password-hash @alice:x.org',
    'query users auth-ldap dn password',
    'query users get-all-backups @alice:x.org 1',
    'query users get-to-device-events @alice:x.org ABC',
    'query account-data account-data-get @alice:x.org m.direct',
    'query appservice all',
    'query pusher get-pushers @alice:x.org',
    'query sending active-requests',
    'query storage configs',
    'query oauth show-provider id',
    'query oauth token-info session',
    'query peer-status record-failure y.org',
    'query raw get token_userdeviceid abc',
    'query raw clear userid_password',
  ])('%j is none of it', (typed) => {
    expect(() => ask(typed)).toThrow('that I know');
  });

  test.each([
    'debug echo x',
    'debug show-media mxc://x.org/a',
    'debug show-config',
    'debug reset-password alice',
    'debug constructor',
  ])('%j is none of Conduit', (typed) => {
    expect(() => orderFor(conduit('x.org'), typed)).toThrow('that I know');
  });

  test.each([
    ['user set-profile-key alice displayname "two  spaces"', 'is empty'],
    ['user set-profile-key alice displayname -- --clear', 'is read as a flag'],
    ['user set-profile-key alice displayname "one\u2028two"', 'line break'],
    ['server checkpoint-database --path "/a b"', 'holds a space'],
    ['server checkpoint-database --map=-x', 'is read as a flag'],
    ['server regenerate-config "/etc/a b"', 'holds a space'],
    ["room list-purge-user '--regex'", 'is read as a flag'],
    ["room list-purge-user 'a b' --regex", 'holds a space'],
    ['media preview "https://example.org/ --no-cache"', 'holds a space'],
  ])('%j is not sent to tuwunel', async (typed, why) => {
    await expect((async () => sentFor(tuwunel('x.org'), ask(typed)))()).rejects.toThrow(why);
  });

  test.each([
    ['media block-media --reason "-a"\nmxc://x.org/a', 'is read as a flag'],
    ['media block-media --reason "one\u2028two"\nmxc://x.org/a', 'line break'],
    ['server hash-and-sign-event "--help"\n{}', 'is read as a flag'],
  ])('%j is not sent to Conduit', async (typed, why) => {
    await expect((async () => sentFor(conduit('x.org'), orderFor(conduit('x.org'), typed)))()).rejects.toThrow(why);
  });

  test('a block is not ended from within', async () => {
    const dialect = conduit('x.org');
    const order = dialect.extras['server sign-json']?.({
      json: '{\n```\n@conduit:x.org: deactivate-user @alice:x.org',
    });
    await expect((async () => order && sentFor(dialect, order))()).rejects.toThrow('three backticks');
  });

  test.each([
    ['user set-profile-key alice displayname', 'Either a value or --clear'],
    ['user set-profile-key alice displayname Alice --clear', 'Either a value or --clear'],
    ['user set-profile-key alice "dis play" Alice', 'A key has letters'],
    ['user set-profile-key alice m.tz x --propagate-to some', 'all'],
    ['user redact-recent alice #lobby 0', 'at least 1'],
    ['server delete-backups', 'keep'],
    ['media block-media', 'block'],
  ])('%j is refused', (typed, why) => {
    expect(() => read(typed)).toThrow(why);
  });
});

describe('what continuwuity may be asked by name', () => {
  const ask = (typed: string) => orderFor(continuwuity('x.org'), typed);

  test.each([
    ...Object.entries(continuwuityDebug).map(([name, getter]) => [`debug ${name}`, getter] as const),
    ...Object.entries(continuwuityQuery).map(([name, getter]) => [`query ${name}`, getter] as const),
  ])('%s takes what it takes there, and no more', async (name, { takes: [least, most], lines }) => {
    const block = lines === true ? '\n{}' : '';
    const words = (count: number) => Array.from({ length: count }, (_, at) => ` w${at}`).join('');
    for (const count of [least, most]) {
      const order = ask(`${name}${words(count)}${block}`);
      expect(order.writes).toBe(false);
      expect(await sentFor(continuwuity('x.org'), order)).toBe(
        `!admin ${name}${words(count)}${lines === true ? '\n```\n{}\n```' : ''}`,
      );
    }
    expect(() => ask(`${name}${words(most + 1)}${block}`)).toThrow('more words');
    if (least > 0) expect(() => ask(`${name}${words(least - 1)}${block}`)).toThrow('more words');
  });

  test.each([
    'debug echo !admin users deactivate alice',
    'debug sign-json\n{}',
    'debug tester panic',
    'debug force-set-room-state-from-server !a:y.org y.org',
    'query account-data account-data-get @alice:x.org m.secret_storage.key.abc',
    'query appservice get-registration bridge',
    'query appservice all',
    'query pusher get-pushers @alice:x.org',
    'query pusher delete-pusher @alice:x.org key',
    'query raw raw-get token_userdeviceid abc',
    'query raw raw-keys token_userdeviceid',
    'query raw raw-iter userid_password',
    'query raw raw-del a b',
    'query sending active-requests',
    'query users get-all-backups @alice:x.org 1',
    'query users get-to-device-events @alice:x.org ABC',
    'query constructor',
  ])('%j is none of it', (typed) => {
    expect(() => ask(typed)).toThrow('that I know');
  });

  test.each([
    ['debug', 'takes the name'],
    ['debug time --no-cache', 'takes no'],
    ['debug servers-in-backoff --name y.org --room !a:y.org', 'exclude each other'],
    ['debug time\n{}', 'takes no block'],
    ['debug verify-json', 'takes a block'],
  ])('%j is refused', (typed, why) => {
    expect(() => ask(typed)).toThrow(why);
  });

  test.each(['query room-alias all-local-aliases', 'debug get-pdu $abc'])(
    '%j is not answered by a homeserver that does not know it',
    async (typed) => {
      const order = ask(typed);
      const usage = "error: unrecognized subcommand 'x'\n\nUsage: admin debug <COMMAND>";
      expect(await outcomeOf(continuwuity('x.org'), order, usage)).toMatch(/^unsupported: /);
      expect(await outcomeOf(continuwuity('x.org'), order, '')).toMatch(/^unavailable: /);
    },
  );

  test('a backup that failed is refused in its own words, not left unknown', async () => {
    const failed = 'Failed: IO error: No space left on device. Currently have 2 backups.';
    const said = await outcomeOf(continuwuity('x.org'), ask('server backup-database'), failed);
    expect(said).toMatch(/^rejected: .*No space left on device/);
  });

  test.each([
    ["debug get-pdu '-h'", 'is read as a flag'],
    ["debug get-pdu 'a b'", 'holds a space'],
    ["query users list-devices 'a\u2028b'", 'line break'],
    ["user force-leave-remote-room alice !a:y.org ''", 'server'],
    ["oidc link alice '--help'", 'is read as a flag'],
    ["oidc link alice 'a b'", 'holds a space'],
    ["media delete-url-preview '-a'", 'is read as a flag'],
  ])('%j is not sent', async (typed, why) => {
    await expect((async () => sentFor(continuwuity('x.org'), ask(typed)))()).rejects.toThrow(why);
  });
});
