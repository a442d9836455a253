import { csvOfListing } from './output.ts';
import { type Block, paragraph, type Reply } from './reply.ts';
import { code, commandLine, counted, joined, say, type Text } from './text.ts';

type ItemState = 'pending' | 'running' | 'stepped' | 'done' | 'skipped' | 'failed' | 'unknown';

export interface Progress {
  /** "Deactivating users" */
  readonly heading: Text;
  readonly total: number;
  readonly counts: Readonly<Partial<Record<ItemState, number>>>;
  /** How far the item under way is. */
  readonly said?: string | undefined;
}

/** "Deactivating users: 120 of 300 done, 3 skipped, 1 failed". */
function tally({ heading, total, counts }: Progress): Text {
  const number = (count: number): string => count.toLocaleString('en');
  const others = (['skipped', 'failed', 'unknown'] as const).flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [say`${number(count)} ${state}`];
  });
  return say`${heading}: ${joined([say`${number(counts.done ?? 0)} of ${number(total)} done`, ...others])}`;
}

/** A running job in one line and how to stop it, to be edited in place. */
export function progressReply(progress: Progress & { readonly id: string; readonly ended?: boolean }): Reply {
  const { id, said, ended = false } = progress;
  const stop = paragraph(say`Job ${code(id)}; ${commandLine(`job cancel ${id}`)} stops it.`);
  return {
    outcome: 'done',
    blocks: [
      paragraph(say`${ended ? '🏁' : '⏳'} ${tally(progress)}`),
      ...(said === undefined || ended ? [] : [paragraph(say`${said}`)]),
      ...(ended ? [] : [stop]),
    ],
  };
}

export interface JobItem {
  readonly target: string;
  readonly state: ItemState;
  readonly note?: string | undefined;
}

export interface EndedJob {
  readonly heading: Text;
  readonly state: 'finished' | 'cancelled' | 'interrupted';
  readonly items: readonly JobItem[];
  /** "user deactivate-all"; names the attachment. */
  readonly path: string;
}

/** So many reasons, and so many targets of a reason, are named; the file has them all. */
const shownReasons = 10;
const shownTargets = 5;

/** The end of a job: the counts, why what was left out, and what failed as a list to paste below the same command. */
export function jobReply({ heading, state, items, path }: EndedJob): Reply {
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
  const left = untouched.length === 0 ? say`` : say`, ${untouched.length.toLocaleString('en')} not begun`;
  const end = state === 'finished' ? say`` : say` The job was ${state}.`;
  const filename = `${path.replaceAll(' ', '-')}-report.csv`;
  const blocks: Block[] = [
    paragraph(say`${well ? '✅' : '⚠️'} ${tally({ heading, total: items.length, counts })}${left}.${end}`),
  ];
  const told = of('done').flatMap(({ target, note }) => (note === undefined ? [] : [say`${code(target)}: ${note}`]));
  if (told.length > 0 && items.length <= shownReasons) blocks.push({ kind: 'list', items: told });
  if (skipped.length > 0) blocks.push(paragraph(say`Skipped:`), reasons(skipped));
  if (failed.length > 0) blocks.push(paragraph(say`Failed:`), reasons(failed));
  if (unknown.length > 0)
    blocks.push(paragraph(say`Outcome unknown, may have been done; look before doing it again:`), reasons(unknown));
  const again = [...failed, ...untouched];
  if (again.length > 0)
    blocks.push(
      paragraph(
        say`${untouched.length === 0 ? 'What failed' : 'What failed or was not begun'}, to be pasted below the same command:`,
      ),
      { kind: 'code', text: again.map((item) => item.target).join('\n') },
    );
  if (undone.length > shownTargets) blocks.push(report(undone, filename));
  return {
    outcome: well ? 'done' : unknown.length > 0 ? 'unknown' : failed.length === items.length ? 'failed' : 'done',
    blocks,
    data: { state, counts, items: items.map(({ target, state: ended, note }) => ({ target, state: ended, note })) },
  };
}

/** "no such user (3): @a:x, @b:x, @c:x", the most frequent reason first. */
function reasons(items: readonly JobItem[]): Block {
  const groups = [...Map.groupBy(items, (item) => item.note ?? 'no reason given')].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  const lines = groups.slice(0, shownReasons).map(([reason, group]) => {
    const named = group.slice(0, shownTargets).map((item) => code(item.target));
    const more = group.length - named.length;
    const rest = more === 0 ? [] : [say`and ${more.toLocaleString('en')} more`];
    return say`${reason} (${group.length.toLocaleString('en')}): ${joined([...named, ...rest])}`;
  });
  const left = groups.length - lines.length;
  return { kind: 'list', items: left === 0 ? lines : [...lines, say`and ${counted(left, 'other reason')}`] };
}

function report(items: readonly JobItem[], filename: string): Block {
  const columns = ['target', 'state', 'reason'].map((key) => ({ key, title: key }));
  const rows = items.map(({ target, state, note }) => ({ target, state, reason: note }));
  return { kind: 'attachment', filename, mimetype: 'text/csv', content: csvOfListing({ columns, show: [], rows }) };
}
