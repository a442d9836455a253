import { Problem } from './problem.ts';
import type { Page } from './reply.ts';
import { code, say, type Text } from './text.ts';

/** What every listing is told (`listing` in fields.ts, which checks each by itself). Pages count from 1, `from` from 0. */
export interface PageInput {
  readonly limit?: number | undefined;
  readonly page?: number | undefined;
  readonly from?: number | undefined;
  readonly all?: boolean | undefined;
}

/** The part of a list that was asked for; without `limit` it is all of it. */
export interface Window {
  readonly from: number;
  readonly limit: number | undefined;
}

const usualLimit = 100;

/** Reads the paging flags together. Throws Problem('usage') where they contradict each other. */
export function windowOf({ limit = usualLimit, page, from, all = false }: PageInput): Window {
  if (all && (limit !== usualLimit || page !== undefined || from !== undefined))
    throw new Problem('usage', say`${code('--all')} shows everything: leave out the limit, page and start.`);
  if (page !== undefined && from !== undefined)
    throw new Problem('usage', say`A page and ${code('--from')} say two different things: give one of them.`);
  // A limit of nothing would page for ever.
  if (limit < 1)
    throw new Problem('usage', say`The limit must be at least 1.`, say`${code('--all')} shows everything.`);
  return all ? { from: 0, limit: undefined } : { from: from ?? ((page ?? 1) - 1) * limit, limit };
}

/**
 * The page that came back. `more` is needed where `total` is not known.
 * Throws Problem('usage') when the window begins behind the end.
 */
export function pageOf(window: Window, shown: number, total: number | undefined, more = false): Page {
  if (shown === 0 && window.from > 0)
    throw new Problem(
      'usage',
      total === undefined
        ? say`The list ends before ${position(window.from)}.`
        : total === 0
          ? say`The list is empty; there is nothing from ${position(window.from)} on.`
          : say`The list ends at ${position(total - 1)}; there is nothing from ${position(window.from)} on.`,
      say`Leave out the page to see the beginning.`,
    );
  return { from: window.from, total, more: total === undefined ? more : window.from + shown < total };
}

/** The part of a list that is there as a whole. Throws as {@link windowOf} and {@link pageOf} do. */
export function cut<Row>(
  all: readonly Row[],
  input: PageInput,
): { readonly rows: readonly Row[]; readonly page: Page } {
  const window = windowOf(input);
  const rows = all.slice(window.from, window.limit === undefined ? undefined : window.from + window.limit);
  return { rows, page: pageOf(window, rows.length, all.length) };
}

/** People count from 1. */
const position = (from: number): string => (from + 1).toLocaleString('en');

/** "1–100 of 4,812". */
export function pageText(page: Page, shown: number): Text {
  const last = (page.from + shown).toLocaleString('en');
  const range = shown === 1 ? last : `${position(page.from)}–${last}`;
  if (page.total !== undefined) return say`${range} of ${page.total.toLocaleString('en')}`;
  return page.more === true ? say`${range}, and there are more` : say`${range}`;
}

/** The line below a list: where this is in it, and what to say for more. */
export function pageLine(page: Page, shown: number): Text {
  const here = pageText(page, shown);
  return page.next === undefined ? here : say`${here} · next: ${code(page.next)}`;
}

const pagingFlag = /^(?:--(?:page|from)|-f)(?:$|=)/;

/**
 * The line as it was typed, asking for what begins at `from`. `page` is the page number it was given, which may stand
 * in it as a bare word.
 */
export function nextLine(line: string, from: number, page?: number): string {
  // Quotes are kept as they are: only whole words are taken out.
  const words = line.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|“[^”]*”|\\.|[^\s"'“\\])+/g) ?? [];
  const kept: string[] = [];
  let flagged = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const spelled = word.replace(/^[—–](?=\p{L})/u, '--');
    const match = pagingFlag.exec(spelled);
    if (match === null && !/^-f\d+$/.test(spelled)) kept.push(word);
    else {
      flagged = true;
      if (match?.[0].endsWith('=') === false) at += 1;
    }
  }
  if (page !== undefined && !flagged) dropPage(kept, String(page));
  return [...kept, `--from ${from}`].join(' ');
}

/** A number behind a flag may be that flag's; the page is rather the one that is not. */
function dropPage(words: string[], page: string): void {
  const bare = words.findIndex((word, at) => word === page && words[at - 1]?.startsWith('-') === false);
  const at = bare === -1 ? words.lastIndexOf(page) : bare;
  if (at !== -1) words.splice(at, 1);
}
