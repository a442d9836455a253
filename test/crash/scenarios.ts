import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminRoom, bodyOf, type RoomEvent } from '../e2e/admin-room.ts';
import { type Json, registerUser } from '../homeserver/client.ts';
import { testPassword } from '../homeserver/register-user.ts';
import type { Boundary } from './orders.ts';

/** An account that a scenario is about, and how it must be in the end. */
export interface Account {
  readonly localpart: string;
  readonly userId: string;
  /** `made`: the one delivered last in a direct message; `typed`: this one. */
  readonly password?: { readonly typed?: string };
  readonly admin?: boolean;
  readonly deactivated?: boolean;
  readonly locked?: boolean;
}

/** A command's words, or another event. */
type Message = string | { readonly type: string; readonly content: Json };

/** What an admin types, one message after the other, and what must come of it. */
export interface Scenario {
  readonly name: string;
  /** Makes what must be there before; `round` makes names that were never used. */
  prepare(room: AdminRoom, round: number): Promise<readonly Account[]>;
  /** The messages; each is made from the answer to the one before. */
  readonly steps: readonly ((accounts: readonly Account[], answer: RoomEvent | undefined) => Message)[];
  /** The last answer, or a job's report. */
  readonly answered: RegExp;
  /** True where the last step starts a job, whose end is a message of its own. */
  readonly job?: true;
  /** How many outcomes the audit trail has for its events, and what each of them says. */
  readonly outcomes: number;
  readonly outcome: 'done' | 'failed' | 'done or unknown';
  /** What is wrong with the server in the end, beside the accounts; `answer`: the last one. */
  faults?(room: AdminRoom, round: number, answer: string): Promise<readonly string[]>;
  /** Where in the last step a stop leaves most to be mended: the starts after it are killed too. */
  readonly worst?: Boundary;
}

export const made: Boundary = { name: 'PUT /_synapse/admin/v2/users/…: after', nth: 1 };
export const passwordSet = (nth: number): Boundary => ({
  name: 'POST /_synapse/admin/v1/reset_password/…: after',
  nth,
});
const deactivated = (nth: number): Boundary => ({ name: 'POST /_synapse/admin/v1/deactivate/…: after', nth });

/** Holds what has other forms in JSON, in an address and in base64. */
const canary = (round: number, n = 0) => `Kanarienvogel/${round}+${n}?é=&%41`;

function account(room: AdminRoom, localpart: string, rest: Partial<Account> = {}): Account {
  return { localpart, userId: `@${localpart}:${room.server.serverName}`, ...rest };
}

const first = ([one]: readonly Account[]): string => one?.localpart ?? '';

function codeIn(plan: RoomEvent | undefined): string {
  const answer = plan === undefined ? '' : bodyOf(plan);
  const code = /confirm ([a-z0-9]{5})/.exec(answer)?.[1];
  if (code === undefined) throw new Error(`no plan came back:\n${answer}`);
  return code;
}

type Step = Scenario['steps'][number];

const confirm: Step = (_, plan) => `!admin confirm ${codeIn(plan)}`;

const confirmWith =
  (word: (accounts: readonly Account[]) => string): Step =>
  (accounts, plan) =>
    `!admin confirm ${codeIn(plan)} ${word(accounts)}`;

const tap: Step = (_, plan) => {
  const relation = { rel_type: 'm.annotation', event_id: plan?.event_id, key: '✅' };
  return { type: 'm.reaction', content: { 'm.relates_to': relation } };
};

async function registered(room: AdminRoom, accounts: readonly Account[]): Promise<readonly Account[]> {
  await Promise.all(accounts.map(({ localpart }) => registerUser(room.server, localpart)));
  return accounts;
}

/** All the rooms that the bot is in but the admin room. */
export async function directRooms({ botAccount, roomId }: AdminRoom): Promise<readonly string[]> {
  const { joined_rooms } = await botAccount.request<{ joined_rooms: string[] }>(
    'GET',
    '/_matrix/client/v3/joined_rooms',
  );
  return joined_rooms.filter((id) => id !== roomId);
}

const help: Scenario = {
  name: 'help',
  prepare: async () => [],
  steps: [() => '!admin help'],
  answered: /NOUN COMMAND/,
  outcomes: 0,
  outcome: 'done',
};

const details: Scenario = {
  name: 'user details',
  prepare: async (room, round) => registered(room, [account(room, `shown-${round}`)]),
  steps: [(accounts) => `!admin user details ${first(accounts)}`],
  answered: /shown-/,
  outcomes: 0,
  outcome: 'done',
};

const lock: Scenario = {
  name: 'user lock',
  prepare: async (room, round) => registered(room, [account(room, `locked-${round}`, { locked: true })]),
  steps: [(accounts) => `!admin user lock ${first(accounts)}`],
  answered: /^✅/,
  outcomes: 1,
  outcome: 'done',
};

const makeAdmin: Scenario = {
  name: 'user make-user-admin, by a tap',
  prepare: async (room, round) => registered(room, [account(room, `power-${round}`, { admin: true })]),
  steps: [(accounts) => `!admin user make-user-admin ${first(accounts)}`, tap],
  answered: /^✅/,
  outcomes: 1,
  outcome: 'done',
};

/** How many registration tokens there were when the round began. */
const tokensBefore = new Map<number, number>();
async function tokens(room: AdminRoom): Promise<number> {
  const { registration_tokens } = await room.admin.admin('GET', '/v1/registration_tokens');
  return (registration_tokens as readonly unknown[]).length;
}

