import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf, csvOfListing, jsonOf } from '../../src/core/output.ts';
import { type Listing, reply } from '../../src/core/reply.ts';
import { code, say } from '../../src/core/text.ts';

const listing: Listing = {
  columns: [
    { key: 'name', title: 'User id' },
    { key: 'displayname', title: 'Name' },
    { key: 'rooms', title: 'Rooms', align: 'right' },
    { key: 'admin', title: 'Admin' },
  ],
  show: ['name'],
  rows: [
    { name: code('@alice:example.org'), displayname: 'Alice, "A"', rooms: -3, admin: true },
    { name: '@bob:example.org', displayname: null, rooms: 0, admin: false },
  ],
};

describe('jsonOf', () => {
  it('gives the server’s own objects of a listing', () => {
    expect(
      JSON.parse(jsonOf(reply.listing({ ...listing, data: [{ name: '@alice:example.org', is_guest: 0 }] }))),
    ).toEqual([{ name: '@alice:example.org', is_guest: 0 }]);
  });

  it('gives the rows where there are no such objects', () => {
    expect(JSON.parse(jsonOf(reply.listing(listing)))).toEqual([
      { name: '@alice:example.org', displayname: 'Alice, "A"', rooms: -3, admin: true },
      { name: '@bob:example.org', displayname: null, rooms: 0, admin: false },
    ]);
  });

  it('gives the data of one object, and the words of a reply without any', () => {
    expect(JSON.parse(jsonOf(reply.fields([['User id', '@a:x']], { name: '@a:x' })))).toEqual({ name: '@a:x' });
    expect(JSON.parse(jsonOf(reply.done(say`${code('@a:x')} is locked.`)))).toEqual({
      outcome: 'done',
      message: '✅ `@a:x` is locked.',
    });
  });

  it('hides nothing and loses nothing', () => {
    const text = 'a\u202Eb\u0000\u200B\u{E0041}\u2028\u001B';
    const json = jsonOf(reply.fields([], { text }));
    expect(json).toMatch(/^[\n -~]*$/);
    expect(JSON.parse(json)).toEqual({ text });
  });
});

describe('csvOf', () => {
  it('has every column, its key as the head, and lines that end in CRLF', () => {
    expect(csvOf(reply.listing(listing))).toBe(
      'name,displayname,rooms,admin\r\n@alice:example.org,"Alice, ""A""",-3,true\r\n@bob:example.org,,0,false\r\n',
    );
  });

  it('gives data without a listing one record an object', () => {
    expect(csvOf(reply.fields([], { a: 1, b: { c: [2] }, d: null }))).toBe('a,b,d\r\n1,"{""c"":[2]}",\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1', "=cmd|' /C calc'!A0", '@a:x!y', '＝1'])(
    'keeps a spreadsheet from running %j',
    (text) => {
      const [, [cell] = []] = parse(
        csvOfListing({ ...listing, columns: [{ key: 'k', title: '' }], rows: [{ k: text }] }),
      );
      expect(cell).toBe(`'${text}`);
    },
  );

  it('keeps escape sequences from a terminal', () => {
    expect(csvOf(reply.fields([], { a: 'x\u001B[2Jy\u0000' }))).toBe('a\r\nx[2Jy\r\n');
  });

  it('can be read back whatever the values are', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        const csv = csvOfListing({
          ...listing,
          columns: [
            { key: 'k', title: '' },
            { key: 'n', title: '' },
          ],
          rows: values.map((k, n) => ({ k, n })),
        });
        const [, ...records] = parse(csv, { record_delimiter: '\r\n' });
        expect(records.map(([k = '']) => k.replace(/^'/, ''))).toEqual(
          values.map((value) => value.replace(/[\p{Cc}--[\t\n\r]]/gv, '').replace(/^'/, '')),
        );
      }),
    );
  });
});
