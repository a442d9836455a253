import type { MediaLine } from './dialect.ts';
import { eachLine } from './readers.ts';

const mediaHeading =
  '| MXC URI | Dimensions (if thumbnail) | Created/Downloaded at | Uploader | Content-Type | Filename | Size |';

/** The names of files are their uploaders' words: with a line break in one, lines could be made up. */
export function readConduitMedia(text: string): readonly MediaLine[] | undefined {
  const [heading, ruler, ...lines] = text.split('\n');
  if (heading !== mediaHeading || !/^(\| --- )+\|$/.test(ruler ?? '')) return undefined;
  return eachLine(lines, (line) => {
    const cells = /^\| (mxc:\/\/[^\s|]+) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*) \| (.*?) \|$/.exec(line);
    if (cells === null) return undefined;
    const [, mxc = '', , created = '', user = '', type = '', name = '', size = ''] = cells;
    const at = Date.parse(created);
    const filled = (cell: string) => (cell.trim() === '' ? null : cell.trim());
    return {
      mxc,
      createdAt: Number.isNaN(at) ? undefined : at,
      userId: filled(user),
      type: filled(type),
      name: filled(name),
      size: filled(size),
    };
  });
}
