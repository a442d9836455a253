/** What may stand in a tag: only a code block's language, and links to ids. */
const link = 'a href="https:\\/\\/matrix\\.to\\/#\\/[\\w.~!*()%\\/-]+(?:\\?via=[\\w.~!*()%-]+)?"';
const names = 'h[1-6]|p|ul|ol|li|table|thead|tbody|tr|th|td|strong|em|del|code|pre|br|blockquote|hr';
const empty = new Set(['br', 'hr']);

/**
 * Reads the HTML of a message as strictly as can be: only tags the specification lets clients show (Client-Server API,
 * m.room.message), nested and closed as they must be, no attribute but a code block's language and a matrix.to link, no
 * bare `<`, `>` or `&`. What it accepts means the same to every parser; it throws an Error for anything else.
 */
export function readHtml(html: string): { readonly tags: readonly string[]; readonly text: string } {
  const token = new RegExp(
    `<(\\/?(?:${names}|a))>|<((?:code) class="language-[\\w-]+"|${link})>|&(amp|lt|gt|quot|#39);|([^<>&]+)`,
    'gy',
  );
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  const tags: string[] = [];
  const open: string[] = [];
  let text = '';
  let read = 0;
  for (const [whole, bare, withAttribute, entity, plain] of html.matchAll(token)) {
    const tag = bare ?? withAttribute?.split(' ')[0];
    if (tag === undefined) text += entity === undefined ? plain : entities[entity];
    else {
      tags.push(tag);
      const closed = tag.startsWith('/') ? open.pop() : undefined;
      if (bare === 'a' || (tag.startsWith('/') && closed !== tag.slice(1)))
        throw new Error(`${whole} is not allowed there: ${html.slice(Math.max(0, read - 80), read + 80)}`);
      if (!tag.startsWith('/') && !empty.has(tag)) open.push(tag);
    }
    read += whole.length;
  }
  if (read !== html.length) throw new Error(`no such HTML is allowed: ${html.slice(read, read + 80)}`);
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
  return { tags, text };
}
