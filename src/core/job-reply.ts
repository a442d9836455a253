import { csvOfListing } from './output.ts';
import { type Block, paragraph, type Reply } from './reply.ts';
import { code, commandLine, counted, joined, say, type Text } from './text.ts';

type ItemState = 'pending' | 'running' | 'stepped' | 'done' | 'skipped' | 'failed' | 'unknown';

interface Tally {
  /** "Deactivating users" */
  readonly heading: Text;
  readonly total: number;
  readonly counts: Readonly<Partial<Record<ItemState, number>>>;
}

export interface Progress extends Tally {
  readonly id: string;
  /** How far the items under way are. */
  readonly said?: readonly Text[];
  /** Jobs that come before it. */
  readonly ahead?: number;
  /** The homeserver gives no answer. */
  readonly away?: boolean;
  /** It was cancelled, and has not ended yet. */
  readonly stopping?: boolean;
  readonly ended?: boolean;
}

const number = (count: number): string => count.toLocaleString('en');

/** "Deactivating users: 120 of 300 done, 3 skipped, 1 failed". */
function tally({ heading, total, counts }: Tally): Text {
  const others = (['skipped', 'failed', 'unknown'] as const).flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [say`${number(count)} ${state}`];
  });
  return say`${heading}: ${joined([say`${number(counts.done ?? 0)} of ${number(total)} done`, ...others])}`;
}

/** A running job in a few lines and how to stop it, to be edited in place. */
export function progressReply(progress: Progress): Reply {
  const { id, heading, total, said = [], ahead = 0, away = false, stopping = false, ended = false } = progress;
  // One item is either over or not: its own words say more than a count.
  const line = total === 1 ? heading : tally(progress);
  if (ended) return { outcome: 'done', blocks: [paragraph(say`🏁 ${line}`)] };
  const paragraphs = [
    say`⏳ ${line}`,
    ...(ahead > 0 ? [say`It waits for ${counted(ahead, 'other job')} to end.`] : []),
    ...(away ? [say`The homeserver gives no answer at the moment; it goes on when it does.`] : said),
    stopping
      ? say`Job ${code(id)} was cancelled, and stops after what is under way.`
      : say`Job ${code(id)}; ${commandLine(`job cancel ${id}`)} stops it.`,
  ];
  return { outcome: 'done', blocks: paragraphs.map(paragraph) };
}

export interface JobItem {
  readonly target: string;
  readonly state: ItemState;
  readonly note?: string | undefined;
  /** How it stands in the command's list; its target unless told. */
  readonly line?: string;
}

export interface EndedJob {
  readonly id: string;
  readonly heading: Text;
  readonly state: 'finished' | 'cancelled';
  readonly items: readonly JobItem[];
  /** "user deactivate-all"; names the attachments. */
  readonly path: string;
  /** The command takes a list, into which what failed can be pasted again. */
  readonly takesList: boolean;
  /** What was not begun can be gone on with. */
  readonly resumable: boolean;
}

/** So many reasons, and so many targets of a reason, are named; the file has them all. */
const shownReasons = 10;
const shownTargets = 5;
/** What came of each item is told of so many. */
const toldItems = 10;
/** A longer list to paste is a file, in parts of so many bytes, each of which fits into a message. */
const pastedLines = 100;
const partBytes = 20_000;

