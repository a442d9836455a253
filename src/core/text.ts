/**
 * Words for people, in which what we wrote (Markdown) and what somebody else wrote (values) never mix:
 * a display name can therefore forge no table, link, mention or command.
 */
export type Part =
  | { readonly kind: 'markdown'; readonly text: string }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string; readonly link?: string }
  | { readonly kind: 'command'; readonly text: string };

/** A run of parts; made with {@link say}, turned into a body and a formatted body by `render.ts` only. */
export interface Text {
  readonly parts: readonly Part[];
}

export type Sayable = string | number | Text;

function isText(value: Sayable): value is Text {
  return typeof value === 'object';
}

/** Template tag: the literals are ours (Markdown), the values are anybody's and are shown as plain text. */
export function say(literals: TemplateStringsArray, ...values: readonly Sayable[]): Text {
  const parts: Part[] = [];
  literals.forEach((literal, at) => {
    if (literal !== '') parts.push({ kind: 'markdown', text: literal });
    const value = values[at];
    if (value === undefined) return;
    if (isText(value)) parts.push(...value.parts);
    else parts.push({ kind: 'value', text: String(value) });
  });
  return { parts };
}

/** A value shown as inline code: ids, flags, words to type. */
export function code(value: string): Text {
  return { parts: [{ kind: 'code', text: value }] };
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed()).replaceAll("'", '%27');

/**
 * An id that can be opened: its matrix.to link stands beside it, since clients put a name of anybody's choice in the place
 * of a link. `via`: a server that knows the room of an id (Specification, appendices, "matrix.to navigation").
 */
export function linked(id: string, { event, via }: { readonly event?: string; readonly via?: string } = {}): Text {
  const path = [id, ...(event === undefined ? [] : [event])].map(encoded);
  const query = via === undefined ? '' : `?via=${encoded(via)}`;
  return { parts: [{ kind: 'code', text: event ?? id, link: `https://matrix.to/#/${path.join('/')}${query}` }] };
}

/** A command to type, without its prefix, which is put before it where there is one: "user details @alice:example.org". */
export function commandLine(words: string): Text {
  return { parts: [{ kind: 'command', text: words }] };
}

/** Texts in a row with our own separator between them. */
export function joined(texts: readonly Text[], separator = ', '): Text {
  return {
    parts: texts.flatMap((text, at) =>
      at === 0 ? text.parts : [{ kind: 'markdown' as const, text: separator }, ...text.parts],
    ),
  };
}

/** The bare words, uncleaned: for data and logs, never for a message. */
export function wordsOf(text: Text): string {
  return text.parts.map((part) => part.text).join('');
}

/** "1 user", "4,812 users". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
