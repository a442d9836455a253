import type { Log, LogFields } from '../../src/log.ts';
import { connectMatrix } from '../../src/matrix/connect.ts';
import type { Matrix, RoomEvent } from '../../src/matrix/matrix.ts';
import type { Storage } from '../../src/matrix/storage.ts';

/** A log that keeps its lines, all levels. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (fields: LogFields, msg: string) => {
    lines.push(`${level} ${msg} ${JSON.stringify(fields)}`);
  };
  const log = { lines, debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  return { ...log, child: () => ({ ...log, child: () => keptLog() }) };
}

/** Values that live as long as the test. */
export function keptValues(): Storage & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return { values, get: (name) => values.get(name), set: (name, value) => void values.set(name, value) };
}

/** Waits until it holds; how long that takes does not matter, and if it never does, the test's own limit ends it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A connected bot of a test with what it was given. */
export interface Running {
  readonly matrix: Matrix;
  readonly events: RoomEvent[];
  readonly log: ReturnType<typeof keptLog>;
  /** Settles when the sync has ended. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Connects, and syncs that room until `stop`. */
export async function startSyncing(
  homeserverUrl: string,
  token: string,
  roomId: string,
  storage: Storage,
  onEvent: (event: RoomEvent) => void = () => undefined,
): Promise<Running> {
  const log = keptLog();
  const events: RoomEvent[] = [];
  const matrix = await connectMatrix({ homeserverUrl, token, storage, log });
  const ended = matrix.sync(roomId, (event) => {
    onEvent(event);
    events.push(event);
  });
  ended.catch(() => undefined);
  return {
    matrix,
    events,
    log,
    ended,
    async stop() {
      matrix.stop();
      await ended;
    },
  };
}

/** The bodies of the messages among these events. */
export function bodies(events: readonly RoomEvent[]): unknown[] {
  return events.filter(({ type }) => type === 'm.room.message').map(({ content }) => content.body);
}
