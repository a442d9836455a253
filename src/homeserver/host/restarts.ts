import { wordsOf } from '../../core/text.ts';
import type { OptionChange, Restarted } from '../host.ts';
import { lastWords } from './ask-synapse.ts';
import type { HostFiles } from './host-files.ts';
import type { HostWriter } from './host-writer.ts';
import { type HookEnd, runHook } from './run-hook.ts';
import { commandOf, type HostSettings } from './settings.ts';
import type { Undertaking, Undertakings } from './undertaking.ts';
import type { UndoJournal } from './undo-journal.ts';
import { watchHealth } from './watch-health.ts';

/** After a restart command that failed, a supervisor may still bring the server up by itself. */
const afterFailedHookMs = 5_000;
/** A restart command that comes back at once may only have asked for it. */
const untilDownMs = 10_000;

/** Stops and restarts the homeserver, with a way back from what was written before. */
export interface Restarts {
  restart(source: string, change?: { readonly options: OptionChange; readonly seen: string }): Promise<Restarted>;
  stop(source: string): Promise<Restarted>;
  /** Brings to its end what a stop of the bot cut short. */
  recover(): Promise<void>;
}

export function createRestarts(parts: {
  readonly settings: HostSettings | undefined;
  readonly healthUrl: string;
  readonly timeoutMs: number;
  readonly files: HostFiles;
  readonly writer: HostWriter;
  readonly journal: UndoJournal;
  readonly undertakings: Undertakings;
  readonly reload: () => Promise<void>;
  readonly clock: () => number;
}): Restarts {
  const { settings, healthUrl, timeoutMs, files, writer, journal, undertakings, reload, clock } = parts;

  interface Attempt {
    readonly state: 'up' | 'not seen' | 'untouched' | 'down';
    readonly ms: number;
    readonly why: string;
  }

  const whyOf = (end: HookEnd) =>
    `${end.how}${end.output.trim() === '' ? '' : `: ${wordsOf(lastWords(end.output, files.mask()))}`}`;

  /** Runs the restart command and waits until the homeserver is healthy again. */
  async function attempt(argv: readonly string[], begun: () => void): Promise<Attempt> {
    const start = clock();
    const since = () => clock() - start;
    const health = watchHealth(healthUrl);
    try {
      const end = await runHook(argv, { timeoutMs, begun });
      if (!end.ok) {
        const up = await health.until((one) => one.isUp(), afterFailedHookMs);
        const state = !up ? 'down' : health.wentDown() ? 'up' : 'untouched';
        return { state, ms: since(), why: `The restart command failed: ${whyOf(end)}.` };
      }
      if (!health.wentDown()) await health.until((one) => one.wentDown(), untilDownMs);
      if (!health.wentDown()) return { state: 'not seen', ms: since(), why: '' };
      const up = await health.until((one) => one.isUp(), timeoutMs);
      const why = `It did not answer within ${timeoutMs / 1_000} s of the restart.`;
      return up ? { state: 'up', ms: since(), why: '' } : { state: 'down', ms: since(), why };
    } finally {
      health.stop();
    }
  }

  /** The end of a restart whose new files did not come up: the old ones, and another restart. */
  async function fallBack(task: Undertaking, argv: readonly string[], why: string): Promise<Restarted> {
    undertakings.begin({ ...task, phase: 'undoing' });
    const undone = journal.undo();
    const away: Restarted = { state: 'away', ms: clock() - task.since, why, undone };
    if (undone.length === 0) return undertakings.ended(task.source, away);
    const second = await attempt(argv, () => undefined);
    const ms = clock() - task.since;
    const back = second.state !== 'down';
    return undertakings.ended(task.source, back ? { state: 'rolled back', ms, why, undone } : { ...away, ms });
  }

  async function restart(source: string, change?: { options: OptionChange; seen: string }): Promise<Restarted> {
    const argv = commandOf(settings, 'restart', 'restarts the homeserver');
    const task: Undertaking = { kind: 'restart', source, since: clock(), phase: 'writing' };
    if (change !== undefined) {
      undertakings.begin(task);
      await writer.options(change.options, change.seen, source).catch((error) => {
        undertakings.over();
        throw error;
      });
    }
    undertakings.begin({ ...task, phase: 'announced' });
    return finishRestart(
      task,
      argv,
      await attempt(argv, () => undertakings.begin({ ...task, phase: 'begun' })),
      change !== undefined,
    );
  }

  async function finishRestart(
    task: Undertaking,
    argv: readonly string[],
    first: Attempt,
    changed: boolean,
  ): Promise<Restarted> {
    const { source } = task;
    const ms = clock() - task.since;
    if (first.state === 'up') {
      journal.clear();
      return undertakings.ended(source, { state: 'back', ms });
    }
    if (first.state === 'not seen') return undertakings.ended(source, { state: 'not seen', ms });
    if (first.state === 'untouched') {
      return undertakings.ended(source, {
        state: 'not begun',
        why: first.why,
        undone: changed ? journal.undo(source) : [],
      });
    }
    return fallBack(task, argv, first.why);
  }

  async function stop(source: string): Promise<Restarted> {
    const argv = commandOf(settings, 'stop', 'stops the homeserver');
    const task: Undertaking = { kind: 'stop', source, since: clock(), phase: 'announced' };
    undertakings.begin(task);
    const health = watchHealth(healthUrl);
    try {
      const end = await runHook(argv, { timeoutMs, begun: () => undertakings.begin({ ...task, phase: 'begun' }) });
      const down = await health.until((one) => !one.isUp(), end.ok ? timeoutMs : afterFailedHookMs);
      if (down) return undertakings.ended(source, { state: 'stopped', ms: clock() - task.since });
      const why = end.ok
        ? 'The command ended well, but the homeserver still answers.'
        : `The stop command failed: ${whyOf(end)}.`;
      return undertakings.ended(source, { state: 'not begun', why, undone: [] });
    } finally {
      health.stop();
    }
  }

  async function recover(): Promise<void> {
    const task = undertakings.current();
    if (task === undefined) return;
    if (task.kind === 'stop') {
      const stopped = task.phase === 'begun';
      if (stopped) undertakings.ended(task.source, { state: 'stopped', ms: clock() - task.since });
      else undertakings.over();
      return;
    }
    if (task.phase === 'writing') {
      journal.undo(task.source);
      if (task.kind === 'caches') await reload().catch(() => undefined);
      return undertakings.over();
    }
    const argv = settings?.commands.restart;
    // Taken out of the configuration meanwhile: what can still be done is to put the files back.
    if (argv === undefined || argv.length === 0) {
      journal.undo();
      return undertakings.over();
    }
    if (task.phase === 'announced') {
      await finishRestart(
        task,
        argv,
        await attempt(argv, () => undertakings.begin({ ...task, phase: 'begun' })),
        false,
      );
      return;
    }
    if (task.phase === 'undoing') {
      await fallBack(task, argv, 'It did not come up with the new files.');
      return;
    }
    const health = watchHealth(healthUrl);
    const up = await health.until((one) => one.isUp(), timeoutMs);
    health.stop();
    const why = `It did not answer within ${timeoutMs / 1_000} s of the restart.`;
    await finishRestart(task, argv, { state: up ? 'up' : 'down', ms: clock() - task.since, why }, false);
  }

  return { restart, stop, recover };
}
