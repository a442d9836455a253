import { randomUUID } from 'node:crypto';
import { Problem } from '../../core/problem.ts';
import { say, type Text } from '../../core/text.ts';
import { MatrixFault, NoAnswer } from '../../http.ts';
import type { Log } from '../../log.ts';
import type { Matrix, RoomEvent } from '../../matrix/matrix.ts';
import { joinedParts, withoutLogTable } from './log-table.ts';
import { createOrderBook } from './order-book.ts';
import { answersAmong } from './reply-of.ts';

/** What came back. */
export interface Answer {
  /** Without captured logs. */
  readonly text: string;
  readonly logs: string | undefined;
  readonly commandId: string;
  readonly answerIds: readonly string[];
}

export interface Asked {
  /** What is sent, prefix and block included. */
  readonly body: string;
  readonly writes: boolean;
  /** True for a text that is all of an answer; where answers come in parts, the next part is waited for otherwise. */
  readonly isWhole: (text: string) => boolean;
  /** Called as soon as the message stands in the room, before its answer. */
  readonly onSent?: (commandId: string) => void;
}

/** The way into the homeserver's own room and back: one command at a time, and never one twice. */
export interface Transport {
  /** Throws Problem('unknown-outcome') for a write without an answer, 'unavailable' for a read. */
  ask(asked: Asked): Promise<Answer>;
  /** Every event of that room, in order, the bot's own included. */
  see(event: RoomEvent): void;
}

export interface TransportOptions {
  readonly matrix: Pick<Matrix, 'userId' | 'serverName' | 'send' | 'history' | 'download' | 'health'>;
  readonly roomId: () => string;
  readonly serverUser: string;
  /** What a command begins with. */
  readonly prefix: string;
  readonly answers: 'reply' | 'order';
  readonly splits: boolean;
  /** Milliseconds for one answer, the server's own queue included. */
  readonly timeoutMs: number;
  readonly log: Log;
  /** Ends every wait. */
  readonly signal?: AbortSignal | undefined;
  /** What may be the cause when no answer comes. */
  readonly whySilent?: (commandId: string) => Promise<Text | undefined>;
}

/** After a part that is not all of an answer, so long is waited for the next. */
const partMs = 3_000;
/** Of the room's history, when an answer has not come with the sync. */
const lookedBack = 200;
/** A file larger than this is not fetched. */
const mostBytes = 16 * 1024 * 1024;
const emergencyWarning = /emergency password/i;

