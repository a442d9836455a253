import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { atMostOneOf, count, flag, localUser, time } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { Sessions } from '../../homeserver/sessions.ts';
import type { UserDetails, Users } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import { accountMarks } from './account-marks.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

const dayMs = 86_400_000;

const input = () =>
  z
    .object({
      user: localUser.describe('Who the token acts as.'),
      expireDays: count(1, 36_500).optional().describe('It ends after so many days; 1 unless told.'),
      expire: time.optional().describe('It ends at this time.'),
      expireTs: time.optional().describe('The same, in milliseconds since 1970.'),
      expireNever: flag.describe('It never ends.'),
    })
    .check(atMostOneOf('expireDays', 'expire', 'expireTs', 'expireNever'));
type Input = z.output<ReturnType<typeof input>>;

/** Epoch ms; null: never. Throws Problem('usage') where it would have ended already. */
function endOf({ expireDays = 1, expire, expireTs, expireNever }: Input, now: number): number | null {
  if (expireNever) return null;
  const at = expire ?? expireTs ?? now + expireDays * dayMs;
  if (at > now) return at;
  throw new Problem(
    'usage',
    say`A token that ends on ${formatTime(at, now)} would be of no use; nothing was done.`,
    say`Give a time that is still to come.`,
  );
}

/** Synapse makes a token for anybody, also one that nobody can use. */
async function usableAccount(users: Users, userId: string, botId: string): Promise<UserDetails> {
  notTheBot(userId, botId, 'make a token for');
  const account = await localAccount(users, userId);
  if (account.deactivated) {
    throw new Problem(
      'conflict',
      say`${code(userId)} is deactivated. The server would give out a token for it, with which a closed account could act again; so I do not ask for one.`,
      say`Where that is really meant, open the account again with ${commandLine(`user reactivate ${userId}`)}.`,
    );
  }
  if (account.locked) {
    throw new Problem(
      'conflict',
      say`${code(userId)} is locked: the server would give out a token for it, but refuse everything done with it.`,
      say`Unlock it first, with ${commandLine(`user unlock ${userId}`)}.`,
    );
  }
  return account;
}

const ending = (until: number | null, now: number): Text =>
  until === null ? say`It **never ends** by itself` : say`It ends on ${formatTime(until, now)}`;

async function handedOut(sessions: Sessions, userId: string, until: number | null, now: number): Promise<Reply> {
  const token = await sessions.logInAs(userId, until ?? undefined);
  const lasting = until === null ? say`which never ends` : say`until ${formatTime(until, now)}`;
  return reply.done(
    say`Made an access token for ${code(userId)}. ${ending(until, now)}; ${code('POST /_matrix/client/v3/logout')} with it ends it early.`,
    {
      secrets: [
        {
          label: say`Access token for ${code(userId)}, ${lasting}`,
          value: token,
          withdraw: () => sessions.endToken(userId, token),
        },
      ],
      change: { before: null, after: { tokenFor: userId, until } },
    },
  );
}

/** Of a token whose answer was lost: nobody can find it, so nobody can end it. */
function perhapsAnother(until: number | null, now: number): Text {
  const end =
    until === null
      ? say`it has no end but a ${code('/logout/all')} of my own account`
      : say`it ends by itself, on ${formatTime(until, now)} at the latest`;
  return say`⚠️ Another token may exist, made before I lost the server's answer. Nobody has it, and ${end}.`;
}

export default command({
  path: 'user login',
  summary: 'Make an access token that acts as a local account, and send it to you.',
  cautions: [
    'It makes no device; the user should not notice.',
    'It ends early by `/logout` with that token.',
    'It ends if the bot calls `/logout/all`, not if the user does.',
    'With `--expire-never` it has no end.',
  ],
  input,
  positionals: ['user'],
  short: { d: 'expireDays' },
  examples: [
    ['For a day', '!admin user login alice'],
    ['For a week', '!admin user login alice --expire-days 7'],
    ['Until a certain time', '!admin user login alice --expire 2040-01-31T12:00'],
  ],
  danger: 'confirm',
  role: 'owner',
  needs: ['users', 'sessions', 'adminRoom', 'clock'],
  makesSecret: () => true,

  async plan(input, { users, adminRoom, clock }, asker) {
    const now = clock();
    const until = endOf(input, now);
    const account = await usableAccount(users, input.user, adminRoom.botId);
    const marks = accountMarks(account, asker);
    return {
      title: say`Make an access token that acts as ${code(input.user)}. ${ending(until, now)}.`,
      targets: [{ id: input.user, ...(marks.length > 0 ? { note: joined(marks) } : {}) }],
      cautions: [
        say`Whoever has it can read and write all that ${code(input.user)} can, but what is encrypted.`,
        ...(account.admin ? [say`It acts as a **server admin** too.`] : []),
        say`It makes no device; the user should not notice.`,
        say`It ends early by ${code('/logout')} with that token.`,
        say`It ends if I call ${code('/logout/all')}, not if the user does.`,
        ...(until === null ? [say`**It has no end.**`] : []),
      ],
      ...(until === null ? { instead: say`Leave out ${code('--expire-never')} for one that ends in a day.` } : {}),
      frozen: { until, admin: account.admin },
    };
  },

  async run(input, { users, sessions, adminRoom, clock }, _asker, frozen) {
    const account = await usableAccount(users, input.user, adminRoom.botId);
    if (account.admin && frozen?.admin === false) {
      throw new Problem(
        'conflict',
        say`${code(input.user)} has become a server admin since the plan was shown; nothing was done.`,
      );
    }
    const now = clock();
    const until = frozen?.until === undefined ? endOf(input, now) : frozen.until;
    if (until !== null) endOf({ ...input, expireNever: false, expire: until }, now);
    return handedOut(sessions, input.user, until, now);
  },

  // Nothing that can be read tells: it counts as done, and where no token has arrived another one is made.
  settle: async () => 'done',

  async complete(input, { users, sessions, adminRoom, clock }, _asker, secretLost) {
    const now = clock();
    if (!secretLost) return reply.done(say`Made an access token for ${code(input.user)}, and sent it to you.`);
    const until = endOf(input, now);
    const another = perhapsAnother(until, now);
    try {
      await usableAccount(users, input.user, adminRoom.botId);
      const made = await handedOut(sessions, input.user, until, now);
      return { ...made, blocks: [...made.blocks, { kind: 'paragraph', text: another }] };
    } catch (error) {
      throw error instanceof Problem ? new Problem(error.code, say`${error.text} ${another}`, error.hint) : error;
    }
  },
});
