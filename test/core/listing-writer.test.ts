import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listingWriter } from '../../src/core/listing-writer.ts';
import { csvOfListing, jsonOf, type Output } from '../../src/core/output.ts';
import { type Listing, reply, type StreamedRow, type TableShape } from '../../src/core/reply.ts';
import { bareLines } from '../../src/core/table.ts';
import { code } from '../../src/core/text.ts';

const shape: TableShape = {
  columns: [
    { key: 'user', title: 'User' },
    { key: 'rooms', title: 'Rooms' },
    { key: 'name', title: 'Name' },
  ],
  show: ['user'],
};

function inPieces(output: Output, table: TableShape, batches: readonly (readonly StreamedRow[])[]): string {
  const writer = listingWriter(output, table);
  return writer.head + batches.map((batch) => writer.rows(batch)).join('') + writer.tail;
}

const row = fc.record({
  cells: fc.record({
    user: fc.string({ unit: 'binary' }).map(code),
    rooms: fc.option(fc.integer()),
    name: fc.string({ unit: 'binary' }),
  }),
  data: fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })),
});
const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });

describe('a listing written out piece by piece', () => {
  const whole = (pieces: readonly (readonly StreamedRow[])[]): Listing => ({
    ...shape,
    rows: pieces.flat().map(({ cells }) => cells),
    data: pieces.flat().map(({ data }) => data),
  });

  it('is the JSON document that it would be at once', () => {
    fc.assert(
      fc.property(batches, (pieces) => {
        const written = inPieces('json', shape, pieces);
        expect(written).toBe(jsonOf(reply.listing(whole(pieces))));
        expect(JSON.parse(written)).toHaveLength(pieces.flat().length);
      }),
    );
  });

  it.each(['csv', 'human'] as const)('is the CSV that it would be at once, with -o %s', (output) => {
    fc.assert(
      fc.property(batches, (pieces) => {
        expect(inPieces(output, shape, pieces)).toBe(csvOfListing(whole(pieces)));
      }),
    );
  });

  it('is the lines to paste that it would be at once', () => {
    fc.assert(
      fc.property(batches, (pieces) => {
        expect(inPieces('human', { ...shape, bare: true }, pieces)).toBe(bareLines(whole(pieces)));
      }),
    );
  });
});
