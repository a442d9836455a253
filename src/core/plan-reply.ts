import { formatDuration } from './display.ts';
import { csvOfListing } from './output.ts';
import { type Block, paragraph, type Reply } from './reply.ts';
import { code, counted, joined, say, type Text, wordsOf } from './text.ts';

interface Named {
  readonly id: string;
}

/** What is shown of a plan (see `commands/define.ts`, Plan). */
export interface ShownPlan {
  readonly title: Text;
  readonly targets: readonly (Named & { readonly note?: Text })[];
  readonly cautions: readonly Text[];
  readonly instead?: Text;
  readonly skipped?: readonly (Named & { readonly why: Text })[];
  readonly words?: readonly string[];
}

export interface PlanOptions {
  /** `typed` asks for one of the plan's words; anything else for a yes. */
  readonly danger: 'read' | 'write' | 'confirm' | 'typed';
  readonly code: string;
  readonly prefix: string;
  readonly expiresInMs: number;
  readonly dryRun: boolean;
  /** "user deactivate"; names the attachment. */
  readonly path: string;
  /** How to say yes, where it is not said in a room. */
  readonly ask?: Text;
}

/** So many targets are shown; when there are more, all of them are in a file. */
const shownTargets = 10;

/** A plan and how to say yes to it. */
export function planReply(plan: ShownPlan, options: PlanOptions): Reply {
  const { targets, skipped = [], cautions, instead } = plan;
  const filename = `${options.path.replaceAll(' ', '-')}-plan.csv`;
  const long = targets.length > shownTargets || skipped.length > shownTargets;
  const named = targets.length > 1 || targets.some((target) => target.note !== undefined);
  const blocks: Block[] = [paragraph(joined([say`⚠️`, plan.title], ' '))];
  if (named) {
    if (targets.length > 1) blocks.push(paragraph(say`${counted(targets.length, 'target')}:`));
    blocks.push({ kind: 'list', items: first(targets, (target) => target.note, filename) });
  }
  if (skipped.length > 0)
    blocks.push(paragraph(say`${counted(skipped.length, 'target')} left out:`), {
      kind: 'list',
      items: first(skipped, (target) => target.why, filename),
    });
  if (long) blocks.push(targetsFile(plan, filename));
  if (cautions.length > 0) blocks.push(paragraph(say`What to know:`), { kind: 'list', items: cautions });
  if (instead !== undefined) blocks.push(paragraph(say`↩️ ${instead}`));
  blocks.push(
    paragraph(options.dryRun ? say`Dry run: nothing was done.` : (options.ask ?? howToConfirm(plan, options))),
  );
  return {
    outcome: 'done',
    blocks,
    data: {
      plan: {
        title: wordsOf(plan.title),
        targets: targets.map(({ id, note }) => ({ id, ...(note === undefined ? {} : { note: wordsOf(note) }) })),
        skipped: skipped.map(({ id, why }) => ({ id, why: wordsOf(why) })),
        cautions: cautions.map(wordsOf),
        ...(instead === undefined ? {} : { instead: wordsOf(instead) }),
        ...(options.dryRun || options.ask !== undefined ? {} : { code: options.code, words: plan.words ?? [] }),
      },
    },
  };
}

function first<Target extends Named>(
  all: readonly Target[],
  noteOf: (target: Target) => Text | undefined,
  filename: string,
): readonly Text[] {
  const items = all.slice(0, shownTargets).map((target) => {
    const note = noteOf(target);
    return note === undefined ? code(target.id) : say`${code(target.id)}: ${note}`;
  });
  const more = all.length - items.length;
  return more === 0 ? items : [...items, say`and ${more.toLocaleString('en')} more, all in ${code(filename)}`];
}

function targetsFile({ targets, skipped = [] }: ShownPlan, filename: string): Block {
  const rows = [
    ...targets.map(({ id, note }) => ({ target: id, plan: 'act', note })),
    ...skipped.map(({ id, why }) => ({ target: id, plan: 'skip', note: why })),
  ];
  const columns = ['target', 'plan', 'note'].map((key) => ({ key, title: key }));
  const content = csvOfListing({ columns, show: [], rows });
  return { kind: 'attachment', filename, mimetype: 'text/csv', content };
}

/** Throws when a plan to be typed has no word: a mere yes would be less than what the command asks for. */
function howToConfirm(plan: ShownPlan, { danger, code: id, prefix, expiresInMs }: PlanOptions): Text {
  const drop = code(`${prefix} cancel ${id}`);
  const valid = say`Valid for ${formatDuration(expiresInMs)}.`;
  if (danger !== 'typed')
    return say`React with ✅ or send ${code(`${prefix} confirm ${id}`)}; ❌ or ${drop} drops it. ${valid}`;
  const [word, ...others] = plan.words ?? [];
  if (word === undefined) throw new Error('a plan to be confirmed by typing has no word to type');
  const or = others.length === 0 ? say`` : say` (or ${joined(others.map(code), ' or ')} in its place)`;
  return say`Send ${code(`${prefix} confirm ${id} ${word}`)}${or}; ❌ or ${drop} drops it. ${valid}`;
}
