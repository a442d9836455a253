/**
 * Reads the HTML of a message as strictly as can be: only tags the specification lets clients show (Client-Server API,
 * m.room.message), no attribute but a code block's language, no bare `<`, `>` or `&`. What it accepts means the same to
 * every parser.
 */
export function readHtml(html: string): { readonly tags: readonly string[]; readonly text: string } {
  const token =
    /<(\/?(?:h[1-6]|p|ul|ol|li|table|thead|tbody|tr|th|td|strong|em|del|code|pre|br|blockquote|hr))>|<(code) class="language-[\w-]+">|&(amp|lt|gt|quot|#39);|([^<>&]+)/gy;
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  const tags: string[] = [];
  let text = '';
  let read = 0;
  for (const [whole, tag, block, entity, plain] of html.matchAll(token)) {
    if (tag !== undefined || block !== undefined) tags.push(tag ?? `${block}`);
    else text += entity === undefined ? plain : entities[entity];
    read += whole.length;
  }
  if (read !== html.length) throw new Error(`no such HTML is allowed: ${html.slice(read, read + 80)}`);
  return { tags, text };
}
