import type { Block, Cell } from './reply.ts';
import type { Part, Text } from './text.ts';

/** The blocks with the prefix before every command they name, so that it can be copied as it stands. */
export function prefixed(blocks: readonly Block[], prefix: string): readonly Block[] {
  const part = (one: Part): Part => (one.kind === 'command' ? { kind: 'code', text: `${prefix} ${one.text}` } : one);
  const text = ({ parts }: Text): Text => ({ parts: parts.map(part) });
  const cell = (value: Cell): Cell => (typeof value === 'object' && value !== null ? text(value) : value);
  return blocks.map((block): Block => {
    switch (block.kind) {
      case 'paragraph':
      case 'heading':
        return { ...block, text: text(block.text) };
      case 'list':
        return { ...block, items: block.items.map(text) };
      case 'fields':
        return { ...block, fields: block.fields.map(([label, value]) => [label, cell(value)]) };
      default:
        return block;
    }
  });
}
