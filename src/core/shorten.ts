import { documentOf } from './markdown.ts';
import { csvOfListing } from './output.ts';
import { pageLine } from './page.ts';
import { type Block, type FileOnDisk, paragraph } from './reply.ts';
import { bareLines } from './table.ts';
import { code, counted, joined, say, type Text } from './text.ts';

export interface Attachment {
  readonly filename: string;
  readonly mimetype: string;
  readonly content: string | FileOnDisk;
}

export interface Shortened {
  readonly blocks: readonly Block[];
  /** Written out only when asked for: many lengths are tried, one is sent. */
  files(): readonly Attachment[];
}

/** The rows, items or lines of a block; a sentence is not cut. */
export function unitsOf(block: Block): number {
  switch (block.kind) {
    case 'listing':
      return block.listing.whole?.rows ?? block.listing.rows.length;
    case 'list':
      return block.items.length;
    case 'fields':
      return block.fields.length;
    case 'code':
      return block.whole?.lines ?? block.text.split('\n').length;
    default:
      return 0;
  }
}

/**
 * Shows the first `most` rows, items or lines of each block and puts the whole of what was cut into files named `name…`.
 * `long`: the blocks with a value that is cut where it stands, which go into files too.
 */
export function shorten(
  blocks: readonly Block[],
  most: number,
  name: string,
  long: ReadonlySet<Block> = new Set(),
): Shortened {
  const files: {
    readonly filename: string;
    readonly mimetype: string;
    readonly content: () => Attachment['content'];
  }[] = [];
  const attach = (extension: string, mimetype: string, content: () => Attachment['content']): Text => {
    const twins = files.filter((file) => file.filename.endsWith(`.${extension}`)).length;
    const filename = `${name}${twins === 0 ? '' : `-${twins + 1}`}.${extension}`;
    files.push({ filename, mimetype, content });
    return code(filename);
  };
  let document: Text | undefined;
  const inDocument = (): Text => {
    document ??= attach('md', 'text/markdown', () => documentOf(blocks));
    return document;
  };
  const cut = (block: Block): readonly Block[] => {
    const units = unitsOf(block);
    if (units <= most) {
      if (!long.has(block)) return [block];
      if (block.kind !== 'listing') {
        inDocument();
        return [block];
      }
      const whole = attach('csv', 'text/csv', () => csvOfListing(block.listing));
      return [block, paragraph(say`Long values are cut; they stand whole in ${whole}.`)];
    }
    const note = (unit: string, file: Text): Block =>
      paragraph(
        most === 0
          ? say`${counted(units, unit)}: too much for a message, see ${file}.`
          : say`Too much for a message: the first ${most.toLocaleString('en')} of ${counted(units, unit)}; all of it is in ${file}.`,
      );
    const kept = <Kept extends Block>(shown: Kept): readonly Kept[] => (most === 0 ? [] : [shown]);
    switch (block.kind) {
      case 'listing': {
        const { page, whole, ...listing } = block.listing;
        const file = listing.bare
          ? attach('txt', 'text/plain', () => whole?.file ?? bareLines(block.listing))
          : attach('csv', 'text/csv', () => whole?.file ?? csvOfListing(block.listing));
        return [
          ...kept({ kind: 'listing', listing: { ...listing, rows: listing.rows.slice(0, most) } }),
          note('row', file),
          ...(page === undefined ? [] : [paragraph(joined([say`This page: `, pageLine(page, units)], ''))]),
        ];
      }
      case 'list':
        return [...kept({ ...block, items: block.items.slice(0, most) }), note('item', inDocument())];
      case 'fields':
        return [...kept({ ...block, fields: block.fields.slice(0, most) }), note('field', inDocument())];
      case 'code': {
        const { whole, ...shown } = block;
        const file =
          block.language === 'json'
            ? attach('json', 'application/json', () => whole?.file ?? block.text)
            : inDocument();
        const text = block.text.split('\n').slice(0, most).join('\n');
        return [...kept({ ...shown, text }), note('line', file)];
      }
      default:
        return [block];
    }
  };
  const shown = blocks.flatMap(cut);
  const cutElsewhere = document !== undefined && blocks.some((block) => long.has(block) && block.kind !== 'listing');
  return {
    blocks: cutElsewhere
      ? [...shown, paragraph(say`Long values are cut; they stand whole in ${inDocument()}.`)]
      : shown,
    files: () => files.map((file) => ({ ...file, content: file.content() })),
  };
}

/** Nothing of it fits: all of it in one file. */
export function setAside(blocks: readonly Block[], name: string): Shortened {
  const filename = `${name}.md`;
  return {
    blocks: [paragraph(say`The answer is too long for a message; it is in ${code(filename)}.`)],
    files: () => [{ filename, mimetype: 'text/markdown', content: documentOf(blocks) }],
  };
}