/** The end of a job: the counts, why what was left out, and what failed as a list to paste below the same command. */
export function jobReply(job: EndedJob): Reply {
  const { id, state, items, path, takesList, resumable } = job;
  const of = (...states: readonly ItemState[]): readonly JobItem[] =>
    items.filter((item) => states.includes(item.state));
  const skipped = of('skipped');
  const failed = of('failed');
  const unknown = of('unknown', 'running', 'stepped');
  const untouched = of('pending');
  const undone = [...skipped, ...failed, ...unknown, ...untouched];
  const counts = {
    done: items.length - undone.length,
    skipped: skipped.length,
    failed: failed.length,
    unknown: unknown.length,
  };
  const well = state === 'finished' && failed.length + unknown.length + untouched.length === 0;
  const name = path.replaceAll(' ', '-');
  const [only] = items;
  const blocks: Block[] = [];
  if (only !== undefined && items.length === 1) blocks.push(...single(job, only));
  else {
    const left = untouched.length === 0 ? say`` : say`, ${number(untouched.length)} not begun`;
    const headline = tally({ heading: job.heading, total: items.length, counts });
    blocks.push(paragraph(say`${well ? '✅' : '⚠️'} ${headline}${left}.${endOf(job)}`));
    const told = of('done').flatMap(({ target, note }) => (note === undefined ? [] : [say`${code(target)}: ${note}`]));
    if (told.length > 0 && items.length <= toldItems) blocks.push({ kind: 'list', items: told });
    if (skipped.length > 0) blocks.push(paragraph(say`Skipped:`), reasons(skipped));
    if (failed.length > 0) blocks.push(paragraph(say`Failed:`), reasons(failed));
    if (unknown.length > 0)
      blocks.push(paragraph(say`Outcome unknown, may have been done; look before doing it again:`), reasons(unknown));
  }
  const again = [...failed, ...untouched];
  if (again.length > 0 && takesList)
    blocks.push(
      ...pasteable(
        again.map(({ line, target }) => line ?? target),
        untouched.length === 0 ? 'What failed' : 'What failed or was not begun',
        `${name}-again.txt`,
      ),
    );
  if (undone.length > shownTargets) blocks.push(report(undone, `${name}-report.csv`));
  if (resumable && untouched.length + of('running', 'stepped').length > 0)
    blocks.push(paragraph(say`${commandLine(`job resume ${id}`)} goes on with what was not begun.`));
  return {
    outcome: well ? 'done' : unknown.length > 0 ? 'unknown' : failed.length === items.length ? 'failed' : 'done',
    blocks,
    data: { state, counts, items: items.map(({ target, state: ended, note }) => ({ target, state: ended, note })) },
  };
}

function endOf({ state }: EndedJob): Text {
  return state === 'finished' ? say`` : say` The job was cancelled.`;
}

/** A job of one item in plain words: what came of it. */
function single(job: EndedJob, { target, state, note }: JobItem): Block[] {
  const endings: Readonly<Record<ItemState, readonly [mark: string, how: string]>> = {
    done: [job.state === 'finished' ? '✅' : '⚠️', 'done'],
    skipped: ['⚠️', 'skipped, nothing was done'],
    failed: ['❌', 'failed'],
    unknown: ['⚠️', 'outcome unknown; it may have been done, so look before doing it again'],
    running: ['⚠️', 'outcome unknown; it may have been done, so look before doing it again'],
    stepped: ['⚠️', 'done in part'],
    pending: ['⚠️', 'not begun'],
  };
  const [mark, how] = endings[state];
  const headline = paragraph(say`${mark} ${job.heading}: ${how}.${endOf(job)}`);
  return note === undefined ? [headline] : [headline, { kind: 'list', items: [say`${code(target)}: ${note}`] }];
}

/** "no such user (3): @a:x, @b:x, @c:x", the most frequent reason first. */
function reasons(items: readonly JobItem[]): Block {
  const groups = [...Map.groupBy(items, (item) => item.note ?? 'no reason given')].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  const lines = groups.slice(0, shownReasons).map(([reason, group]) => {
    const named = group.slice(0, shownTargets).map((item) => code(item.target));
    const more = group.length - named.length;
    const rest = more === 0 ? [] : [say`and ${number(more)} more`];
    return say`${reason} (${number(group.length)}): ${joined([...named, ...rest])}`;
  });
  const left = groups.length - lines.length;
  return { kind: 'list', items: left === 0 ? lines : [...lines, say`and ${counted(left, 'other reason')}`] };
}

/** Lines for the command's list. Many are a file, whose parts are set apart by remarks, which a list may hold. */
function pasteable(lines: readonly string[], what: string, filename: string): readonly Block[] {
  if (lines.length <= pastedLines)
    return [paragraph(say`${what}, to be pasted below the same command:`), { kind: 'code', text: lines.join('\n') }];
  const parts: string[][] = [];
  let room = 0;
  for (const line of lines) {
    if (room < line.length) {
      parts.push([]);
      room = partBytes;
    }
    parts.at(-1)?.push(line);
    room -= line.length + 1;
  }
  const content = parts
    .map((part, at) => (parts.length === 1 ? part : [`# part ${at + 1} of ${parts.length}`, ...part]).join('\n'))
    .join('\n\n');
  const inParts = parts.length === 1 ? say`` : say`, in ${parts.length} parts, each of which fits into a message`;
  return [
    paragraph(
      say`${what} (${number(lines.length)}), to be pasted below the same command: in ${code(filename)}${inParts}.`,
    ),
    { kind: 'attachment', filename, mimetype: 'text/plain', content },
  ];
}

function report(items: readonly JobItem[], filename: string): Block {
  const columns = ['target', 'state', 'reason'].map((key) => ({ key, title: key }));
  const rows = items.map(({ target, state, note }) => ({ target, state, reason: note }));
  return { kind: 'attachment', filename, mimetype: 'text/csv', content: csvOfListing({ columns, show: [], rows }) };
}
