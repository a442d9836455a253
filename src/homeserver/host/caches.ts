import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../core/json.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { CachesCleared, HostMetrics } from '../host.ts';
import { withOptions } from './drop-in.ts';
import type { HostFiles } from './host-files.ts';
import { commandOf, type HostSettings } from './settings.ts';
import type { Undertakings } from './undertaking.ts';
import type { UndoJournal } from './undo-journal.ts';

/** Synapse takes a factor of nothing for none given. */
const cacheFloor = 0.001;

/** Lowers the caches by so many per cent, and raises them again (Synapse's manual, "caches": they are reread on SIGHUP). */
export function createCacheClearer(parts: {
  readonly settings: HostSettings | undefined;
  readonly files: HostFiles;
  readonly journal: UndoJournal;
  readonly undertakings: Undertakings;
  readonly reload: () => Promise<void>;
  readonly metrics: () => Promise<HostMetrics>;
  readonly clock: () => number;
}): (percent: number, source: string) => Promise<CachesCleared> {
  const { settings, files, journal, undertakings, reload, metrics, clock } = parts;
  const dropIn = settings?.dropIn;

  async function clearCaches(percent: number, source: string) {
    commandOf(settings, 'reload', 'clears the caches');
    await files.mayChange(['caches']);
    const text = files.ownText();
    if (text === undefined) {
      throw new Problem(
        'conflict',
        say`${code(dropIn ?? '')} is not there: Synapse rereads only files that were there when it started.`,
        say`Make it (it may be empty) and restart the homeserver once.`,
      );
    }
    const before = await metrics().catch(() => undefined);
    undertakings.begin({ kind: 'caches', source, since: clock(), phase: 'writing' });
    try {
      const caches = lowered(files.values().caches, percent);
      journal.write(dropIn ?? '', withOptions(text, { caches }), 0o644, { what: 'caches', source });
      await reload();
      const after = before === undefined ? undefined : await shrunk(before);
      const effective = before === undefined || after === undefined ? undefined : mostOf(after) < mostOf(before);
      return { before, after, effective };
    } finally {
      journal.undo(source);
      await reload().catch(() => undefined);
      undertakings.over();
    }
  }

  const mostOf = ({ caches }: HostMetrics) => caches.reduce((sum, { most }) => sum + (most ?? 0), 0);

  /** A reload is done a moment after its signal. */
  async function shrunk(before: HostMetrics): Promise<HostMetrics> {
    let after = await metrics();
    for (let look = 0; look < 40 && mostOf(after) >= mostOf(before); look += 1) {
      await delay(100);
      after = await metrics();
    }
    return after;
  }

  return clearCaches;
}

/** The caches section with its factors lowered by so many per cent, the rest of it as it is. */
function lowered(caches: unknown, percent: number): Json {
  const section = { ...(typeof caches === 'object' && caches !== null ? (caches as Record<string, Json>) : {}) };
  const less = (factor: unknown) => Math.max(Number(factor) * (1 - percent / 100), cacheFloor);
  const per = section.per_cache_factors;
  return {
    ...section,
    global_factor: less(section.global_factor ?? 0.5),
    ...(typeof per === 'object' && per !== null && !Array.isArray(per)
      ? { per_cache_factors: Object.fromEntries(Object.entries(per).map(([name, factor]) => [name, less(factor)])) }
      : {}),
  };
}
