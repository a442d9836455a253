import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, cleanLines } from '../../src/core/clean.ts';
import { bodyOf, htmlOf } from '../../src/core/markdown.ts';
import { type Block, paragraph } from '../../src/core/reply.ts';
import { code, linked, say } from '../../src/core/text.ts';
import { readHtml } from './html.ts';

const hostile = [
  '**bold** _em_ ~~del~~ `code`',
  '<b>x</b>',
  '</table></td><script>alert(1)</script>',
  '<img src="mxc://evil/x" onerror=x>',
  '![x](mxc://evil/x)',
  '[x](https://evil)',
  'https://evil.example/?a=b&c=d',
  '<https://evil.example>',
  'a | b || c \\|',
  '|---|---|',
  '`',
  '``',
  '```',
  '````\n',
  '~~~',
  '\\',
  '\\`',
  '\\\\|',
  '# heading',
  '- item',
  '1. item',
  '> quote',
  '---',
  '===',
  '    code',
  '[x]: https://evil',
  '- [ ] task',
  'a\nb\r\n\r\nc\u2028d',
  '\u202Egnp.exe',
  '\u2066x\u2069',
  'a\u0000b',
  '\u001B[2J',
  '@room',
  '<a href="https://matrix.to/#/@bob:x">bob</a>',
  '!admin user deactivate @alice:example.org',
  '&lt;b&gt; &amp; &#60; &nbsp;',
  '\uE0000\uE001 \uE0001\uE001 \uE00099\uE001',
  "$& $1 $` $'",
  '\uD83D',
];

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  { weight: 2, arbitrary: fc.string({ unit: fc.constantFrom(...'`*_[]()<>!|\\#-+.~&"\'@:/ \n\tab1=\uE000\uE001') }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);

/** Every place in which a value can stand. */
const everywhere = (value: (at: number) => string): readonly Block[] => [
  paragraph(
    say`Says ${value(0)} and **${value(1)}**, _${value(2)}_, \`${value(3)}\`, ${code(value(4))}: [${value(5)}](https://${value(6)})`,
  ),
  paragraph(say`${value(7)}`),
  { kind: 'heading', text: say`About ${value(8)}` },
  { kind: 'list', items: [say`${value(9)}`, say`x ${code(value(10))}`] },
  {
    kind: 'fields',
    fields: [
      ['Name', value(11)],
      ['Id', code(value(12))],
      ['Topic', say`**${value(13)}**`],
    ],
  },
  {
    kind: 'listing',
    listing: {
      columns: [
        { key: 'a', title: 'A' },
        { key: 'b', title: 'B' },
      ],
      show: ['a', 'b'],
      rows: [
        { a: value(14), b: code(value(15)) },
        { a: value(16), b: say`x${value(17)}` },
      ],
    },
  },
  { kind: 'code', text: value(18), language: 'json' },
  { kind: 'code', text: `a\n${value(19)}\nb` },
  paragraph(say`The end.`),
];

const places = 20;

describe('htmlOf', () => {
  it('has the same tags whatever the values are, and shows the values as they were', () => {
    const tags = readHtml(htmlOf(everywhere((at) => `v${at}`))).tags;
    fc.assert(
      fc.property(fc.array(anything, { minLength: places, maxLength: places }), (values) => {
        // Empty code has no tag.
        const value = (at: number): string => `v${values[at] ?? ''}`;
        const shown = readHtml(htmlOf(everywhere(value)));
        expect(shown.tags).toEqual(tags);
        const text = clean(shown.text);
        for (const [at, raw] of values.entries()) {
          const limit = [14, 16, 17].includes(at) ? 100 : undefined;
          expect(text).toContain(clean(at < 18 ? `v${raw}` : cleanLines(`v${raw}`), limit));
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(hostile)('shows %j as text in a table cell', (value) => {
    const { tags, text } = readHtml(
      htmlOf([
        { kind: 'listing', listing: { columns: [{ key: 'a', title: 'A' }], show: ['a'], rows: [{ a: value }] } },
      ]),
    );
    expect(tags.join(' ')).toBe('table thead tr th /th /tr /thead tbody tr td /td /tr /tbody /table');
    expect(clean(text)).toBe(clean(`A ${value}`));
  });

  it('makes nothing but text of HTML, links and images in our own words', () => {
    expect(htmlOf([paragraph(say`<b>x</b> [y](https://z) ![i](mxc://z) https://z <https://z>`)])).toBe(
      '<p>&lt;b&gt;x&lt;/b&gt; [y](https://z) ![i](mxc://z) https://z &lt;https://z&gt;</p>',
    );
    expect(htmlOf([paragraph(say`<div>x</div>`)])).toBe('<p>&lt;div&gt;x&lt;/div&gt;</p>');
    expect(readHtml(htmlOf([{ kind: 'list', items: [say`[ ] x`] }])).tags).not.toContain('input');
  });

  it('reads our own Markdown', () => {
    expect(htmlOf([paragraph(say`**a** \`b\`\nc`)])).toBe('<p><strong>a</strong> <code>b</code><br>c</p>');
  });
});

describe('bodyOf', () => {
  it('draws tables that are legible in plain text', () => {
    expect(
      bodyOf([
        {
          kind: 'listing',
          listing: {
            columns: [
              { key: 'name', title: 'User id' },
              { key: 'displayname', title: 'Name' },
              { key: 'admin', title: 'Admin' },
              { key: 'rooms', title: 'Rooms' },
            ],
            show: ['name', 'displayname', 'admin', 'rooms'],
            rows: [
              { name: code('@a:x.org'), displayname: 'A | **B**\n\u202Ec', admin: true, rooms: 4812 },
              { name: code('@bob:x.org'), displayname: '日本語', admin: false, rooms: 7 },
              { name: code('@c:x.org'), displayname: null, admin: undefined, rooms: undefined },
            ],
            page: { from: 0, total: 4812, next: '!admin user list-users --from 3' },
          },
        },
      ]),
    ).toBe(
      [
        '| User id      | Name        | Admin | Rooms |',
        '|--------------|-------------|-------|------:|',
        '| `@a:x.org`   | A ¦ **B** c | ✅    | 4,812 |',
        '| `@bob:x.org` | 日本語      |       |     7 |',
        '| `@c:x.org`   |             |       |       |',
        '',
        '1–3 of 4,812 · next: `!admin user list-users --from 3`',
      ].join('\n'),
    );
  });

  const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
  const columns = keys.map((key) => ({ key, title: key.toUpperCase() }));

  it('shows up to five columns as a table', () => {
    const listing = { columns, show: keys.slice(0, 5), rows: [{}] };
    expect(bodyOf([{ kind: 'listing', listing }]).split('\n')[0]).toBe('| A   | B   | C   | D   | E   |');
  });

  it('writes more than five columns as lines below each other, and leaves out what is unknown', () => {
    const rows = [
      { a: code('@a:x'), b: 'one\n- two', c: false, d: null, e: '\u200B', f: 4812 },
      { a: code('@b:x'), c: true },
    ];
    const block: Block = { kind: 'listing', listing: { columns, show: keys, rows, page: { from: 0, total: 2 } } };
    expect(bodyOf([block])).toBe('- A: `@a:x`\n  B: one - two\n  F: 4,812\n- A: `@b:x`\n  C: ✅\n\n1–2 of 2');
    expect(htmlOf([block])).toBe(
      '<ul>\n<li>A: <code>@a:x</code><br>B: one - two<br>F: 4,812</li>\n<li>A: <code>@b:x</code><br>C: ✅</li>\n</ul>\n<p>1–2 of 2</p>',
    );
  });

  it('links an id beside it, so that no name can take its place', () => {
    const text = say`It is ${linked('@a:x')} in ${linked('!r:x', { event: '$e', via: 'x:1' })}`;
    expect(bodyOf([paragraph(text)])).toBe('It is @a:x in $e');
    expect(htmlOf([paragraph(text)])).toBe(
      '<p>It is <code>@a:x</code> <a href="https://matrix.to/#/%40a%3Ax">open</a> in <code>$e</code> <a href="https://matrix.to/#/!r%3Ax/%24e?via=x%3A1">open</a></p>',
    );
  });

  it('leaves an id of any spelling a link to it', () => {
    fc.assert(
      fc.property(anything, anything, (id, via) => {
        expect(readHtml(htmlOf([paragraph(say`x${linked(`@${id}`, { via: `x${via}` })}`)])).tags).toEqual(
          'p code /code a /a /p'.split(' '),
        );
      }),
    );
  });

  it('says of an empty list that there is nothing', () => {
    expect(bodyOf([{ kind: 'listing', listing: { columns: [], show: [], rows: [] } }])).toBe('None.');
  });

  it('shows one object with its noes, and what is unknown as empty', () => {
    expect(
      bodyOf([
        {
          kind: 'fields',
          fields: [
            ['Admin', false],
            ['Locked', true],
            ['Seen', null],
          ],
        },
      ]),
    ).toBe('| Field  | Value |\n|--------|-------|\n| Admin  | no    |\n| Locked | ✅    |\n| Seen   |       |');
  });

  it('fences code with more backticks than are in it', () => {
    expect(bodyOf([{ kind: 'code', text: 'a\n````\nb\u202E' }])).toBe('`````\na\n````\nb\n`````');
    expect(bodyOf([paragraph(say`${code('a`b')} ${code('`')}`)])).toBe('``a`b`` `` ` ``');
  });

  it('keeps every table row on one line with as many pipes as columns', () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        const listing = {
          columns: [
            { key: 'a', title: 'A' },
            { key: 'b', title: 'B' },
          ],
          show: ['a', 'b'],
          rows: [{ a, b: code(b) }],
        };
        const lines = bodyOf([{ kind: 'listing', listing }]).split('\n');
        expect(lines).toHaveLength(3);
        expect(lines.map((line) => line.split('|').length)).toEqual([4, 4, 4]);
      }),
    );
  });
});
