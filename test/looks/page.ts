/** A message of a conversation; `html` as an answer holds it. */
export interface Said {
  readonly who: string;
  readonly html: string;
}

/** Plain looks of a client, which gives a table that is too wide a bar to scroll it by. */
const style = `
  body { font: 15px/1.4 sans-serif; margin: 0; padding: 4px 12px 12px; color: #1b1d22; background: #fff; }
  .said { margin: 12px 0 0; } .who { font-weight: bold; color: #0a7a5c; } .castellan .who { color: #6a3fb5; }
  table { display: block; overflow-x: auto; border-collapse: collapse; font-size: 14px; }
  th, td { border: 1px solid #dde; padding: 3px 7px; text-align: left; vertical-align: top; }
  code { background: #f1f2f5; border-radius: 3px; padding: 0 3px; overflow-wrap: anywhere; }
  pre { background: #f1f2f5; padding: 8px; overflow-x: auto; } pre code { padding: 0; overflow-wrap: normal; }
  p, ul { margin: 6px 0; } ul { padding-left: 22px; } li { overflow-wrap: anywhere; } a { color: #0b63c5; }
  h3 { font-size: 16px; margin: 8px 0 4px; }`;

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** What somebody types, as its own client shows it. */
export function typed(line: string): string {
  return escaped(line).replaceAll('\n', '<br>');
}

/** A page with a conversation, as a client shows it. */
export function conversationPage(said: readonly Said[]): string {
  const messages = said.map(
    ({ who, html }) => `<div class="said ${who}"><span class="who">${escaped(who)}</span><div>${html}</div></div>`,
  );
  const view = '<meta name="viewport" content="width=device-width">';
  return `<!doctype html><html lang="en"><meta charset="utf-8">${view}<style>${style}</style>${messages.join('\n')}</html>`;
}
