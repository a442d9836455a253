import { clean, cleanLines } from './clean.ts';
import { late } from './late.ts';
import { once } from './once.ts';
import { pageLine } from './page.ts';
import type { Block } from './reply.ts';
import { bareLines, drawTable, gridOf, gridOfFields, isNarrow, recordsOf } from './table.ts';
import { code, type Part, say, type Text } from './text.ts';

/** Characters of one value; a room's topic may have thousands. Code holds ids and lines to type and is cut later. */
const limits = { line: 500, field: 500, record: 300, cell: 100, code: 1_000 };

type Place = 'line' | 'field' | 'record' | 'cell';

/** How parts that are not ours are written: as people read them, or as marks that stand for them. */
interface Writer {
  /** Nothing is cut. */
  readonly whole?: true;
  value(text: string, place: Place): string;
  code(text: string, place: Place, link?: string): string;
  fence(text: string): string;
}

function write(text: Text, writer: Writer, place: Place): string {
  const one = (part: Part): string => {
    const cleaned = (limit: number) => clean(part.text, writer.whole ? undefined : limit);
    if (part.kind === 'value') return writer.value(cleaned(limits[place]), place);
    if (part.kind === 'code') return writer.code(cleaned(limits.code), place, part.link);
    if (part.kind === 'command') return writer.code(cleaned(limits.code), place);
    return place === 'line' ? part.text : unpiped(part.text.replace(/\s+/g, ' '));
  };
  return text.parts.map(one).join('');
}

const unpiped = (text: string): string => text.replaceAll('|', '¦');

const onOneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');

/** A run of backticks longer than any in the text, and at least `least`. */
function ticks(text: string, least: number): string {
  const length = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length + 1), least);
  return '`'.repeat(length);
}

function markdownOf(blocks: readonly Block[], writer: Writer): string {
  const inline = (text: Text): string => write(text, writer, 'line');
  const one = (block: Block): string => {
    switch (block.kind) {
      case 'paragraph':
        return inline(block.text);
      case 'heading':
        return `### ${onOneLine(inline(block.text))}`;
      case 'list':
        return block.items.map((item) => `- ${onOneLine(inline(item))}`).join('\n');
      case 'fields':
        return drawTable(gridOfFields(block.fields, (text) => write(text, writer, 'field')));
      case 'listing': {
        if (block.listing.rows.length === 0) return 'None.';
        const { page, rows, bare } = block.listing;
        const drawn = bare
          ? one({ kind: 'code', text: bareLines(block.listing) })
          : isNarrow(block.listing)
            ? recordsOf(block.listing, (text) => write(text, writer, 'record'))
                .map((lines) => `- ${lines.join('\n  ')}`)
                .join('\n')
            : drawTable(gridOf(block.listing, (text) => write(text, writer, 'cell')));
        return page === undefined ? drawn : `${drawn}\n\n${inline(pageLine(page, rows.length))}`;
      }
      case 'code': {
        const text = writer.fence(cleanLines(block.text).replace(/\n+$/, ''));
        const fence = ticks(text, 3);
        return `${fence}${(block.language ?? '').replace(/[^\w-]/g, '')}\n${text}\n${fence}`;
      }
      case 'attachment':
        return inline(say`📎 ${code(block.filename)}`);
    }
  };
  return blocks.map(one).join('\n\n');
}

const plain: Writer = {
  value: (text, place) => (place === 'line' ? text : unpiped(text)),
  code(text, place, link) {
    if (text === '' || link !== undefined) return plain.value(text, place);
    const fence = ticks(text, 1);
    const edge = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
    return fence + edge + (place === 'line' ? text : unpiped(text)) + edge + fence;
  },
  fence: (text) => text,
};

/** The blocks as Markdown for reading: values plain, tables with their pipes below each other. */
export function bodyOf(blocks: readonly Block[]): string {
  return markdownOf(blocks, plain);
}

const uncut: Writer = { ...plain, whole: true };

/** The same with every value in its full length, for a file. */
export function documentOf(blocks: readonly Block[]): string {
  return markdownOf(blocks, uncut);
}

/** Whether a value in it is longer than is shown. */
export function hasLongValue(block: Block): boolean {
  return markdownOf([block], plain) !== markdownOf([block], uncut);
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

const none = (): undefined => undefined;

/** Only what the specification lets a client show (Client-Server API, m.room.message), without links or HTML in words. */
const marked = once(
  () =>
    new (late.marked().Marked)({
      gfm: true,
      breaks: true,
      tokenizer: { html: none, tag: none, link: none, reflink: none, def: none, autolink: none, url: none },
      renderer: {
        checkbox: () => '',
        tablecell({ header, tokens }) {
          const name = header ? 'th' : 'td';
          return `<${name}>${this.parser.parseInline(tokens)}</${name}>`;
        },
      },
    }),
);

/** The blocks as HTML: `marked` sees only our own words; everybody else's are put in, escaped, when it is through. */
export function htmlOf(blocks: readonly Block[]): string {
  const held: string[] = [];
  // Private-use characters mean nothing to Markdown, so a value cannot be read as any.
  const hold = (html: string): string => `\uE000${held.push(html) - 1}\uE001`;
  const marks: Writer = {
    value: (text) => hold(escaped(text)),
    code: (text, _, link) =>
      text === ''
        ? ''
        : hold(`<code>${escaped(text)}</code>${link === undefined ? '' : ` <a href="${escaped(link)}">open</a>`}`),
    fence: (text) => hold(escaped(text)),
  };
  const html = marked().parse(markdownOf(blocks, marks), { async: false });
  return html.replace(/\uE000(\d+)\uE001/g, (_, at: string) => held[Number(at)] ?? '').trim();
}
