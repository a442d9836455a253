import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../src/core/problem.ts';
import { problemReply } from '../../src/core/problem-reply.ts';
import { contentLimit, type RenderOptions, renderNotice, renderReply } from '../../src/core/render.ts';
import { type Listing, paragraph, type Reply, reply } from '../../src/core/reply.ts';
import { code, say } from '../../src/core/text.ts';
import { readHtml } from './html.ts';

const options: RenderOptions = { output: 'human', prefix: '!admin', path: 'user list-users' };
const bytes = (content: unknown): number => Buffer.byteLength(JSON.stringify(content));

const listing = (rows: number, name: (at: number) => string = (at) => `@u${at}:example.org`): Listing => ({
  columns: [
    { key: 'name', title: 'User id' },
    { key: 'displayname', title: 'Name' },
  ],
  show: ['name', 'displayname'],
  rows: Array.from({ length: rows }, (_, at) => ({ name: code(name(at)), displayname: '日本語の名前' })),
  page: { from: 0, total: rows, more: false },
});

describe('renderReply', () => {
  it('makes a notice that mentions nobody', () => {
    expect(renderReply(reply.done(say`${code('@room')} hello @room`), options)).toEqual({
      content: {
        msgtype: 'm.notice',
        body: '✅ `@room` hello @room',
        format: 'org.matrix.custom.html',
        formatted_body: '<p>✅ <code>@room</code> hello @room</p>',
        'm.mentions': {},
      },
      attachments: [],
    });
  });

  it('makes a text that mentions who is to be notified', () => {
    expect(renderReply(reply.done(say`Done.`), { ...options, notify: '@alice:example.org' }).content).toMatchObject({
      msgtype: 'm.text',
      'm.mentions': { user_ids: ['@alice:example.org'] },
    });
  });

  it.each([
    '!admin user deactivate @alice:example.org',
    '  !ADMIN help',
    '\u200B!admin help',
    '\u202E\n!admin',
    '@castellan:example.org help',
    '!other help',
    '\\!admin help',
  ])('never begins like a command, though a value does: %j', (value) => {
    const { body, formatted_body } = renderReply(reply.says(say`${value}`), options).content;
    expect(body).toMatch(/^Reply:\n\n/);
    expect(readHtml(formatted_body).text).toMatch(/^Reply:/);
  });

  it('shows a bare listing as values to paste back, and all of them in a text file where they are too many', () => {
    const bare = (rows: number) =>
      renderReply(reply.listing({ ...listing(rows), show: ['name'], bare: true }, say`Found:`), options);
    expect(bare(2).content.body).toBe('Found:\n\n```\n@u0:example.org\n@u1:example.org\n```\n\n1–2 of 2');
    expect(readHtml(bare(2).content.formatted_body).text).toContain('@u0:example.org\n@u1:example.org');
    const { content, attachments } = bare(5_000);
    expect(bytes(content)).toBeLessThanOrEqual(contentLimit);
    expect(content.body).toMatch(/^Found:\n\n```\n@u0:example\.org\n/);
    const [file] = attachments;
    expect(file?.filename).toBe('user-list-users.txt');
    expect(String(file?.content).split('\n')).toEqual(Array.from({ length: 5_000 }, (_, at) => `@u${at}:example.org`));
  });

  it('begins no message with a table, whose head would stand behind the name of the sender', () => {
    const begins = (value: Reply) => renderReply(value, options).content.body.split('\n', 1)[0];
    expect(begins(reply.fields([['Topic', 'x']], {}))).toBe('user list-users:');
    expect(begins(reply.listing(listing(1)))).toBe('user list-users:');
    expect(begins(reply.listing(listing(1), say`All users:`))).toBe('All users:');
    expect(begins(reply.listing(listing(0)))).toBe('None.');
  });

  it('cuts long values, and puts each in its full length into a file', () => {
    const long = `begin ${'x'.repeat(2_000)} end`;
    const table: Listing = { ...listing(1), rows: [{ name: code('@u:x'), displayname: long }] };
    const of = (value: Reply) => renderReply(value, options);
    const listed = of(reply.listing(table));
    expect(listed.content.body).toMatch(
      /x… \|\n\n1 of 1\n\nLong values are cut; they stand whole in `user-list-users\.csv`\.$/,
    );
    const fields = of(reply.fields([['Topic', long]], {}));
    expect(fields.content.body).toMatch(/x… \|\n\nLong values are cut; they stand whole in `user-list-users\.md`\.$/);
    const words = of({ outcome: 'done', blocks: [paragraph(say`${long}`), paragraph(say`And ${long}`)] });
    expect(words.content.body.match(/they stand whole/g)).toHaveLength(1);
    for (const { attachments } of [listed, fields, words]) {
      expect(attachments).toHaveLength(1);
      expect(attachments[0]?.content).toContain(long);
    }
  });

  it('makes no file of long values where the command has made one, for data, or where none can go with it', () => {
    const long = 'x'.repeat(2_000);
    const own = {
      kind: 'attachment',
      filename: 'a.txt',
      mimetype: 'text/plain',
      content: long,
      forReading: true,
    } as const;
    const blocks = [paragraph(say`${long}`), own];
    expect(renderReply({ outcome: 'done', blocks }, options).attachments.map(({ filename }) => filename)).toEqual([
      'a.txt',
    ]);
    const data = renderReply({ ...reply.fields([['Topic', long]], { topic: long }) }, { ...options, output: 'json' });
    expect(data.attachments).toEqual([]);
    expect(renderNotice(reply.says(say`${long}`), options).body).toMatch(/^x+…$/);
  });

  it('never begins with a prefix that is a word', () => {
    expect(renderReply(reply.says(say`Castle keeps.`), { ...options, prefix: 'castle' }).content.body).toBe(
      'Reply:\n\nCastle keeps.',
    );
  });

  it('adds the line for the next page only where there is one', () => {
    const next = (from: number): string => `!admin user list-users --from ${from}`;
    const first: Listing = { ...listing(3), page: { from: 6, total: 30, more: true } };
    expect(renderReply(reply.listing(first), { ...options, next }).content.body).toMatch(
      /\n7–9 of 30 · next: `!admin user list-users --from 9`$/,
    );
    expect(renderReply(reply.listing(listing(3)), { ...options, next }).content.body).toMatch(/\n1–3 of 3$/);
  });

  describe('the limit', () => {
    const paragraphOf = (characters: number) =>
      reply.says({ parts: [{ kind: 'markdown', text: 'ü'.repeat(characters) }] });
    const around = bytes(renderReply(paragraphOf(0), options).content);

    it('sends what just fits whole', () => {
      // Two bytes a character, in body and formatted body; the tags of an empty paragraph are not there.
      const most = Math.floor((contentLimit - around - '<p></p>'.length) / 4);
      const { content, attachments } = renderReply(paragraphOf(most), options);
      expect(attachments).toEqual([]);
      expect(bytes(content)).toBeGreaterThan(contentLimit - 4);
      expect(bytes(content)).toBeLessThanOrEqual(contentLimit);

      const over = renderReply(paragraphOf(most + 1), options);
      expect(over.content.body).toBe('The answer is too long for a message; it is in `user-list-users.md`.');
      expect(over.attachments).toEqual([
        { filename: 'user-list-users.md', mimetype: 'text/markdown', content: 'ü'.repeat(most + 1) },
      ]);
    });

    it('shows as many rows as fit, and puts all of them into a file', () => {
      const { content, attachments } = renderReply(reply.listing(listing(1_000), say`All users:`), options);
      expect(bytes(content)).toBeLessThanOrEqual(contentLimit);
      expect(bytes(content)).toBeGreaterThan(contentLimit - 500);
      expect(content.body).toMatch(/^All users:\n\n\| User id/);
      expect(content.body).toMatch(
        /Too much for a message: the first \d+ of 1,000 rows; all of it is in `user-list-users\.csv`\.\n\nThis page: 1–1,000 of 1,000$/,
      );
      readHtml(content.formatted_body);
      expect(attachments.map(({ filename, mimetype }) => [filename, mimetype])).toEqual([
        ['user-list-users.csv', 'text/csv'],
      ]);
      expect(parse(String(attachments[0]?.content))).toHaveLength(1_001);
    });

    it('holds for values in which every character takes six bytes of HTML', () => {
      const { content } = renderReply(reply.listing(listing(300, () => '"'.repeat(255))), options);
      expect(bytes(content)).toBeLessThanOrEqual(contentLimit);
    });

    it('cuts lists, fields and code into a document', () => {
      const { content, attachments } = renderReply(
        {
          outcome: 'done',
          blocks: [
            { kind: 'list', items: Array.from({ length: 3_000 }, (_, at) => say`item ${at}`) },
            paragraph(say`The end.`),
            { kind: 'code', text: 'x\n'.repeat(3_000) },
          ],
        },
        options,
      );
      expect(bytes(content)).toBeLessThanOrEqual(contentLimit);
      expect(content.body).toContain('The end.');
      expect(attachments.map((file) => file.filename)).toEqual(['user-list-users.md']);
      expect(attachments[0]?.content).toContain('- item 2999\n');
    });

    it('gives two listings two files', () => {
      const two = {
        ...reply.listing(listing(600)),
        blocks: [1, 2].map(() => ({ kind: 'listing' as const, listing: listing(600) })),
      };
      expect(renderReply(two, options).attachments.map((file) => file.filename)).toEqual([
        'user-list-users.csv',
        'user-list-users-2.csv',
      ]);
    });
  });

  describe('-o', () => {
    it('json is a code block where it fits, and a file where it does not', () => {
      const small = renderReply(reply.listing(listing(1)), { ...options, output: 'json' });
      expect(small.content.body).toMatch(/^```json\n\[\n.*\n\]\n```\n\n1 of 1$/s);
      expect(small.attachments).toEqual([]);
      const large = renderReply(reply.listing(listing(2_000)), { ...options, output: 'json' });
      expect(bytes(large.content)).toBeLessThanOrEqual(contentLimit);
      expect(large.attachments.map(({ filename, mimetype }) => [filename, mimetype])).toEqual([
        ['user-list-users.json', 'application/json'],
      ]);
      expect(JSON.parse(String(large.attachments[0]?.content))).toHaveLength(2_000);
    });

    it('csv is a file', () => {
      const { content, attachments } = renderReply(reply.listing(listing(2)), { ...options, output: 'csv' });
      expect(content.body).toBe('📎 `user-list-users.csv`\n\n1–2 of 2');
      expect(attachments[0]?.content).toMatch(/^name,displayname\r\n@u0:example\.org,/);
    });
  });

  it('hands on the files of a reply', () => {
    const file = { filename: 'a.csv', mimetype: 'text/csv', content: 'a\r\n' };
    const { content, attachments } = renderReply(
      { outcome: 'done', blocks: [{ kind: 'attachment', ...file }] },
      options,
    );
    expect(attachments).toEqual([file]);
    expect(content.body).toBe('📎 `a.csv`');
  });

  it('never looks at secrets', () => {
    const secrets = [{ label: say`Password`, value: 'hunter2' }];
    for (const output of ['human', 'json', 'csv'] as const)
      expect(JSON.stringify(renderReply(reply.done(say`Created.`, { secrets }), { ...options, output }))).not.toContain(
        'hunter2',
      );
  });
});

describe('problemReply', () => {
  it('says what happened and what to do', () => {
    const problem = new Problem('not-found', say`There is no user ${code('@b:x')} called ${'<i>'}.`, say`Look for it.`);
    expect(renderReply(problemReply(problem), options).content.body).toBe(
      '❌ There is no user `@b:x` called <i>.\n\nLook for it.',
    );
    expect(problemReply(problem)).toMatchObject({
      outcome: 'failed',
      data: { error: { code: 'not-found', text: 'There is no user @b:x called <i>.', hint: 'Look for it.' } },
    });
  });

  it('does not call failed what may have been done', () => {
    const unknown = problemReply(new Problem('unknown-outcome', say`No answer came.`));
    expect(unknown.outcome).toBe('unknown');
    expect(renderReply(unknown, options).content.body).toBe('⚠️ No answer came.');
  });
});
