/** A link in a message. */
export interface Anchor {
  readonly href: string;
  /** What is shown, tags removed and entities decoded. */
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** The links of a `formatted_body`, in order; whatever is broken in it is taken as text. Linear in its length. */
export function anchors(html: string): readonly Anchor[] {
  const found: Anchor[] = [];
  let open: { readonly href: string; text: string } | undefined;
  let quoteDepth = 0;
  const close = (): void => {
    if (open && quoteDepth === 0) found.push({ href: open.href, text: decodeEntities(open.text) });
    open = undefined;
  };
  let at = 0;
  while (at < html.length) {
    const bracket = html.indexOf('<', at);
    const end = bracket === -1 ? -1 : endOfTag(html, bracket);
    if (open) open.text += html.slice(at, bracket === -1 ? html.length : bracket);
    if (end === -1) break;
    const tag = html.slice(bracket + 1, end);
    const name = /^\/?[a-z][a-z0-9-]*/i.exec(tag)?.[0].toLowerCase();
    if (name === undefined) {
      // No tag after all: only its bracket is passed over.
      if (open) open.text += '<';
      at = bracket + 1;
      continue;
    }
    if (name === 'mx-reply') quoteDepth += 1;
    if (name === '/mx-reply') quoteDepth = Math.max(0, quoteDepth - 1);
    if (name === 'br' && open) open.text += ' ';
    if (name === 'a' || name === '/a') close();
    if (name === 'a') open = { href: hrefOf(tag), text: '' };
    at = end + 1;
  }
  close();
  return found;
}

/** Where the tag that begins at `start` ends; −1 where it does not. */
function endOfTag(html: string, start: number): number {
  // A bracket that begins no tag is not followed to the end of the text each time.
  if (!/^\/?[a-z]/i.test(html.slice(start + 1, start + 3))) return start + 1;
  let quote = '';
  for (let at = start + 1; at < html.length; at += 1) {
    const char = html.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at;
  }
  return -1;
}

function hrefOf(tag: string): string {
  const match = /\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i.exec(tag);
  return decodeEntities(match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
}

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const point = decimal !== undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