export function createTransport(options: TransportOptions): Transport {
  const { matrix, serverUser, timeoutMs, log, signal } = options;
  const book = createOrderBook({
    // Of what held a secret, and was removed with its answer, nothing is left but that it was there.
    isCommand: (event) =>
      event.sender !== serverUser &&
      isMessage(event) &&
      (isAddressed(bodyOf(event), options.prefix) || (event.redacted && event.sender === matrix.userId)),
    isAnswer: (event) =>
      event.sender === serverUser &&
      isMessage(event) &&
      (event.redacted || ['m.text', 'm.image', 'm.file'].includes(String(event.content.msgtype))) &&
      !emergencyWarning.test(bodyOf(event)),
  });
  let turn: Promise<unknown> = Promise.resolve();
  let recent: RoomEvent[] = [];
  let flying = false;
  let wake: () => void = () => undefined;
  let caughtUp = false;

  /** Resolves when an event has come, when so many milliseconds are over, or when all ends. */
  async function nextEvent(ms: number): Promise<void> {
    const came = Promise.withResolvers<void>();
    wake = came.resolve;
    const timer = setTimeout(came.resolve, Math.max(0, ms));
    const onAbort = () => came.resolve();
    signal?.addEventListener('abort', onAbort, { once: true });
    await came.promise;
    signal?.removeEventListener('abort', onAbort);
    clearTimeout(timer);
  }

  const answersTo = (commandId: string): readonly RoomEvent[] => {
    if (options.answers === 'reply') return answersAmong(recent, commandId, serverUser);
    const answer = book.answerTo(commandId);
    return answer === undefined ? [] : [answer];
  };

  /** Before the first sync nothing is seen that comes back. */
  async function listening(until: number): Promise<void> {
    while (matrix.health().state === 'starting') {
      if (signal?.aborted || performance.now() > until) throw silentBefore();
      await nextEvent(25);
    }
    if (caughtUp || options.answers === 'reply') return;
    caughtUp = true;
    // What an earlier process asked may still be answered.
    const before = await matrix.history(options.roomId(), 100);
    for (const event of before.toReversed()) book.see(event);
  }

  async function send(body: string, writes: boolean): Promise<string> {
    try {
      const content = { msgtype: 'm.text', body, 'm.mentions': {} };
      return await matrix.send(options.roomId(), 'm.room.message', content, `castellan-relay-${randomUUID()}`);
    } catch (error) {
      throw unsent(error, writes);
    }
  }

  /** Conduit's answers name no command: where one is owed, the next might be that. A nonsense word comes back by name. */
  async function resynchronise(until: number): Promise<void> {
    if (!book.owes()) return;
    await nextEvent(Math.min(1_000, timeoutMs / 4));
    if (!book.owes()) return;
    book.lose();
    const nonce = `castellan-${randomUUID()}`;
    recent = [];
    const nonceId = await send(`${options.prefix} ${nonce}`, false);
    while (performance.now() < until && !signal?.aborted) {
      if (recent.some((event) => event.sender === serverUser && bodyOf(event).includes(nonce))) {
        book.settle(nonceId);
        return;
      }
      await nextEvent(Math.min(until - performance.now(), 1_000));
    }
    throw await silence(
      false,
      nonceId,
      say`The homeserver still owes the answer to an earlier command, so I sent nothing.`,
    );
  }

  async function fly(asked: Asked): Promise<Answer> {
    const sendBy = performance.now() + timeoutMs;
    await listening(sendBy);
    if (options.answers === 'order') await resynchronise(sendBy);
    recent = [];
    flying = true;
    try {
      const commandId = await send(asked.body, asked.writes);
      asked.onSent?.(commandId);
      const until = performance.now() + timeoutMs;
      const answers = await awaitAnswers(commandId, asked, until);
      if (answers.length > 0) return await read(commandId, answers);
      if (signal?.aborted) throw stopping(asked.writes);
      book.lose();
      log.warn({ eventId: commandId }, 'no answer from the homeserver in its own room');
      throw await silence(asked.writes, commandId);
    } finally {
      flying = false;
    }
  }

  async function awaitAnswers(commandId: string, { isWhole }: Asked, until: number): Promise<readonly RoomEvent[]> {
    let lastPart = 0;
    let parts = 0;
    while (!signal?.aborted) {
      const answers = answersTo(commandId);
      if (answers.length > parts) {
        parts = answers.length;
        lastPart = performance.now();
      }
      const now = performance.now();
      if (parts > 0 && !options.splits) return answers.slice(0, 1);
      if (parts > 0 && (answers.some(isFile) || isWhole(textOf(answers.map(bodyOf))))) return answers;
      if (parts > 0 && now >= lastPart + partMs) return answers;
      if (now >= until) break;
      await nextEvent(Math.min(until, parts > 0 ? lastPart + partMs : until) - now);
    }
    return signal?.aborted ? answersTo(commandId) : answersInHistory(commandId);
  }

  /** The sync may have missed it. */
  async function answersInHistory(commandId: string): Promise<readonly RoomEvent[]> {
    const since = await matrix
      .history(options.roomId(), lookedBack, ({ eventId }) => eventId === commandId)
      .catch(() => []);
    const inOrder = since.toReversed();
    if (options.answers === 'reply') return answersAmong(inOrder, commandId, serverUser);
    for (const event of inOrder) book.see(event);
    return answersTo(commandId);
  }

  async function read(commandId: string, answers: readonly RoomEvent[]): Promise<Answer> {
    const parts: string[] = [];
    for (const answer of answers) parts.push(isFile(answer) ? await fileIn(answer) : bodyOf(answer));
    const { logs, text } = separate(parts);
    return { text, logs, commandId, answerIds: answers.map(({ eventId }) => eventId) };
  }

  /** What was too long for a message comes as a file of text, whose announcement says nothing of it. */
  async function fileIn({ content }: RoomEvent): Promise<string> {
    const { url, info, filename, body } = content;
    const { size, mimetype }: Record<string, unknown> = { ...(info as object | undefined) };
    const name = String(filename ?? body ?? '');
    const isText = /\.(md|txt)$/i.test(name) || /^text\//.test(String(mimetype));
    if (typeof url !== 'string' || !url.startsWith(`mxc://${matrix.serverName}/`) || !isText) return `${name} ${url}`;
    if (typeof size === 'number' && size > mostBytes) return `${name} ${url}`;
    try {
      return await matrix.download(url);
    } catch (error) {
      throw new Problem(
        'unknown-outcome',
        say`The homeserver answered with a file that could not be fetched: ${error instanceof MatrixFault ? error.reason : 'no usable answer came'}`,
        say`What it says stands in its admin room.`,
      );
    }
  }

  async function silence(writes: boolean, commandId: string, first?: Text): Promise<Problem> {
    const why = await options.whySilent?.(commandId).catch(() => undefined);
    const seconds = Math.round(timeoutMs / 1000);
    const what = first ?? say`The homeserver gave no answer in its admin room within ${seconds} s.`;
    const hint = why ?? say`It takes its commands one after the other, and may be busy with another one.`;
    if (!writes) return new Problem('unavailable', say`${what} Nothing was changed.`, hint);
    return new Problem(
      'unknown-outcome',
      say`${what} The command stands there: it **may have been done, or may still be done**. I do not send it again.`,
      say`${hint} Look at how things stand before you do.`,
    );
  }

  return {
    see(event) {
      book.see(event);
      if (flying || options.answers === 'order') {
        recent.push(event);
        if (recent.length > 1_000) recent.shift();
      }
      wake();
    },
    ask(asked) {
      const mine = turn.then(() => {
        if (signal?.aborted) throw stopping(false);
        return fly(asked);
      });
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}

function separate(parts: readonly string[]) {
  return withoutLogTable(joinedParts(parts));
}

const textOf = (parts: readonly string[]): string => separate(parts).text;

const isMessage = (event: RoomEvent): boolean => event.type === 'm.room.message' && event.stateKey === undefined;

const isFile = ({ content }: RoomEvent): boolean => content.msgtype === 'm.file';

const bodyOf = ({ content }: RoomEvent): string => (typeof content.body === 'string' ? content.body : '');

/** As Conduit sees it (reference, section 2.1): the prefix and a space, or the prefix alone; a colon behind it may be missing. */
function isAddressed(body: string, prefix: string): boolean {
  const bare = prefix.replace(/:$/, '');
  const rest = body.startsWith(bare) ? body.slice(bare.length).replace(/^:/, '') : undefined;
  return rest !== undefined && (rest === '' || rest.startsWith(' ') || rest.startsWith('\n'));
}

function stopping(writes: boolean): Problem {
  return writes
    ? new Problem('unknown-outcome', say`The bot is stopping. The change may have been made, or not.`)
    : new Problem('unavailable', say`The bot is stopping.`);
}

function silentBefore(): Problem {
  return new Problem('unavailable', say`The homeserver cannot be heard yet, so I sent nothing.`, say`Try again later.`);
}

/** What a message that could not be sent means: a server that breaks may have taken it. */
function unsent(error: unknown, writes: boolean): unknown {
  if (error instanceof MatrixFault && error.status < 500) {
    return new Problem(
      'unavailable',
      say`I cannot write in the homeserver's admin room: ${error.reason}. Nothing was done.`,
      say`The bot has to be in that room, with the power to write there.`,
    );
  }
  if (error instanceof NoAnswer && !error.ambiguous && error.kind !== 'stopped')
    return new Problem(
      'unavailable',
      say`The homeserver cannot be reached.`,
      say`Nothing was changed; try again later.`,
    );
  if (!(error instanceof NoAnswer || error instanceof MatrixFault)) return error;
  if (error instanceof NoAnswer && error.kind === 'stopped') return stopping(writes);
  if (!writes) return new Problem('unavailable', say`The homeserver did not take the command. Nothing was changed.`);
  return new Problem(
    'unknown-outcome',
    say`The homeserver did not say whether it took the command. It may have been done, or not. I do not send it again.`,
    say`Look at how it stands before you do.`,
  );
}
