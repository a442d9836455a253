import { describe, expect, it } from 'vitest';
import { Unread } from '../../src/core/read-command.ts';
import { resolve } from '../../src/core/resolve.ts';
import { secretsIn, withoutSecrets, withSecrets } from '../../src/core/secret-fields.ts';
import { catalog, line, typed } from './sample-catalog.ts';
import { thrown } from './thrown.ts';

const input = (text: string) => line(text).input;
const words = (text: string, body?: string) => thrown(() => line(text, body)).words;

describe('a command’s name', () => {
  it.each([
    ['user create-user alice', 'user create-user'],
    ['USER Create_User alice', 'user create-user'],
    ['users create alice', 'user create-user'],
    ['create-user alice', 'user create-user'],
    ['room moderation ban-room #x', 'room moderation ban-room'],
    ['rooms ban_room #x', 'room moderation ban-room'],
    ['deactivate-user alice', 'user deactivate'],
    ['-o json user deactivate alice', 'user deactivate'],
    ['--dry-run user deactivate alice', 'user deactivate'],
  ])('is found in %j', (text, path) => {
    expect(line(text).command.path).toBe(path);
  });

  it.each([
    ['', []],
    ['help', []],
    ['--help', []],
    ['help user', ['user']],
    ['user', ['user']],
    ['users', ['user']],
    ['user help', ['user']],
    ['user --help', ['user']],
    ['room moderation', ['room', 'moderation']],
    ['help user create-user', ['user', 'create-user']],
    ['user create --help', ['user', 'create-user']],
    ['user create-user -h --nonsense=5', ['user', 'create-user']],
    ['user deactivate help', ['user', 'deactivate']],
    ['server admin-notice --help', ['server', 'admin-notice']],
    ['server admin-notice help', ['server', 'admin-notice']],
  ])('%j asks for help on %j', (text, topic) => {
    const read = line(text);
    expect([read.command.path, read.input.topic]).toEqual(['help', topic]);
  });

  it('is the longest that fits', () => {
    const [help] = catalog.commands;
    if (!help) throw new Error('no command');
    const commands = [
      { ...help, path: 'raw' },
      { ...help, path: 'raw again now' },
      { ...help, path: 'raw again' },
    ];
    expect(resolve(['raw', 'again', 'now', 'x'], { prefix: '!admin', commands })).toMatchObject({ used: 3 });
  });

  it('is help with a search', () => {
    expect(line('help --search room').input).toEqual({ topic: [], search: 'room' });
  });

  it('a user called help is quoted', () => {
    expect(input('user deactivate "help"')).toMatchObject({ user: '@help:example.org' });
  });

  it.each([
    ['user deactviate alice', 'user deactivate'],
    ['user create-uesr alice', 'user create-user'],
    ['usr list', 'user list'],
    ['user ban-room #x', 'room ban-room'],
    ['hlep', 'help'],
    ['user deacti alice', 'user deactivate'],
  ])('mistyped as %j is answered with the nearest', (text, near) => {
    const { problem, words } = thrown(() => line(text));
    expect(problem.code).toBe('unknown-command');
    expect(words).toContain(`!admin ${near}`);
  });

  it('unknown altogether points to help', () => {
    expect(words('frobnicate everything')).toBe('There is no command frobnicate. !admin help lists what there is.');
  });
});

