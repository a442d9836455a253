import { z } from 'zod';
import { atMostOneOf, flag, text } from '../../core/fields.ts';
import { parseLocalUser, serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, counted, say } from '../../core/text.ts';
import { userPattern } from '../../core/user-pattern.ts';
import { withoutOuterQuotes } from '../../core/words.ts';
import type { UserRow, Users } from '../../homeserver/users.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import type { Local } from '../local.ts';

/** An event has 65,536 bytes for all that is in it. */
const mostBytes = 30_000;

interface Wanted {
  readonly message?: string | undefined;
  readonly text?: string | undefined;
  readonly all: boolean;
  readonly regex?: string | undefined;
}

/** The one user, if it is for one, and what it says. */
function readWanted(input: Wanted, serverName: string): { readonly user: string | undefined; readonly words: string } {
  const many = input.all || input.regex !== undefined;
  const [, first = '', below = ''] = /^(\S+)\s*([\s\S]*)$/.exec(input.message ?? '') ?? [];
  const line = many ? (input.message ?? '') : withoutOuterQuotes(below);
  if (!many && first === '')
    throw new Problem(
      'usage',
      say`Say whom it is for: a user, ${code('--all')}, or ${code('--regex')} with an expression.`,
    );
  const user = many ? undefined : parseLocalUser(first, serverName);
  if (line !== '' && input.text !== undefined)
    throw new Problem('usage', say`The text stands on the line and in the block; use one of them.`);
  const words = line === '' ? (input.text ?? '') : line;
  if (words.trim() === '') throw new Problem('usage', say`There is no text to send; nothing was sent.`);
  const bytes = Buffer.byteLength(words);
  if (bytes > mostBytes)
    throw new Problem(
      'usage',
      say`The text has ${bytes.toLocaleString('en')} bytes, and a notice takes at most ${mostBytes.toLocaleString('en')}. Nothing was sent.`,
    );
  return { user, words };
}

/** The same for one command and recipient, over restarts; another for every other. */
function markOf(derived: Local['derived'], since: number, userId: string, words: string): string {
  return derived(`notice ${since}\n${userId}\n${words}`, 0);
}

async function recipients(
  users: Users,
  botId: string,
  { user, regex }: { user: string | undefined; regex?: string | undefined },
) {
  const skipped: { id: string; why: ReturnType<typeof say> }[] = [];
  if (user !== undefined) {
    const account = await users.get(user);
    if (account === undefined) throw new Problem('not-found', say`There is no local user ${code(user)}.`);
    if (account.deactivated) throw new Problem('conflict', say`${code(user)} is deactivated: nobody would read it.`);
    return { ids: [user], skipped };
  }
  const fits = regex === undefined ? () => true : userPattern(regex);
  const ids: string[] = [];
  const list = (from: number, limit: number) => users.list({ from, limit });
  for await (const { userId } of everyRow<UserRow>(list)) {
    if (!fits(userId)) continue;
    if (userId === botId) skipped.push({ id: userId, why: say`is me` });
    else ids.push(userId);
  }
  return { ids, skipped };
}

export default command({
  path: 'notice send',
  summary: 'Send a message from the server itself to one user, to some, or to all.',
  cautions: [
    'A user is named before the text: `notice send alice Hello`. A longer text goes into a block below the line.',
    'An expression has to match the whole localpart or the whole id, as `spam.*` does.',
    'Nobody gets it twice, also when the bot or the homeserver is stopped in the middle.',
  ],
  input: () =>
    z
      .object({
        all: flag.describe('To every account that is not deactivated.'),
        regex: text.optional().describe('To every account that this regular expression (RE2) matches.'),
        message: text.optional().describe('The user, unless there is a flag, and the text, as typed.'),
        text: text.optional().describe('The text, where it does not stand on the line.'),
      })
      .check(atMostOneOf('all', 'regex')),
  rest: 'message',
  body: { kind: 'text', into: 'text', required: false },
  short: { r: 'regex' },
  examples: [
    ['To one', '!admin notice send alice Please confirm your mail address.'],
    ['To all', '!admin notice send --all\n```\nThe server restarts at 22:00 UTC.\nIt takes a minute.\n```'],
    ['To some', '!admin notice send --regex "(alice|bob)" Your accounts move on Sunday.'],
  ],
  danger: 'confirm',
  role: 'admin',
  needs: ['users', 'notices', 'adminRoom', 'derived'],

  async plan(input, { users, notices, adminRoom }) {
    const { user, words } = readWanted(input, serverOf(adminRoom.botId));
    const { ids, skipped } = await recipients(users, adminRoom.botId, { user, regex: input.regex });
    if (!(await notices.areEnabled()))
      throw new Problem(
        'unsupported',
        say`This server sends no notices: its configuration has no ${code('server_notices')}.`,
        say`Set ${code('server_notices.system_mxid_localpart')} in homeserver.yaml and restart it.`,
      );
    return {
      title: say`Send this to ${counted(ids.length, 'account')}: “${words}”`,
      targets: ids.map((id) => ({ id })),
      skipped,
      cautions: [say`It cannot be called back: everybody gets it in a room of the server's own.`],
      frozen: { users: ids },
    };
  },

  async run(_input, _caps, _asker, frozen) {
    const users = frozen?.users ?? [];
    return {
      job: {
        items: users.map((target) => ({ target })),
        heading: say`Sending a notice to ${counted(users.length, 'account')}`,
      },
    };
  },

  job: {
    pace: 'other',
    async step({ target }, input, { users, notices, adminRoom, derived }, _asker, { since }) {
      const { words } = readWanted(input, serverOf(adminRoom.botId));
      const account = await users.get(target);
      if (account === undefined || account.deactivated)
        return { state: 'skipped', note: 'deactivated since the plan was shown' };
      await notices.send(target, words, markOf(derived, since, target, words));
      return { state: 'done' };
    },
    async settle({ target }, input, { notices, adminRoom, derived }, since) {
      const { words } = readWanted(input, serverOf(adminRoom.botId));
      return (await notices.arrived(target, markOf(derived, since, target, words))) ? 'done' : 'not done';
    },
  },
});
