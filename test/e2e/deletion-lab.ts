import { afterAll, afterEach, beforeAll } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { type Scripted, type ScriptedOutcome, type ScriptedRequest, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, type SynapseOptions, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';

const part = encodeURIComponent;

export const isDeletion = ({ method, path }: ScriptedRequest) => method === 'DELETE' && /\/v[12]\/rooms\//.test(path);
/** The bot looks how far a deletion is. */
export const isLook = ({ path }: ScriptedRequest) => path.includes('/rooms/delete_status/');

/** A server, a bot that reaches the admin API through `between`, two people, and what tests of deletions look at. */
export class DeletionLab {
  server!: Synapse;
  between!: Scripted;
  room!: AdminRoom;
  bob!: TestClient;
  eve!: TestClient;
  private made = 0;

  /** To be called in a `describe`: everything is there in its tests and gone after them. */
  constructor(options: SynapseOptions) {
    beforeAll(async () => {
      this.server = await startSynapse(options);
      this.between = await startScripted([], this.server.url);
      this.room = await openAdminRoom(this.server, {
        config: { backend: { type: 'synapse', url: this.between.url } },
      });
      this.bob = await registerUser(this.server, 'bob');
      this.eve = await registerUser(this.server, 'eve');
      for (const { userId } of [this.bob, this.eve]) await this.room.admin.liftLimits(userId);
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

  api(method: string, path: string, body?: unknown) {
    return this.room.admin.admin(method, path, body);
  }

  known(roomId: string): Promise<boolean> {
    return this.api('GET', `/v1/rooms/${part(roomId)}`).then(
      () => true,
      () => false,
    );
  }

  async blocked(roomId: string): Promise<unknown> {
    return (await this.api('GET', `/v1/rooms/${part(roomId)}/block`)).block;
  }

  async joined({ userId }: TestClient): Promise<string[]> {
    return (await this.api('GET', `/v1/users/${part(userId)}/joined_rooms`)).joined_rooms as string[];
  }

  /** The room that a local alias leads to. */
  leadsTo(alias: string): Promise<unknown> {
    return this.room.admin
      .request('GET', `/_matrix/client/v3/directory/room/${part(`#${alias}:${this.server.serverName}`)}`)
      .then(({ room_id }) => room_id)
      .catch(() => undefined);
  }

  /** A public room of bob's, with eve in it and a local alias. */
  async makeRoom(options: Record<string, unknown> = {}): Promise<{ id: string; alias: string }> {
    this.made += 1;
    const alias = `doomed-${this.made}`;
    const id = await this.bob.createRoom({
      preset: 'public_chat',
      name: 'Doomed',
      room_alias_name: alias,
      ...options,
    });
    await this.eve.join(id);
    return { id, alias };
  }

  /** The orders to delete that the bot has sent since the test began. */
  ordered(): readonly ScriptedRequest[] {
    return this.between.requests.filter(isDeletion);
  }

  bodies(): readonly unknown[] {
    return this.ordered().map(({ body }) => JSON.parse(body));
  }

  /** Acts on the first request that fits, and resolves then. */
  once(
    fits: (request: ScriptedRequest) => boolean,
    act: (request: ScriptedRequest) => Promise<ScriptedOutcome>,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let seen = false;
    this.between.handlers.push(async (request) => {
      if (seen || !fits(request)) return undefined;
      seen = true;
      const outcome = await act(request);
      resolve();
      return outcome;
    });
    return promise;
  }

  /** Has the server delete a room without the bot, and waits for the end; returns the id of the deletion. */
  async deletedBehindItsBack(roomId: string, body: unknown = {}): Promise<string> {
    const { delete_id } = await this.api('DELETE', `/v2/rooms/${part(roomId)}`, body);
    const path = `/v2/rooms/delete_status/${delete_id}`;
    while ((await this.api('GET', path)).status !== 'complete') await new Promise((done) => setTimeout(done, 20));
    return String(delete_id);
  }

  /** Confirms a command with its word; returns the id of the job. */
  async begin(line: string, word: string): Promise<string> {
    return jobIn(await this.room.askAndConfirm(line, word));
  }

  /** The same, and the report of the job's end. */
  async report(line: string, word: string): Promise<string> {
    return bodyOf(await jobEnd(this.room, await this.begin(line, word)));
  }
}
