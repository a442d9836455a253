import { isReply, type Me } from './addressed.ts';
import { anchors } from './anchors.ts';
import { escapeRegex } from './escape-regex.ts';
import { Problem } from './problem.ts';
import { clipped } from './shown.ts';
import { counted, joined, say } from './text.ts';

/** Each link is looked for in the whole text, so their number and length are bounded. */
const mostLinks = 20;
const longestName = 256;
const longestAddress = 1000;

interface Pill {
  readonly id: string;
  readonly text: string;
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly id: string;
}

/**
 * The text of a command with every link to a user, room or alias replaced by the id it stands for: anyone may call
 * herself `alice`. Throws a Problem that names the ids where a link's or a mention's place is not plain.
 */
export function withPills(
  text: string,
  content: Readonly<Record<string, unknown>>,
  me: Pick<Me, 'userId' | 'serverName'>,
  mentioned: boolean,
): string {
  const pills = pillsOf(content, me, mentioned);
  const places = pills.length === 0 ? [] : placesOf(text, pills);
  for (const id of mentionsOf(content))
    if (id !== me.userId && !pills.some((pill) => pill.id === id) && !standsIn(text, id, me.serverName))
      throw new Problem(
        'usage',
        say`Your message mentions ${clipped(id, 255)}, but I cannot tell where.`,
        isReply(content) ? say`Send the command without replying, or write the id itself.` : say`Write the id itself.`,
      );
  let replaced = '';
  let at = 0;
  for (const place of places) {
    replaced += text.slice(at, place.start) + place.id;
    at = place.end;
  }
  return replaced + text.slice(at);
}

function pillsOf(
  content: Readonly<Record<string, unknown>>,
  me: Pick<Me, 'userId'>,
  mentioned: boolean,
): readonly Pill[] {
  if (typeof content.formatted_body !== 'string') return [];
  const pills: Pill[] = [];
  for (const { href, text } of anchors(content.formatted_body)) {
    const id = linkedId(href);
    if (id !== undefined) pills.push({ id, text: text.replace(/\s+/gu, ' ').trim() });
  }
  // The address itself, which is no longer part of the text.
  if (mentioned && pills[0]?.id === me.userId) pills.shift();
  if (pills.length > mostLinks)
    throw new Problem(
      'usage',
      say`There are ${counted(pills.length, 'link')} in this command; write the ids themselves.`,
    );
  return pills;
}

/** The user, room or alias of a matrix.to link; `undefined` for events and for everything else. */
function linkedId(href: string): string | undefined {
  const path = /^https?:\/\/(?:www\.)?matrix\.to\/#\/([^?]+)/iu.exec(href.trim())?.[1];
  if (path === undefined) return undefined;
  const slash = path.indexOf('/');
  if (slash !== -1 && decoded(path.slice(slash + 1)).startsWith('$')) return undefined;
  const id = decoded(path.replace(/\/$/, ''));
  return /^[@#!]/.test(id) ? id : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function placesOf(text: string, pills: readonly Pill[]): readonly Place[] {
  const places: Place[] = [];
  for (const [shown, ids] of Map.groupBy(pills, (pill) => pill.text)) {
    const [pill] = ids;
    if (pill === undefined) continue;
    const { id } = pill;
    if (shown.length > longestName) throw unplaced(shown, 0, ids);
    if (!/^[^\s"'\\“”„‟\p{C}]+$/u.test(id))
      throw new Problem(
        'usage',
        say`A link in your message stands for ${clipped(id, 255)}, which I cannot put into a command.`,
      );
    const found = occurrences(text, shown, id);
    if (found.length === 0 && standsAlone(text, id)) continue;
    const plain = ids.every((other) => other.id === id) && found.length === ids.length;
    if (!plain || shown === '') throw unplaced(shown, found.length, ids);
    if (shown !== id) places.push(...found.map((place) => ({ ...place, id })));
  }
  places.sort((one, other) => one.start - other.start);
  places.forEach((place, at) => {
    const before = places[at - 1];
    if (before !== undefined && before.end > place.start)
      throw unplaced(text.slice(place.start, place.end), 1, [before, place]);
  });
  return places;
}

function unplaced(shown: string, times: number, pills: readonly { readonly id: string }[]): Problem {
  const ids = [...new Set(pills.map((pill) => pill.id))].map((id) => clipped(id, 255));
  return new Problem(
    'usage',
    say`${clipped(shown)} in your message links to ${joined(ids, ' and ')}, and I find it ${counted(times, 'time')} in the text, so I cannot tell which is meant.`,
    say`Write the id itself.`,
  );
}

/** Where a link's text stands as words of its own; as a Markdown link, if the client wrote one. */
function occurrences(text: string, shown: string, id: string): readonly Omit<Place, 'id'>[] {
  if (shown === '') return [];
  const words = shown
    .split(' ')
    .map((word) => escapeRegex(word))
    .join('\\s+');
  const markdown = [
    ...text.matchAll(new RegExp(`\\[${words}\\]\\(<?([^)\\s>]{0,${longestAddress}})>?\\)`, 'gu')),
  ].filter((match) => linkedId(match[1] ?? '') === id);
  const found =
    markdown.length > 0
      ? markdown
      : [...text.matchAll(new RegExp(`(?<![\\p{L}\\p{N}_@#!.:/+-])${words}(?![.:]?[\\p{L}\\p{N}_=/+-])`, 'gu'))];
  return found.map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

function standsAlone(text: string, id: string): boolean {
  return occurrences(text, id, id).length > 0;
}

function mentionsOf(content: Readonly<Record<string, unknown>>): readonly string[] {
  const mentions = content['m.mentions'];
  const ids = typeof mentions === 'object' && mentions !== null && 'user_ids' in mentions ? mentions.user_ids : [];
  return Array.isArray(ids) ? [...new Set(ids)].filter((id) => typeof id === 'string').slice(0, mostLinks) : [];
}

/** A user whose id, or localpart where it is ours, is a word of the text is where it seems to be. */
function standsIn(text: string, id: string, serverName: string): boolean {
  if (standsAlone(text, id)) return true;
  if (!id.startsWith('@') || !id.endsWith(`:${serverName}`)) return false;
  const short = id.slice(0, -serverName.length - 1);
  return standsAlone(text, short) || standsAlone(text, short.slice(1));
}
