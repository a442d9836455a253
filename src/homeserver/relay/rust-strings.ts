import { eachLine } from './readers.ts';

/** A list of device ids as Rust prints it to programmers: one in a line, and whatever could end a line is spelled out. */
export function readDeviceIds(text: string): readonly string[] | undefined {
  const inner = /^Query completed in [^\n]+:\n\n```rs\n\[([\s\S]*)\]\n```$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  if (inner === '') return [];
  return eachLine(inner.slice(1).trimEnd().split('\n'), (line) => {
    const quoted = /^ {4}"((?:[^"\\]|\\.)*)",$/.exec(line)?.[1];
    return quoted?.replaceAll(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, code?: string, sign = '') =>
      code === undefined ? (escapes[sign] ?? sign) : String.fromCodePoint(Number.parseInt(code, 16)),
    );
  });
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' };
