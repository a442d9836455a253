import { Problem } from '../../../src/core/problem.ts';
import { createCommander } from '../../../src/homeserver/relay/commander.ts';
import type { Dialect } from '../../../src/homeserver/relay/dialect.ts';
import type { Order } from '../../../src/homeserver/relay/order.ts';

/** What comes of an order when the server answers with this text: its value, or the code of the Problem. */
export async function outcomeOf<Value>(dialect: Dialect, order: Order<Value>, text: string): Promise<unknown> {
  const commander = createCommander({
    dialect,
    prefix: '!admin',
    never: { check: async () => undefined },
    remove: () => undefined,
    owes: () => undefined,
    mayRemoveAnswers: async () => true,
    changed: () => undefined,
    transport: {
      see: () => undefined,
      ask: async () => ({ text, logs: undefined, commandId: '$command', answerIds: ['$answer'] }),
    },
  });
  try {
    return await commander.do(order);
  } catch (error) {
    if (error instanceof Problem) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** What would be sent. */
export async function sentFor(dialect: Dialect, order: Order<unknown>, prefix = '!admin'): Promise<string> {
  let sent = '';
  const commander = createCommander({
    dialect,
    prefix,
    never: { check: async () => undefined },
    remove: () => undefined,
    owes: () => undefined,
    mayRemoveAnswers: async () => true,
    changed: () => undefined,
    transport: {
      see: () => undefined,
      async ask({ body }) {
        sent = body;
        return { text: '', logs: undefined, commandId: '$command', answerIds: [] };
      },
    },
  });
  await commander.do(order).catch((error: unknown) => {
    if (sent === '') throw error;
  });
  return sent;
}
