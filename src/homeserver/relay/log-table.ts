/** An answer, and the log lines that the server put before it. */
export interface Separated {
  readonly logs: string | undefined;
  readonly text: string;
}

/**
 * Sets apart the table of log lines that conduwuit and its kin put before an answer when something was logged meanwhile
 * (reference, section 2.2). What of a log message comes after a line break of its own stays with the answer, which is
 * then not recognised: a log can forge no success.
 */
export function withoutLogTable(body: string): Separated {
  const lines = body.split('\n');
  if (!/^\|\s*level\s*\|\s*span\s*\|\s*message\s*\|$/i.test(lines[0]?.trim() ?? '')) {
    return { logs: undefined, text: trimmed(body) };
  }
  const end = lines.findIndex((line) => !line.startsWith('|'));
  const at = end === -1 ? lines.length : end;
  return { logs: lines.slice(0, at).join('\n'), text: trimmed(lines.slice(at).join('\n')) };
}

const trimmed = (text: string): string => text.replace(/^\n+/, '').replace(/\s+$/, '');

/** Messages of one answer as one text; a fence that was closed and opened again for the cut is whole again. */
export function joinedParts(parts: readonly string[]): string {
  return parts.reduce((before, part) => {
    const opens = /^```\w*\n/.exec(part)?.[0];
    if (before.endsWith('\n```') && opens !== undefined) return `${before.slice(0, -4)}\n${part.slice(opens.length)}`;
    return before === '' ? part : `${before}\n${part}`;
  }, '');
}
