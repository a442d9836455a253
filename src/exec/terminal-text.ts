import { clean, cleanLines } from '../core/clean.ts';
import { late } from '../core/late.ts';
import { pageLine } from '../core/page.ts';
import type { Block } from '../core/reply.ts';
import { bareLines, type Grid, gridOf, gridOfFields, isNarrow, recordsOf, widthOf } from '../core/table.ts';
import type { Text } from '../core/text.ts';

/** What a table's frame takes of a line: one column before the first cell and three between two. */
const frame = (columns: number): number => 3 * columns + 1;
/** A column narrower than this is not worth having. */
const narrowest = 6;

/** Words for a terminal: Markdown's marks gone, nothing in a value that a terminal would obey. */
export function plainWords(text: Text): string {
  return text.parts
    .map((part) => (part.kind === 'markdown' ? part.text.replace(/\*\*|`/g, '') : clean(part.text)))
    .join('');
}

/** Blocks as text; tables are drawn to `width` columns. Attachments are left to whoever shows it. */
export function terminalText(blocks: readonly Block[], width: number): string {
  const one = (block: Block): readonly string[] => {
    switch (block.kind) {
      case 'paragraph':
        return [plainWords(block.text)];
      case 'heading':
        return [plainWords(block.text).toUpperCase()];
      case 'list':
        return [block.items.map((item) => `- ${plainWords(item)}`).join('\n')];
      case 'fields':
        return [drawn(gridOfFields(block.fields, plainWords), width)];
      case 'listing': {
        const { rows, page, bare } = block.listing;
        if (rows.length === 0) return ['None.'];
        const table = bare
          ? bareLines(block.listing)
          : isNarrow(block.listing)
            ? recordsOf(block.listing, plainWords)
                .map((lines) => lines.join('\n'))
                .join('\n\n')
            : drawn(gridOf(block.listing, plainWords), width);
        return page === undefined ? [table] : [table, plainWords(pageLine(page, rows.length))];
      }
      case 'code':
        return [cleanLines(block.text).replace(/\n+$/, '')];
      case 'attachment':
        return [];
    }
  };
  return blocks.flatMap(one).join('\n\n');
}

/** Columns that are too wide give way, the widest first, until the table fits. */
function widthsFor({ head, rows }: Grid, width: number): readonly number[] {
  const widths = head.map((title, at) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), widthOf(title)),
  );
  const room = width - frame(widths.length);
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; ) {
    const widest = Math.max(...widths);
    const at = widths.indexOf(widest);
    const next = Math.max(narrowest, ...widths.filter((_, other) => other !== at));
    const less = Math.max(1, Math.min(over, widest - Math.min(next, widest - 1)));
    if (widest - less < narrowest) break;
    widths[at] = widest - less;
    over -= less;
  }
  return widths;
}

function drawn(grid: Grid, width: number): string {
  const table = new (late.cliTable())({
    head: [...grid.head],
    colWidths: widthsFor(grid, width).map((one) => one + 2),
    colAligns: grid.right.map((right) => (right ? 'right' : 'left')),
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [] },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  table.push(...grid.rows.map((row) => [...row]));
  return table.toString();
}
