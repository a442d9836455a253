import type { HttpRequest } from '../../http.ts';

/** A request in all the ways in which a server, or a proxy before it, may read it; every string is {@link folded}. */
export interface RequestReadings {
  readonly method: HttpRequest['method'];
  /** The path's parts; one list for each way of reading it, the same way never twice. */
  readonly paths: readonly (readonly string[])[];
  readonly queryNames: ReadonlySet<string>;
  /** Every path part, alias, query value, and every key and text of the body. */
  readonly names: ReadonlySet<string>;
  /** The path parts that a server may take for an alias, exactly as it would read them: aliases tell `A` from `a`. */
  readonly aliases: ReadonlySet<string>;
  /** The body's top-level fields as they go out; `undefined` where they cannot be read. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** No honest caller encodes a path this many times over. */
const mostLayers = 5;

/** Unlike decodeURIComponent it takes what is malformed as it stands. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** From the text as sent to the text in which nothing is encoded any more, or as far as `mostLayers` lead. */
function layersOf(text: string): string[] {
  const layers = [text];
  let next = decoded(text);
  while (next !== layers.at(-1) && layers.length <= mostLayers) {
    layers.push(next);
    next = decoded(next);
  }
  return layers;
}

/** One spelling for all the ways to write an id or a path part; wider than what a server takes for the same. */
export function folded(text: string): string {
  return (layersOf(text).at(-1) ?? text)
    .normalize('NFKC')
    .replace(/^[\s\0]+|[\s\0]+$/g, '')
    .toLowerCase();
}

/** Without empty parts and dots, as proxies normalise. */
function walked(parts: readonly string[]): string[] {
  const path: string[] = [];
  for (const part of parts) {
    if (part === '..') path.pop();
    else if (part !== '' && part !== '.') path.push(part);
  }
  return path;
}

function pathsOf(layers: readonly string[]): string[][] {
  const paths = layers.flatMap((layer) => {
    const parts = layer.split(/[/\\]/);
    // Some proxies and servers leave out what follows a semicolon, others do not.
    const bare = parts.map((part) => part.split(';', 1)[0] ?? '');
    return [walked(parts).map(folded), walked(bare).map(folded)];
  });
  return [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()];
}

/** An alias may hold a slash, so that in a layer its parts may stand apart. */
function aliasesIn(layers: readonly string[]): string[] {
  const runs = layers.flatMap((layer) => {
    const parts = layer.split(/[/\\]/);
    return parts.flatMap((first, from) =>
      /^(#|%)/.test(first) ? parts.slice(from).map((_, more) => parts.slice(from, from + more + 1).join('/')) : [],
    );
  });
  const texts = runs.flatMap(layersOf).filter((text) => text.startsWith('#'));
  return texts.flatMap((text) => [text, text.split(';', 1)[0] ?? '']);
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (body === undefined) return {};
  try {
    const text = body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : JSON.stringify(body);
    const sent: unknown = JSON.parse(text);
    if (typeof sent === 'object' && sent !== null && !Array.isArray(sent)) return { ...sent };
    return { '': sent };
  } catch {
    return undefined;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}

/** A request is read by each guard in its turn. */
const read = new WeakMap<HttpRequest, RequestReadings | undefined>();

/** `undefined` for a path that is encoded so often that nobody could say what it means. */
export function requestReadings(request: HttpRequest): RequestReadings | undefined {
  if (!read.has(request)) read.set(request, readingsOf(request));
  return read.get(request);
}

function readingsOf(request: HttpRequest): RequestReadings | undefined {
  // The parser through which the request will go: it drops fragments and tabs, walks dots, turns backslashes.
  const url = new URL(`http://homeserver${request.path}`);
  const layers = layersOf(url.pathname);
  if (layers.length > mostLayers) return undefined;
  const paths = pathsOf(layers);
  const aliases = aliasesIn(layers);
  const query = [...url.searchParams, ...Object.entries(request.query ?? {})];
  const queryValues = query.flatMap(([, value]) => value).map((value) => folded(String(value)));
  const fields = fieldsOf(request.body);
  return {
    method: request.method,
    paths,
    queryNames: new Set(query.map(([name]) => folded(name))),
    names: new Set([...paths.flat(), ...aliases.map(folded), ...queryValues, ...textsIn(fields).map(folded)]),
    aliases: new Set(aliases),
    fields,
  };
}
