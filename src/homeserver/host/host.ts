import { existsSync } from 'node:fs';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Host } from '../host.ts';
import { clashesWith, fileFor, shownAppservice } from './appservice-files.ts';
import { lastWords } from './ask-synapse.ts';
import { createCacheClearer } from './caches.ts';
import { fetchMetrics } from './fetch-metrics.ts';
import { createHostFiles } from './host-files.ts';
import { createHostWriter } from './host-writer.ts';
import { createRestarts } from './restarts.ts';
import { runHook } from './run-hook.ts';
import { commandOf, type HostSettings } from './settings.ts';
import { createUndertakings } from './undertaking.ts';
import { createUndoJournal, type Kept } from './undo-journal.ts';

export interface HostOptions {
  /** Undefined: the operator named nothing, as for a bot on another machine. */
  readonly settings: HostSettings | undefined;
  /** Of the homeserver's client API, without a trailing slash. */
  readonly baseUrl: string;
  readonly kept: Kept;
  /** Words that are shown nowhere: the bot's own token. */
  readonly secrets: readonly string[];
  readonly clock: () => number;
}

/** The host, and what has to be done at the bot's start before anything else. */
export interface StartedHost extends Host {
  /** Brings to its end what a stop of the bot cut short, with the homeserver up or not. */
  recover(): Promise<void>;
}

/** What the operator's files and commands allow (DESIGN.md, "Homeservers": host). */
export function createHost({ settings, baseUrl, kept, secrets, clock }: HostOptions): StartedHost {
  const timeoutMs = settings?.timeout ?? 60_000;
  const healthUrl = settings?.healthUrl ?? `${baseUrl}/health`;
  const files = createHostFiles(settings, secrets, timeoutMs);
  const journal = createUndoJournal(kept);
  const undertakings = createUndertakings(kept);
  const metrics = () => fetchMetrics(settings?.metricsUrl);
  const parts = { settings, files, journal, undertakings, clock };
  const writer = createHostWriter(parts);
  const restarts = createRestarts({ ...parts, writer, reload, healthUrl, timeoutMs });
  const clearCaches = createCacheClearer({ ...parts, reload, metrics });
  let last: Promise<unknown> = Promise.resolve();

  /** One thing at a time: a restart in the middle of a change would start a half-written server. */
  function alone<T>(act: () => Promise<T>): Promise<T> {
    const next = last.then(act, act);
    last = next.catch(() => undefined);
    return next;
  }

  async function reload(): Promise<void> {
    const end = await runHook(commandOf(settings, 'reload', 'reloads the configuration'), { timeoutMs });
    if (end.ok) return;
    throw new Problem('rejected', say`The reload command failed: ${end.how}: ${lastWords(end.output, files.mask())}.`);
  }

  return {
    config: files.config,
    check: files.check,
    mayChange: files.mayChange,
    change: (change, seen, source) =>
      alone(async () => {
        undertakings.begin({ kind: 'change', source, since: clock(), phase: 'writing' });
        await writer.options(change, seen, source).finally(undertakings.over);
      }),
    restart: (source, change) => alone(() => restarts.restart(source, change)),
    outcomeOf: undertakings.outcomeOf,
    pending: journal.what,
    reload: () => alone(reload),
    stop: (source) => alone(() => restarts.stop(source)),
    clearCaches: (percent, source) => alone(() => clearCaches(percent, source)),
    metrics,
    async appservices() {
      const found = files.appservices();
      return {
        registered: found.flatMap(({ path, read }) =>
          'why' in read ? [] : [shownAppservice(path, settings?.appserviceDir, read)],
        ),
        unread: found.flatMap(({ path, read }) => ('why' in read ? [{ file: path, why: read.why }] : [])),
      };
    },
    async clashes(registration, replacing) {
      const others = files.appservices().filter(({ read }) => 'why' in read || read.registration.id !== replacing);
      const file = settings?.appserviceDir === undefined ? undefined : fileFor(settings.appserviceDir, registration.id);
      const unused = replacing === undefined && file !== undefined && existsSync(file);
      return [
        ...clashesWith(registration, others),
        // Tokens may stand in it that somebody still needs.
        ...(unused ? [say`${code(file)} is there already, and is no registration in use: take it away first.`] : []),
      ];
    },
    fingerprintOf: writer.fingerprintOf,
    register: (id, yaml, seen, source) => alone(() => writer.register(id, yaml, seen, source)),
    unregister: (id, seen, source) => alone(() => writer.unregister(id, seen, source)),
    recover: restarts.recover,
  };
}