describe('arguments and flags', () => {
  it.each([
    ['user deactivate alice --no-leave-rooms', { noLeaveRooms: true }],
    ['user deactivate --no-leave-rooms alice', { noLeaveRooms: true }],
    ['user deactivate -n alice', { noLeaveRooms: true, erase: false }],
    ['user deactivate alice -ne', { noLeaveRooms: true, erase: true }],
    ['user deactivate alice —erase', { erase: true }],
    ['user deactivate alice –gdpr-erase', { erase: true }],
    ['user deactivate alice --GDPR_Erase', { erase: true }],
    ['user list -l 10', { limit: 10 }],
    ['user list -l10', { limit: 10 }],
    ['user list -l=10', { limit: 10 }],
    ['user list --limit=10 --sort CREATION_TS', { limit: 10, sort: 'creation_ts' }],
    ['user list', { limit: 100, all: false, reverse: false }],
    ['user list 1e5', { term: '1e5' }],
    ['user list --name 1e5', { name: '1e5' }],
    ['user list --name 0x10', { name: '0x10' }],
    ['user list --name true', { name: 'true' }],
    ['user list --name -5', { name: '-5' }],
    ['user list --name ""', { name: '' }],
    ['user list --name=', { name: '' }],
    ['user list --name=a=b', { name: 'a=b' }],
    ['user list "--name"', { term: '--name' }],
    ['user list -- --name', { term: '--name' }],
    ['user list -- —name', { term: '—name' }],
    ['user list --name "\'x\'"', { name: "'x'" }],
    ['user list --inactive 1d12h', { inactive: 129_600_000 }],
    ['user create-user alice --email a@x.org --email=b@x.org', { email: ['a@x.org', 'b@x.org'] }],
    ['user create-user alice --email a@x.org pw', { email: ['a@x.org'], password: 'pw' }],
    ['user create-user alice --display-name “Alice B”', { displayName: 'Alice B' }],
    ['user reset-password alice -p SECRET', { password: 'SECRET' }],
    ['user reset-password alice -pSECRET', { password: 'SECRET' }],
    ['user reset-password alice -np SECRET', { password: 'SECRET', noLogout: true }],
    ['user reset-password alice -p 1e5', { password: '1e5' }],
    ['user reset-password alice --password=“x”', { password: '“x”' }],
    ['user reset-password alice “x y”', { password: '“x y”' }],
    ['user reset-password alice "-x"', { password: '-x' }],
    [
      'user modify alice -t email a@x.org --threepid msisdn 123',
      {
        threepid: [
          ['email', 'a@x.org'],
          ['msisdn', '123'],
        ],
      },
    ],
    ['room list-rooms 2', { page: 2 }],
    ['room list-rooms --page 2', { page: 2 }],
    ['token issue-many', { count: 1 }],
  ])('of %j are read', (text, expected) => {
    expect(input(text)).toMatchObject(expected);
  });

  it.each([
    ['user deactivate', 'needs <user>'],
    ['user deactivate alice bob', 'bob'],
    ['user deactivate alice --no-leave-room', '--no-leave-rooms'],
    ['user deactivate alice --a.b 1', '--a.b'],
    ['user deactivate alice --__proto__ 1', '--__proto__'],
    ['user deactivate alice --constructor', '--constructor'],
    ['user deactivate alice -x', '-x'],
    ['user deactivate alice -nx', '-x'],
    ['user deactivate alice -n -n', '-n is given more than once'],
    ['user deactivate alice -e --gdpr-erase', '--gdpr-erase is given more than once'],
    ['user deactivate alice --erase=yes', '--erase takes no value'],
    ['user list --limit 1 --limit 2', '--limit is given more than once'],
    ['user list --limit', '--limit needs a value'],
    ['user list --limit --all', '--limit needs a value'],
    ['user list --limit ten', 'ten'],
    ['user list --limit 0', '--limit must be at least 1'],
    ['user list --limit -5', '--limit must be at least 1'],
    ['user list --limit 1e2', '1e2'],
    ['user list --sort nothing', 'name, creation_ts'],
    ['user list --dry-run', '--dry-run'],
    ['user list --yes-i-want-to-do-this', '--yes-i-want-to-do-this'],
    ['user list --skip-invalid', '--skip-invalid'],
    ['user list -o xml', 'human, json, csv'],
    ['user modify alice -t email', '-t needs 2 values'],
    ['room list-rooms 2 --page 2', 'page is given twice'],
    ['token issue-many 100', 'at most 99'],
    ['user deactivate @bob:other.org', 'another server'],
    ['user create-user alice --admin --no-admin', '--admin, --no-admin exclude each other'],
    ['user create-user Alice', 'capital letters'],
    ['user create-user alice --nonsense', '--nonsense'],
  ])('of %j are refused by name', (text, named) => {
    const { problem, words } = thrown(() => line(text));
    expect(problem.code).toBe('usage');
    expect(words).toContain(named);
  });

  it('are refused with the usage line', () => {
    expect(words('user deactivate')).toContain('!admin user deactivate <user> [--no-leave-rooms] [--erase]');
  });

  it('say where a quote is not closed', () => {
    expect(words('user deactivate "alice')).toMatch(/character 17 .*after user deactivate/);
  });

  it('take the output by any beginning of its name', () => {
    for (const [text, output] of [
      ['j', 'json'],
      ['hu', 'human'],
      ['CSV', 'csv'],
    ] as const)
      expect(line(`user list -o ${text}`).options.output).toBe(output);
    expect(line('user list').options.output).toBeUndefined();
  });

  it('tell a plan’s flags', () => {
    expect(line('user deactivate alice --dry-run').options).toMatchObject({ dryRun: true, yes: false });
    expect(line('user deactivate alice —yes-i-want-to-do-this').options).toMatchObject({ yes: true });
    expect(line('user create-user alice --dry-run').options).toMatchObject({ dryRun: true });
  });

  it('are checked for characters that cannot be seen', () => {
    expect(words('user deactivate al\u200eice')).toMatch(/U\+200E/);
    expect(words('user deactivate al\u0000ice')).toMatch(/U\+0000/);
  });
});

