import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { HttpRequest } from '../../http.ts';
import type { Puppets } from '../puppets.ts';
import type { SynapseHttp } from './http.ts';
import { logInAs, logOut } from './log-in-as.ts';
import { putPowerLevels } from './power-levels.ts';

const client = '/_matrix/client/v3';
const part = encodeURIComponent;

/** Milliseconds after which a token ends by itself, should the bot be killed before it could end it. */
const lifetimeMs = 120_000;

const done = once(() => z.looseObject({}));
const tagList = once(() =>
  z.looseObject({ tags: z.record(z.string(), z.looseObject({ order: z.unknown().optional() })) }),
);
const sent = once(() => z.looseObject({ event_id: z.string() }));
const relations = once(() =>
  z.looseObject({
    chunk: z.array(z.looseObject({ event_id: z.string() })),
    next_batch: z.string().optional(),
  }),
);

export interface SynapsePuppetsOptions {
  readonly http: SynapseHttp;
  readonly botId: string;
  readonly delegatesAccounts: () => Promise<boolean>;
}

/** A call with the token of whom it is done as. */
type Call = <Schema extends z.ZodType>(schema: Schema, request: HttpRequest) => Promise<z.output<Schema>>;

/** What is done as a local user, by the client API and a token of "Login as a user" (Synapse manual, "User Admin API"). */
export function createSynapsePuppets({ http, botId, delegatesAccounts }: SynapsePuppetsOptions): Puppets {
  const tagsPath = (userId: string, roomId: string) => `${client}/user/${part(userId)}/rooms/${part(roomId)}/tags`;
  const roomPath = (roomId: string, what: string) => `${client}/rooms/${part(roomId)}/${what}`;

  /** One action as this user. Its token is ended whatever becomes of the action. */
  async function as<Answer>(userId: string, action: (call: Call) => Promise<Answer>): Promise<Answer> {
    if (await delegatesAccounts()) {
      throw new Problem(
        'unsupported',
        say`This cannot be done as ${code(userId)}: where accounts live in a Matrix Authentication Service, the homeserver lets nobody act as somebody else.`,
      );
    }
    const token = await logInAs(http, userId, Date.now() + lifetimeMs);
    const actingAs = { userId, token };
    const call: Call = (schema, request) => http.call(schema, { ...request, actingAs });
    try {
      return await action(call);
    } finally {
      // Where even this gets no answer, the token ends by itself; what was done stays done.
      await logOut(http, actingAs).catch(() => undefined);
    }
  }

  async function editsOf(call: Call, roomId: string, eventId: string): Promise<readonly string[]> {
    const path = `/_matrix/client/v1/rooms/${part(roomId)}/relations/${part(eventId)}/m.replace`;
    const found: string[] = [];
    let from: string | undefined;
    do {
      const page: z.output<ReturnType<typeof relations>> = await call(relations(), {
        method: 'GET',
        path,
        query: { limit: 100, from },
      });
      found.push(...page.chunk.map(({ event_id }) => event_id));
      from = page.chunk.length === 0 ? undefined : page.next_batch;
    } while (from !== undefined);
    return found;
  }

  async function redactWithEdits(call: Call, roomId: string, eventId: string, reason: string | undefined) {
    const edits = await editsOf(call, roomId, eventId);
    // The event last: its edits are not found any more once it is redacted.
    for (const one of [...edits, eventId]) {
      const path = roomPath(roomId, `redact/${part(one)}/${part(`castellan-${one}`)}`);
      const body = reason === undefined ? {} : { reason };
      await call(sent(), { method: 'PUT', path, body, repeatable: true });
    }
    return edits.length;
  }

  return {
    leave: (userId, roomId) =>
      as(userId, async (call) => {
        await call(done(), { method: 'POST', path: roomPath(roomId, 'leave'), body: {}, repeatable: true });
      }),

    demote: (userId, roomId) => as(userId, (call) => putPowerLevels(http, call, roomId, userId, null)),

    tags: (userId, roomId) =>
      as(userId, async (call) => {
        const { tags } = await call(tagList(), { method: 'GET', path: tagsPath(userId, roomId) });
        return new Map(
          Object.entries(tags).map(([tag, { order }]) => [tag, typeof order === 'number' ? order : undefined]),
        );
      }),

    putTag: (userId, roomId, tag, order) =>
      as(userId, async (call) => {
        const path = `${tagsPath(userId, roomId)}/${part(tag)}`;
        const body = order === undefined ? {} : { order };
        await call(done(), { method: 'PUT', path, body, repeatable: true });
      }),

    deleteTag: (userId, roomId, tag) =>
      as(userId, async (call) => {
        const path = `${tagsPath(userId, roomId)}/${part(tag)}`;
        await call(done(), { method: 'DELETE', path, repeatable: true });
      }),

    setState(userId, roomId, type, content) {
      const path = roomPath(roomId, `state/${part(type)}/`);
      const set = async (call: Call) => {
        await call(sent(), { method: 'PUT', path, body: content, repeatable: true });
      };
      return userId === botId ? set(http.call) : as(userId, set);
    },

    redactEvent: (userId, roomId, eventId, reason) =>
      userId === botId
        ? redactWithEdits(http.call, roomId, eventId, reason)
        : as(userId, (call) => redactWithEdits(call, roomId, eventId, reason)),
  };
}