/** Nobody can tell whether it was carried out; so it is never sent twice, and what is not known is not said to be done. */
const raw: Scenario = {
  name: 'raw POST',
  async prepare(room, round) {
    tokensBefore.set(round, await tokens(room));
    return [];
  },
  steps: [() => `!admin raw POST v1/registration_tokens/new -d '{}'`, confirm],
  answered: /^✅ .* answers:|may have been applied/,
  outcomes: 1,
  outcome: 'done or unknown',
  async faults(room, round, answer) {
    const made = (await tokens(room)) - (tokensBefore.get(round) ?? 0);
    const fits = answer.startsWith('✅') ? made === 1 : made <= 1;
    return fits ? [] : [`${made} tokens were made, and the answer is\n${answer}`];
  },
};

export const createUser: Scenario = {
  name: 'user create-user',
  // The first secret for a requester: the direct room is made too.
  prepare: async (room, round) => {
    for (const id of await directRooms(room)) await room.botAccount.leave(id);
    return [account(room, `alice-${round}`, { password: {} })];
  },
  steps: [(accounts) => `!admin user create-user ${first(accounts)}`],
  answered: /^✅/,
  outcomes: 1,
  outcome: 'done',
  worst: made,
};

const createUserTyped: Scenario = {
  name: 'user create-user with a typed password',
  prepare: async (room, round) => [account(room, `typed-${round}`, { password: { typed: canary(round) } })],
  steps: [(accounts) => `!admin user create-user ${first(accounts)} "${accounts[0]?.password?.typed}"`],
  answered: /^✅/,
  outcomes: 1,
  outcome: 'done',
};

/** Waits until an account that was made just now can be told, by its second, from one that is made from now on. */
async function older(room: AdminRoom, { userId }: Account): Promise<void> {
  const { creation_ts } = await room.admin.admin('GET', `/v2/users/${encodeURIComponent(userId)}`);
  while (Date.now() / 1000 < Number(creation_ts) + 1) await sleep(50);
}

const createAgain: Scenario = {
  name: 'user create-user of an account that exists',
  async prepare(room, round) {
    const accounts = [account(room, `there-${round}`, { password: { typed: testPassword } })];
    await registered(room, accounts);
    for (const one of accounts) await older(room, one);
    return accounts;
  },
  steps: [(accounts) => `!admin user create-user ${first(accounts)}`],
  answered: /^❌.* exists already/,
  outcomes: 1,
  outcome: 'failed',
  worst: { name: 'commit by pipeline/execute.ts conclude: before', nth: 1 },
};

export const createAdmin: Scenario = {
  name: 'user create-user --admin',
  prepare: async (room, round) => [account(room, `chief-${round}`, { password: {}, admin: true })],
  steps: [(accounts) => `!admin user create-user ${first(accounts)} --admin`, confirm],
  answered: /^✅/,
  outcomes: 1,
  outcome: 'done',
  worst: made,
};

const deactivate: Scenario = {
  name: 'user deactivate',
  prepare: async (room, round) => registered(room, [account(room, `bob-${round}`, { deactivated: true })]),
  steps: [
    (accounts) => `!admin user deactivate ${first(accounts)}`,
    confirmWith((accounts) => accounts[0]?.userId ?? ''),
  ],
  answered: /^✅/,
  outcomes: 1,
  outcome: 'done',
  worst: deactivated(1),
};

const resetPassword: Scenario = {
  name: 'user reset-password',
  prepare: async (room, round) => registered(room, [account(room, `carol-${round}`, { password: {} })]),
  steps: [(accounts) => `!admin user reset-password ${first(accounts)}`],
  answered: /^✅/,
  outcomes: 1,
  outcome: 'done',
  worst: passwordSet(1),
};

const createList: Scenario = {
  name: 'user create-list',
  prepare: async (room, round) =>
    [1, 2, 3, 4].map((n) =>
      account(room, `listed-${round}-${n}`, { password: n % 3 === 0 ? { typed: canary(round, n) } : {} }),
    ),
  steps: [
    (accounts) => {
      const lines = accounts.map(({ localpart, password }) => `${localpart},${password?.typed ?? ''}`);
      return `!admin user create-list\n\`\`\`\n${lines.join('\n')}\n\`\`\``;
    },
    confirm,
  ],
  answered: /^✅ .*4 of 4 done/,
  job: true,
  // The confirmation, and for each account its making and its password.
  outcomes: 1 + 2 * 4,
  outcome: 'done',
  worst: passwordSet(3),
};

const deactivateAll: Scenario = {
  name: 'user deactivate-all',
  prepare: async (room, round) =>
    registered(
      room,
      [1, 2, 3].map((n) => account(room, `gone-${round}-${n}`, { deactivated: true })),
    ),
  steps: [
    (accounts) =>
      `!admin user deactivate-all\n\`\`\`\n${accounts.map(({ localpart }) => localpart).join('\n')}\n\`\`\``,
    confirmWith(() => '3'),
  ],
  answered: /^✅ .*3 of 3 done/,
  job: true,
  outcomes: 1 + 3,
  outcome: 'done',
  worst: deactivated(2),
};

export const scenarios: readonly Scenario[] = [
  help,
  details,
  lock,
  makeAdmin,
  raw,
  createUser,
  createUserTyped,
  createAgain,
  createAdmin,
  deactivate,
  resetPassword,
  createList,
  deactivateAll,
];
