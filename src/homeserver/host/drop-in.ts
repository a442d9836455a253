import { late } from '../../core/late.ts';
import type { OptionChange } from '../host.ts';

const header = '# Written by Castellan. What stands here replaces the same keys of the files before it.\n';

/** The text of the bot's own file with these keys set (null: taken out); comments and order are kept. */
export function withOptions(text: string | undefined, change: OptionChange): string {
  const { isMap, parseDocument } = late.yaml();
  const document = parseDocument(text?.trim() ? text : header, { version: '1.1', uniqueKeys: false });
  if (!isMap(document.contents)) document.contents = document.createNode({}) as unknown as typeof document.contents;
  for (const [key, value] of Object.entries(change)) {
    if (value === null) document.delete(key);
    // A plain value goes into the node that is there, so that a comment behind it stays.
    else document.set(key, typeof value === 'object' ? document.createNode(value) : value);
  }
  return document.toString({ lineWidth: 0 });
}
