/** What the tour needs of a room. */
export interface Conversation {
  /** Sends a message as the admin; returns its event id. */
  say(text: string): Promise<string>;
  /** The text of the bot's answer to it; `nth` counts from 0, for what has an end of its own. */
  answer(to: string, nth: number): Promise<string>;
}

export interface Step {
  /** The message, or how it is made of the answer before. */
  readonly say: string | ((answer: string) => string);
  /** What each answer to it must look like. */
  readonly expect: readonly RegExp[];
}

const confirm =
  (word = '') =>
  (plan: string) => {
    const line = /!admin confirm [a-z0-9]{5}/.exec(plan)?.[0];
    if (line === undefined) throw new Error('there was no plan to confirm');
    return `${line} ${word}`.trimEnd();
  };

const newAccounts = [
  '!admin user create-list',
  '```',
  'username,password,display name',
  'bob',
  'carol,,Carol King',
  '```',
];

/** Ten commands, two of them with a plan to confirm. */
export const tour: readonly Step[] = [
  { say: '!admin help', expect: [/user.*room.*server/s] },
  { say: '!admin bot whoami', expect: [/@admin:demo\.test.*owner/s] },
  { say: '!admin server version', expect: [/\b1\.\d+\.\d+/] },
  {
    say: '!admin user create-user alice --display-name "Alice Miller"',
    expect: [/Created `?@alice:demo\.test.*direct message/s],
  },
  { say: newAccounts.join('\n'), expect: [/Create 2 accounts.*@bob:demo\.test`?\n.*Carol King.*!admin confirm/s] },
  { say: confirm(), expect: [/Creating 2 accounts/, /2 done/] },
  {
    say: '!admin user list-users',
    expect: [/@admin:demo\.test.*@alice:demo\.test.*@bob:demo\.test.*Carol King/s],
  },
  { say: '!admin user suspend bob', expect: [/suspended `?@bob:demo\.test/i] },
  { say: '!admin room list-rooms', expect: [/Admins/] },
  { say: '!admin user deactivate carol', expect: [/Deactivate `?@carol:demo\.test.*Suspending.*!admin confirm/s] },
  { say: confirm('@carol:demo.test'), expect: [/deactivated.*@carol:demo\.test|@carol:demo\.test.*deactivated/is] },
  { say: '!admin job list', expect: [/create-list/] },
];

/** Plays the steps, and says of each wrong answer what was expected; returns how many were wrong. */
export async function playTour(
  steps: readonly Step[],
  { say, answer }: Conversation,
  write: (line: string) => void,
): Promise<number> {
  let wrong = 0;
  let last = '';
  for (const step of steps) {
    let text = '(nothing)';
    const fault = (what: string) => {
      wrong += 1;
      write(`✗ WRONG after: ${text}\n${what}`);
    };
    try {
      text = typeof step.say === 'string' ? step.say : step.say(last);
      const sent = await say(text);
      for (const [nth, pattern] of step.expect.entries()) {
        last = await answer(sent, nth);
        if (!pattern.test(last)) fault(`  expected: ${pattern}\n  got: ${last}`);
      }
    } catch (error) {
      fault(`  ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return wrong;
}
