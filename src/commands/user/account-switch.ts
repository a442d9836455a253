import { z } from 'zod';
import { localUser } from '../../core/fields.ts';
import { reply } from '../../core/reply.ts';
import type { Text } from '../../core/text.ts';
import type { Users } from '../../homeserver/users.ts';
import { type AnyCommand, command } from '../define.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';

/** One direction of a state that an account is in or not, such as being locked. */
export interface AccountSwitch {
  /** "lock": names the command, and what is never done to the bot. */
  readonly name: string;
  readonly summary: string;
  readonly cautions?: readonly string[];
  readonly example: string;
  /** Whether it takes something from the account; the other direction gives it back. */
  readonly to: boolean;
  readonly state: 'locked' | 'suspended';
  set(users: Users, userId: string): Promise<void>;
  changed(userId: string): Text;
  unchanged(userId: string): Text;
}

const input = () => z.object({ user: localUser.describe('Which account.') });

/** The command that puts a local account into a state, or out of it again. */
export function accountSwitch(one: AccountSwitch): AnyCommand {
  const { name, summary, cautions = [], example, to, state } = one;
  return command({
    path: `user ${name}`,
    summary,
    cautions,
    input,
    positionals: ['user'],
    examples: [[example, `!admin user ${name} alice`]],
    danger: 'write',
    role: 'moderator',
    ...(to ? { takesFrom: ({ user }: { readonly user: string }) => [user] } : {}),
    needs: ['users', 'adminRoom'],
    async run({ user }, { users, adminRoom }) {
      if (to) notTheBot(user, adminRoom.botId, name);
      const before = (await localAccount(users, user))[state];
      await one.set(users, user);
      return reply.done(before === to ? one.unchanged(user) : one.changed(user), {
        change: { before: { [state]: before }, after: { [state]: to } },
      });
    },
    again: 'safe',
    settle: async ({ user }, { users }) => ((await users.get(user))?.[state] === to ? 'done' : 'not done'),
  });
}
