import { createHash } from 'node:crypto';
import type { Json } from '../core/json.ts';
import type { Output } from '../core/output.ts';
import { nextLine } from '../core/page.ts';
import { renderReply } from '../core/render.ts';
import type { Reply } from '../core/reply.ts';
import type { RoomEvent } from '../matrix/matrix.ts';
import type { AuditRecord, Due, NewOutbox } from '../store/store.ts';
import type { Context } from './context.ts';
import { reactionOf } from './gate.ts';
import { transactionId } from './transaction-id.ts';
import { mediaDue, uploaded } from './uploaded.ts';

export interface AnswerOptions {
  /** Command path; names attachments. */
  readonly path: string;
  readonly output?: Output | undefined;
  /** The line that was typed, for "next page". */
  readonly line?: string;
  readonly page?: number | undefined;
  /** A user id to be notified. */
  readonly notify?: string | undefined;
  readonly planCode?: string;
  readonly jobId?: string;
}

/** What `store.finish` takes of an answer. */
export interface Answer {
  readonly outbox: (record: AuditRecord | undefined) => readonly NewOutbox[];
  readonly due: readonly Due[];
}

/** Ties a message to the command it answers, in the command's thread if it has one. */
export function relationTo(event: RoomEvent): Json {
  const target = event.type === 'm.reaction' ? (reactionOf(event.content)?.target ?? event.eventId) : event.eventId;
  const reply = { 'm.in_reply_to': { event_id: target } };
  const relation = event.content['m.relates_to'];
  if (typeof relation !== 'object' || relation === null) return reply;
  const { rel_type, event_id }: Record<string, unknown> = { ...relation };
  if (rel_type !== 'm.thread' || typeof event_id !== 'string') return reply;
  return { ...reply, rel_type: 'm.thread', event_id, is_falling_back: false };
}

/** Writes out and uploads what a reply holds, with whatever is too long to be held on disk meanwhile. */
async function written(context: Context, reply: Reply, options: AnswerOptions) {
  let following: string | undefined;
  const { line, page, output = context.settings.output } = options;
  const spooled = await context.spool.take(reply, output);
  try {
    const { content, attachments } = renderReply(spooled.reply, {
      output,
      prefix: context.catalog.prefix,
      path: options.path,
      notify: options.notify,
      next:
        line === undefined
          ? undefined
          : (from) => {
              following = nextLine(line, from, page);
              return `${context.catalog.prefix} ${following}`;
            },
    });
    const files: Awaited<ReturnType<typeof uploaded>>[] = [];
    for (const attachment of attachments) files.push(await uploaded(context.matrix, attachment));
    return { content, files, following };
  } finally {
    await spooled.remove();
  }
}

/** Makes the messages of an answer; its files are uploaded first, so that what is stored needs only to be sent. */
export async function answerTo(
  context: Context,
  event: RoomEvent,
  reply: Reply,
  options: AnswerOptions,
): Promise<Answer> {
  const { content, files, following } = await written(context, reply, options);
  const now = context.clock();
  const shared = { 'm.relates_to': relationTo(event), 'dev.castellan.for': event.eventId };
  return {
    due: files.map(({ url }) => mediaDue(url, event.roomId, now)),
    outbox: (record) => [
      {
        roomId: event.roomId,
        type: 'm.room.message',
        content: {
          ...content,
          ...shared,
          ...(record === undefined ? {} : { 'dev.castellan.audit': { seq: record.seq, hash: record.hash } }),
        } as Json,
        transactionId: transactionId(event.eventId, 'answer'),
        ...(options.planCode === undefined ? {} : { planCode: options.planCode }),
        ...(options.jobId === undefined ? {} : { jobId: options.jobId }),
        ...(following === undefined ? {} : { nextLine: following }),
      },
      ...files.map((file, at) => ({
        roomId: event.roomId,
        type: 'm.room.message',
        content: { ...file, ...shared } as Json,
        transactionId: transactionId(event.eventId, `file ${at}`),
      })),
    ],
  };
}

/** Short words for people that stand for an id: no letters or digits that look alike. */
export function shortCode(seed: string, length = 5): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';
  const digest = createHash('sha256').update(seed).digest();
  return Array.from(digest.subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join('');
}
