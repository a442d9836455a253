import { Problem } from '../../core/problem.ts';
import { clipped } from '../../core/shown.ts';
import { code, say } from '../../core/text.ts';

/** Client-Server API, "Room tagging": a tag's name has at most so many bytes. */
const longest = 255;
/** Those of the specification; it keeps the rest of `m.` for itself. */
const known = ['m.favourite', 'm.lowpriority', 'm.server_notice'];

/** Throws Problem('usage') for what is no tag (Client-Server API, "Room tagging"). */
export function requireTag(tag: string): void {
  const wrong = (why: ReturnType<typeof say>, hint?: ReturnType<typeof say>) =>
    new Problem('usage', say`${clipped(tag)} is no tag: ${why}`, hint);
  if (/[\s\p{C}]/u.test(tag) || tag === '') throw wrong(say`it may hold no spaces.`);
  if (Buffer.byteLength(tag) > longest) throw wrong(say`it is longer than ${longest} bytes.`);
  if (tag.startsWith('m.') && !known.includes(tag))
    throw wrong(say`of those that begin with ${code('m.')} there are only ${known.join(', ')}.`);
  if (!/^[^.]+\../.test(tag))
    throw wrong(
      say`it needs a prefix: ${code('u.')} for a tag of one's own, or a domain turned round.`,
      say`Did you mean ${code(`u.${tag.replace(/\.+$/, '')}`)}?`,
    );
}

/** A room's place among those of the same tag: 0 to 1, the first at 0. Throws Problem('usage'). */
export function orderOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const order = /^(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (order >= 0 && order <= 1) return order;
  throw new Problem(
    'usage',
    say`${clipped(text)} is no order: it is a number from ${code('0')}, the first, to ${code('1')}, the last, such as ${code('0.25')}.`,
  );
}
