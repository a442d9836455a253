import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { TestClient } from '../homeserver/client.ts';
import { type Scripted, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';

const part = encodeURIComponent;

export const isLock = ({ method, path }: ScriptedRequest) => method === 'PUT' && path.includes('/v2/users/');
export const isDeactivation = ({ method, path }: ScriptedRequest) =>
  method === 'POST' && path.includes('/v1/deactivate/');

/** A proxy's page: no answer of a homeserver, and none that is worth another try at once. */
export const noHomeserver = { status: 404, body: '<html>There is nothing here.' };

/** The list in a report, to be pasted below the same command. */
export const pasted = (report: string) => /```\n([\s\S]*?)\n```/.exec(report)?.[1]?.split('\n');

/** A server, a bot that reaches the admin API through `between` and the room without it, and what tests of jobs look at. */
export class JobLab {
  server!: Synapse;
  between!: Scripted;
  room!: AdminRoom;
  private made = 0;

  /** To be called in a `describe`: everything is there in its tests and gone after them. */
  constructor(name: string) {
    beforeAll(async () => {
      this.server = await startSynapse({ name });
      this.between = await startScripted([], this.server.url);
      const backend = { type: 'synapse', url: this.between.url };
      this.room = await openAdminRoom(this.server, { config: { backend } });
    });
    afterEach(() => {
      this.between.handlers.length = 0;
      this.between.requests.length = 0;
    });
    afterAll(async () => {
      await this.room?.close();
      await this.between?.close();
      await this.server?.stop();
    });
  }

  /** Localparts that nobody has yet. */
  names(count: number): string[] {
    this.made += 1;
    return Array.from({ length: count }, (_, at) => `person-${this.made}-${at + 1}`);
  }

  idOf = (name: string): string => `@${name}:${this.server.serverName}`;

  /** New accounts without a password, which are made fast. */
  async accounts(count: number): Promise<string[]> {
    const ids = this.names(count).map(this.idOf);
    await Promise.all(ids.map((id) => this.room.admin.admin('PUT', `/v2/users/${part(id)}`, {})));
    return ids;
  }

  /** Those of them of which the server holds that to be so. */
  which(column: 'locked' | 'deactivated', ids: readonly string[]): string[] {
    const sql = `SELECT ${column} AS so FROM users WHERE name = ?`;
    return ids.filter((id) => Boolean(this.server.queryDatabase(sql, id)[0]?.so));
  }

  /** Begins a job; returns its id. */
  async begin(line: string, list: readonly string[], word?: string): Promise<string> {
    return jobIn(await this.room.askAndConfirm(line, word, list.join('\n')));
  }

  confirm(plan: string, as?: TestClient): Promise<string> {
    return this.room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`, as);
  }

  /** The reports of a job, oldest first. */
  async reports(id: string): Promise<RoomEvent[]> {
    const events = await this.room.admin.messages(this.room.roomId);
    return events.filter(({ content }) => content['dev.castellan.job'] === id);
  }

  async nextReport(id: string, earlier: readonly RoomEvent[]): Promise<RoomEvent> {
    const known = new Set(earlier.map(({ event_id }) => event_id));
    return this.room.admin.waitForEvent(
      this.room.roomId,
      (event) => event.content['dev.castellan.job'] === id && !known.has(event.event_id),
    );
  }

  /** Holds the n-th of these requests back, and those after it. */
  hold(isOne: (request: ScriptedRequest) => boolean, nth: number) {
    const reached = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    let seen = 0;
    this.between.handlers.push(async (request) => {
      if (!isOne(request) || ++seen < nth) return undefined;
      reached.resolve();
      await go.promise;
      return undefined;
    });
    return { reached: reached.promise, go: () => go.resolve() };
  }

  /** A job that was cancelled when two of eight accounts were closed and the one between them had failed. */
  async halfway(): Promise<{ ids: readonly string[]; id: string }> {
    const ids = await this.accounts(8);
    this.between.handlers.push((request) =>
      isDeactivation(request) && request.path.includes(part(ids[1] ?? ''))
        ? { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Not today' } }
        : undefined,
    );
    const held = this.hold(isDeactivation, 2);
    const id = await this.begin('user deactivate-all', ids, '8');
    await held.reached;
    await this.room.ask(`job cancel ${id}`);
    held.go();
    const report = bodyOf(await jobEnd(this.room, id));
    expect(report).toContain('2 of 8 done, 1 failed, 5 not begun. The job was cancelled.');
    expect(report).toContain(`!admin job resume ${id}`);
    this.between.handlers.length = 0;
    return { ids, id };
  }
}
