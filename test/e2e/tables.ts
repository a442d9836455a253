const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
const unescaped = (html: string): string =>
  html
    .replace(/ <a href=[^>]*>open<\/a>|<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => entities[name] ?? '');

/** The cells of the first table in an answer's HTML, row by row, the heads first, as a client shows them, without links. */
export function htmlTable(html: string): readonly (readonly string[])[] {
  const table = /<table>[\s\S]*?<\/table>/.exec(html)?.[0] ?? '';
  return [...table.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd]>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) => unescaped(cell)),
  );
}

/** The records of an answer's plain body that has too many columns for a table: "Title: value" in lines, a dash before each. */
function records(body: string): readonly Readonly<Record<string, string>>[] {
  return [...body.matchAll(/^- (?:[^\n]+: [^\n]*)(?:\n {2}\S[^\n]*)*/gm)].map(([record]) =>
    Object.fromEntries(
      record
        .slice(2)
        .split('\n')
        .map((line) => /^ *([^:]+): (.*)$/.exec(line)?.slice(1, 3) ?? [line, '']),
    ),
  );
}

/** The cells of the table in an answer's plain body, row by row, the heads first. */
export function bodyTable(body: string): readonly (readonly string[])[] {
  return body
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[-:|]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** One column of the table in an answer's plain body, without its head; of lines below each other, '' where it is left out. */
export function column(body: string, title: string): readonly string[] {
  const [head, ...rows] = bodyTable(body);
  const narrow = head === undefined ? records(body) : [];
  if (narrow.some((record) => title in record)) return narrow.map((record) => record[title] ?? '');
  const at = head?.indexOf(title) ?? -1;
  if (at === -1) throw new Error(`no column ${title} in:\n${body}`);
  return rows.map((row) => row[at] ?? '');
}
