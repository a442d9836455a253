import { Problem } from '../../core/problem.ts';
import { code, say, type Text } from '../../core/text.ts';
import type { Dialect } from './dialect.ts';
import { problemOf } from './failure.ts';
import type { RelayNeverList } from './never-list.ts';
import type { Order } from './order.ts';
import { blockLines, quoted } from './quoting.ts';
import { shownAnswer } from './shown-answer.ts';
import type { Answer, Asked, Transport } from './transport.ts';

/** What was done, and whether the two messages that told of it could be removed. */
export interface Outcome<Value> {
  readonly value: Value;
  /** Of an order with a secret: why it still stands in the room, where it does. */
  readonly exposed: Text | undefined;
}

/** Sends orders and reads what comes of them. */
export interface Commander {
  /** The value of a success. Throws Problem, with the server's own words where it refuses. */
  do<Value>(order: Order<Value>): Promise<Value>;
  /** The same, and what became of the secret in it. */
  doInSecret<Value>(order: Order<Value>): Promise<Outcome<Value>>;
  /** Any text, and the answer as it came. */
  ask(
    words: readonly string[],
    block: readonly string[],
    line: string,
  ): Promise<Answer & { readonly exposed: Text | undefined }>;
}

export interface CommanderOptions {
  readonly transport: Transport;
  readonly dialect: Dialect;
  readonly prefix: string;
  readonly never: RelayNeverList;
  /** Takes a message with a secret out of the server's room, over a restart too. */
  readonly remove: (eventId: string) => void;
  /** A command with a secret was given up, and may be answered yet. */
  readonly owes: (commandId: string) => void;
  /** May the bot remove the server's own messages there? */
  readonly mayRemoveAnswers: () => Promise<boolean>;
  /** Something was changed: what is remembered may be wrong. */
  readonly changed: () => void;
}

const exposedText = say`⚠️ The homeserver's answer with it **stands in its admin room's history**: I have not the power there to remove it. Remove it, and give me the power to redact.`;

/** Only what is too long for one message is cut, which no part as short as this is (characters). */
const shortestPart = 8_000;

export function createCommander(options: CommanderOptions): Commander {
  const { transport, dialect, prefix, never } = options;

  async function run<Value>(order: Order<Value>): Promise<Outcome<Value>> {
    const { words, args = [], block, writes, secret = false } = order;
    const given = args.map((arg) => quoted(arg, dialect.quoting, secret));
    const lines = block === undefined ? [] : blockLines(block);
    await never.check([...words, ...args], lines);
    const body = bodyOf([prefix, ...words, ...given].join(' '), lines);
    const mayGoOn = (text: string) => order.open === true && text.length > shortestPart;
    const isWhole = (text: string) =>
      (isRead(order, text) && !mayGoOn(text)) || dialect.readFailure(text) !== undefined;
    const answer = await (secret ? askInSecret : transport.ask)({ body, writes, isWhole });
    if (writes) options.changed();
    const exposed = secret ? await removed(answer) : undefined;
    return { value: readValue(order, answer.text), exposed };
  }

  /** The command is removed as soon as it stands there, and its answer too when it comes after all. */
  async function askInSecret(asked: Asked): Promise<Answer> {
    let sent: string | undefined;
    const onSent = (commandId: string) => {
      sent = commandId;
      options.remove(commandId);
    };
    try {
      return await transport.ask({ ...asked, onSent });
    } catch (error) {
      if (sent !== undefined) options.owes(sent);
      throw error;
    }
  }

  async function removed({ answerIds }: Answer): Promise<Text | undefined> {
    for (const eventId of answerIds) options.remove(eventId);
    return (await options.mayRemoveAnswers().catch(() => false)) ? undefined : exposedText;
  }

  function readValue<Value>(order: Order<Value>, text: string): Value {
    const value = order.read(text);
    if (value !== undefined) return value;
    const doing = code(order.words.join(' '));
    const failure = dialect.readFailure(text);
    if (failure !== undefined) throw problemOf(failure, doing, order.writes);
    if (order.refusals?.some((pattern) => pattern.test(text)))
      throw problemOf({ kind: 'refused', words: text }, doing, order.writes);
    throw unrecognised(order, doing, text);
  }

  return {
    do: async (order) => (await run(order)).value,
    doInSecret: run,
    async ask(words, block, line) {
      await never.check(words, block);
      const body = bodyOf(`${prefix} ${line}`, block);
      const answer = await askInSecret({ body, writes: true, isWhole: () => false });
      options.changed();
      return { ...answer, exposed: await removed(answer) };
    },
  };
}

const bodyOf = (line: string, block: readonly string[]): string =>
  block.length === 0 ? line : [line, '```', ...block, '```'].join('\n');

/** Whether this can be read, be it as a contradiction. */
function isRead<Value>(order: Order<Value>, text: string): boolean {
  try {
    return order.read(text) !== undefined || (order.refusals?.some((pattern) => pattern.test(text)) ?? false);
  } catch (error) {
    if (error instanceof Problem) return true;
    throw error;
  }
}

/** Anything that is no known success is none. */
function unrecognised(order: Order<unknown>, doing: Text, text: string): Problem {
  // Of an answer that may hold a secret nothing is repeated.
  const words = order.secret
    ? say``
    : text === ''
      ? say` It was empty.`
      : say` It says: ${shownAnswer(text).slice(0, 500)}`;
  const what = say`The homeserver's answer to ${doing} is not one that I know.${words}`;
  if (!order.writes)
    return new Problem('unavailable', what, say`Its version may be another one than I know, or the dialect is wrong.`);
  return new Problem(
    'unknown-outcome',
    say`${what} The change may have been made, or not.`,
    say`Look at how it stands before trying again.`,
  );
}
