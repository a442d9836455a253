import type { SaidToken } from './dialect.ts';
import { countedLines, eachLine, whole } from './readers.ts';

/** `New registration token issued: …`, with the link that some versions add. */
export const readIssued = whole(
  /New registration token issued: `([^`\s]+)`(?: ?\.| -) ([^\n]+?)\.?(?:\nInvite link using this token: \S+)?/,
  (token = '', words = ''): SaidToken => ({ token, words }),
);

/** The list, with each token's limits in the server's own words. */
export function readTokens(text: string): readonly SaidToken[] | undefined {
  return eachLine(countedLines(text, /^Found (\d+) registration tokens:$/, false), (line) => {
    const [, token, words = ''] = /^- `([^`\s]+)`(?: ---| -|:)? ?(.*)$/.exec(line) ?? [];
    return token === undefined ? undefined : { token, words };
  });
}
