import { late } from './late.ts';

/** What keeps a text from being YAML; nothing of the text is repeated, which may hold secrets. */
export interface YamlFault {
  readonly line: number;
  readonly column: number;
  readonly what: string;
}

export type ReadYaml = { readonly value: unknown } | { readonly fault: YamlFault };

const known: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab stands where YAML takes only spaces',
  BAD_INDENT: 'the line is indented otherwise than those around it',
  MULTIPLE_DOCS: 'a second document begins; there may be only one',
  MISSING_CHAR: 'a quote or bracket is not closed, or a colon is missing',
  BAD_DQ_ESCAPE: 'an escape in double quotes is not known',
  BAD_ALIAS: 'it refers to an anchor that is not there',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines; perhaps a colon or an indent is missing',
  BLOCK_AS_IMPLICIT_KEY: 'a key goes over several lines; perhaps a colon or an indent is missing',
};

/** Reads YAML as Synapse does (YAML 1.1, the last of a key's values counts). */
export function readYaml(text: string): ReadYaml {
  const { LineCounter, parseDocument } = late.yaml();
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: '1.1', prettyErrors: false, uniqueKeys: false, lineCounter });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    return { fault: { line, column: col, what: known[error.code] ?? 'this is not YAML' } };
  }
  try {
    return { value: document.toJS() };
  } catch {
    // References that swell to more than there can be.
    return { fault: { line: 1, column: 1, what: 'its references lead nowhere or to too much' } };
  }
}