describe('the rest of a line', () => {
  it.each([
    ['server admin-notice It\'s down at 5"', 'It\'s down at 5"'],
    ['server admin-notice "All  of it"', 'All  of it'],
    ['server admin-notice  two  spaces ', 'two  spaces'],
    ['server admin-notice — a dash', '— a dash'],
    ['server admin-notice —yes we can', '—yes we can'],
    ['server admin-notice -- --help is a flag', '--help is a flag'],
    ['server admin-notice read --help first', 'read --help first'],
    ['server admin-notice -o json hello', 'hello'],
    ['server admin-notice -5 degrees', '-5 degrees'],
    ["server admin-notice 'tis late", "'tis late"],
  ])('of %j is taken as typed', (text, rest) => {
    expect(input(text)).toEqual({ text: rest });
  });

  it('begins after the arguments', () => {
    expect(input('notice send alice your "quota" isn\'t full')).toEqual({
      user: '@alice:example.org',
      text: 'your "quota" isn\'t full',
    });
    expect(input('notice send --dry-run alice hello')).toMatchObject({ text: 'hello' });
  });

  it('may be a block instead, but not both', () => {
    expect(line('notice send alice', '```\none\n\ntwo\n```').input).toMatchObject({ text: 'one\n\ntwo' });
    expect(words('notice send alice hello', '```\none\n```')).toMatch(/on the line and in the block/);
    expect(words('notice send alice')).toContain('needs <text>');
  });

  it('does not begin with a flag that there is not', () => {
    expect(words('server admin-notice --hepl')).toContain('--hepl');
  });
});

describe('secrets', () => {
  it('are named when they were typed', () => {
    expect(line('user reset-password alice pw').secretFields).toEqual(['password']);
    expect(line('user reset-password alice').secretFields).toEqual([]);
    expect(line('user create-list', '```\nbob,pw\n```').secretFields).toEqual(['accounts']);
    expect(line('user create-list', '```\nbob\n```').secretFields).toEqual([]);
  });

  it('are left out of what is stored, and put back from the message read again', () => {
    const read = line('user create-list', '```\nbob,pw,Bob\ncarol\n```');
    const stored = withoutSecrets(read.command, read.input);
    expect(stored).toEqual({
      accounts: [{ username: '@bob:example.org', displayName: 'Bob' }, { username: '@carol:example.org' }],
    });
    expect(JSON.stringify(stored)).not.toContain('pw');
    expect(secretsIn(read.command, read.input)).toBe(true);
    const again = line('user create-list', '```\nbob,pw,Bob\ncarol\n```').input;
    expect(withSecrets(read.command, stored, again)).toEqual(read.input);
  });

  it('are gone when the message says something else by now', () => {
    const read = line('user reset-password alice pw');
    const other = line('user reset-password bob pw').input;
    expect(thrown(() => withSecrets(read.command, withoutSecrets(read.command, read.input), other)).problem.code).toBe(
      'secret-gone',
    );
  });

  it.each([
    ['user reset-password alice hunter2 extra'],
    ['user reset-password alice my hunter2'],
    ['user reset-password alice "hunter2'],
    ['user reset-password alice hunter2"'],
    ['user reset-password alice --hunter2'],
    ['user reset-password alice -hunter2'],
    ['user reset-password alice -p=hunter2'],
    ['user reset-password alice --pasword=hunter2'],
    ['user reset-password alice hunter2 -p hunter2'],
    ['user reset-password Alice hunter2'],
    ['user reset-pasword alice hunter2'],
    ['reset-pasword alice hunter2'],
  ])('are not repeated by the answer to %j, which is marked', (text) => {
    const { problem, words } = thrown(() => line(text));
    expect(words).not.toContain('hunter2');
    expect(problem instanceof Unread && problem.heldSecret).toBe(true);
  });

  it.each([
    'user deactviate alice bob',
    'user deactivate "alice',
    'user reset-password',
    'user reset-pasword alice',
    'user create-user Alice',
    'user list --limit x',
  ])('cannot be in %j', (text) => {
    const { problem } = thrown(() => line(text));
    expect(problem instanceof Unread && problem.heldSecret).toBe(false);
  });

  it.each([
    ['alice hunter2', true],
    ['alice;hunter2', true],
    ['alice:hunter2', true],
    ['@alice:example.org:hunter2', true],
    ['alice,hunter2', true],
    ['Alice', false],
    ['# people\nAlice\n\n@bob:other.org', false],
  ])('divided from the name by something else are not repeated: %j', (lines, held) => {
    const { problem, words } = thrown(() => line('user create-list', `\`\`\`\nBOB\n${lines}\n\`\`\``));
    expect(words).not.toContain('hunter2');
    expect(problem instanceof Unread && problem.heldSecret).toBe(held);
  });

  it('in a list that cannot be used are not repeated', () => {
    const { problem, words } = thrown(() => line('user create-list', '```\nBad Name,hunter2\nbob,"hunter2\n```'));
    expect(words).not.toContain('hunter2');
    expect(problem instanceof Unread && problem.heldSecret).toBe(true);
  });
});

describe('large and strange messages', () => {
  it('of 60 kB get one short answer', () => {
    for (const body of [
      `!admin user create-user alice ${'--email x '.repeat(6_000)}`,
      `!admin ${'x'.repeat(60_000)}`,
      `!admin user deactivate ${'y '.repeat(30_000)}`,
      `!admin user deactivate ${'-'.repeat(60_000)}`,
    ])
      expect(thrown(() => typed(body)).words.length).toBeLessThan(1_000);
  });

  it('keep the line for the next page', () => {
    expect(typed('!admin user list -l 5')?.line).toBe('user list -l 5');
  });
});
