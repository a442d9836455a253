import { describe, expect, it } from 'vitest';
import { fencedBlock } from '../../src/core/fence.ts';
import { line } from './sample-catalog.ts';
import { thrown } from './thrown.ts';

const lines = (below: string) => fencedBlock(below).lines;
const all = (body: string, flags = '') => line(`user deactivate-all ${flags}`, body);
const words = (body: string, flags = '') => thrown(() => all(body, flags)).words;

describe('a block', () => {
  it.each([
    ['```\na\nb\n```', ['a', 'b']],
    ['\n\n```\na\n```\n\n', ['a']],
    ['```text\na\n```', ['a']],
    ['~~~ some thing\na\n~~~', ['a']],
    ['````\n```\n````', ['```']],
    ['```\n~~~\n```', ['~~~']],
    ['```\na\n`````', ['a']],
    ['```\n```', []],
    ['```\r\na\r\n```', ['a']],
    ['  ```\na\n ``` ', ['a']],
  ])('is read from %j', (below, content) => {
    expect(lines(below)).toEqual(content);
  });

  it.each([
    ['alice', 'not in a block'],
    ['alice\n```\nbob\n```', 'not in a block'],
    ['```\nbob\n```\nalice', 'more text'],
    ['```\nbob\n```\n```\ncarol\n```', 'more text'],
    ['```\nbob', 'not closed'],
    ['````\nbob\n```', 'not closed'],
    ['```\nbob\n~~~', 'not closed'],
    ['```alice```', 'not in a block'],
  ])('is refused in %j', (below, named) => {
    expect(thrown(() => lines(below)).words).toContain(named);
  });

  it('is refused where none belongs and missed where one does', () => {
    expect(thrown(() => line('user list', '```\nx\n```')).words).toContain('takes no block');
    expect(thrown(() => line('user deactivate-all')).words).toContain('needs a block of users');
    expect(words('```\n\n# nobody\n```')).toContain('needs a block of users');
  });
});

describe('a list', () => {
  it('skips blank lines and remarks, and counts duplicates', () => {
    const read = all('```\n# these\nalice\n\n @bob:example.org \nalice\n@alice\n```');
    expect(read.input.users).toEqual(['@alice:example.org', '@bob:example.org']);
    expect(read.duplicates).toBe(2);
  });

  it('names every bad line before anything is done', () => {
    expect(words('```\nalice\nBob\n@carol:other.org\n```')).toMatch(
      /2 lines of 3 .*line 2: .*Bob.*line 3: .*@carol:other\.org.*another server.*--skip-invalid/s,
    );
  });

  it('finds 17 bad lines among 5,000', () => {
    const users = Array.from({ length: 5_000 }, (_, at) => (at % 300 === 7 ? `bad name ${at}` : `user${at}`));
    const answer = words(`\`\`\`\n${users.join('\n')}\n\`\`\``);
    expect(answer).toContain('17 lines of 5,000');
    for (let at = 7; at < 5_000; at += 300) expect(answer).toContain(`line ${at + 1}: bad name ${at} `);
    const read = all(`\`\`\`\n${users.join('\n')}\n\`\`\``, '--skip-invalid');
    expect(read.input.users).toHaveLength(4_983);
    expect(read.skipped).toHaveLength(17);
    expect(read.options.skipInvalid).toBe(true);
  });

  it('shows 20 bad lines and how many more there are', () => {
    const answer = words(`\`\`\`\n${'Bad!\n'.repeat(50)}\`\`\``);
    expect(answer.match(/line \d+:/g)).toHaveLength(20);
    expect(answer).toContain('30 more lines');
  });

  it('of nothing but bad lines is refused even so', () => {
    expect(words('```\nBad!\n```', '--skip-invalid')).toContain('line 1');
  });
});

describe('a table', () => {
  const accounts = (body: string, flags = '') => line(`user create-list ${flags}`, `\`\`\`csv\n${body}\n\`\`\``);
  const names = (body: string) => accounts(body).input.accounts;

  it('is read with and without a header', () => {
    const two = [
      { username: '@alice:example.org', password: 'pw, "x"', displayName: 'Alice B' },
      { username: '@bob:example.org', displayName: 'Bob' },
    ];
    expect(names('alice,"pw, ""x""",Alice B\nbob,,Bob')).toEqual(two);
    expect(names('Username,password,Display Name\nalice,"pw, ""x""",Alice B\n\nbob, , Bob ')).toEqual(two);
    expect(names('username\nalice')).toEqual([{ username: '@alice:example.org' }]);
  });

  it('keeps a password as it was typed', () => {
    expect(names('alice,“pa#ss”—1e5')).toEqual([{ username: '@alice:example.org', password: '“pa#ss”—1e5' }]);
  });

  it('drops repeated records and refuses contradicting ones', () => {
    expect(accounts('alice,x\nbob\nalice,x').duplicates).toBe(1);
    expect(thrown(() => accounts('alice,x\nalice,y')).words).toContain(
      'line 2: @alice:example.org is on line 1 already',
    );
  });

  it('names every bad record by its line', () => {
    const answer = thrown(() => accounts('# people\nalice,a,b,c\n,x\nAlice\nbob,"x\ncarol')).words;
    for (const named of [
      '4 lines of 5',
      'line 2: It has 4 values',
      'line 3: It has no username',
      'line 4: Alice',
      'line 5: Its quotes',
    ])
      expect(answer).toContain(named);
    expect(accounts('alice,a,b,c\ncarol', '--skip-invalid').input.accounts).toHaveLength(1);
  });
});
