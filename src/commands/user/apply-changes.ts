import { Problem } from '../../core/problem.ts';
import { type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { AccountChanges } from '../../homeserver/accounts.ts';
import type { UserDetails, Users } from '../../homeserver/users.ts';
import type { Capabilities } from '../define.ts';
import { differences, differenceText } from './account-changes.ts';
import { isHere } from './is-here.ts';

export interface Application {
  readonly user: string;
  /** As it was; undefined where it is made. */
  readonly account: UserDetails | undefined;
  readonly changes: AccountChanges;
  readonly password: string | undefined;
  /** The same, where it is one to be handed out. */
  readonly made: string | undefined;
  readonly endSessions: boolean;
}

type Caps = Pick<Capabilities, 'users' | 'accounts' | 'adminRoom'>;

/**
 * Makes the changes, which the server does one after the other, and looks what came of them. Throws Problem where
 * nothing did, or where the homeserver cannot be asked any more.
 */
export async function applyChanges(
  { user, account, changes, password, made, endSessions }: Application,
  { users, accounts, adminRoom }: Caps,
): Promise<Reply> {
  const created = account === undefined;
  const due = differences(changes, account);
  const idle = !created && due.length === 0 && password === undefined;
  const fault = idle
    ? undefined
    : await faultOf(() =>
        accounts.modify(user, { ...changes, ...(password === undefined ? {} : { password, endSessions }) }),
      );
  const after = idle ? account : await lookedAt(users, user, fault);
  const left = differences(changes, after).map(({ what }) => what);
  const done = due.filter(({ what }) => !left.includes(what));
  const unknown = fault?.code === 'unknown-outcome';
  // Nothing has come of it: the homeserver's own word says why.
  if (fault !== undefined && !unknown && !created && done.length === 0) throw fault;

  const lines: Text[] = done.map(differenceText);
  if (password !== undefined && fault === undefined)
    lines.push(say`password: a new one${created || !endSessions ? '' : ', all sessions have ended'}`);
  if (changes.admin === true && after.admin && !(await adminRoom.members()).has(user))
    lines.push(
      (await adminRoom.invite(user))
        ? say`it was invited to this room`
        : say`I could not invite it to this room: please do that yourself`,
    );
  if (changes.admin === false && !after.admin && (await isHere(users, adminRoom, user)))
    lines.push(
      (await adminRoom.remove(user, 'No server admin any more'))
        ? say`it was removed from this room`
        : say`I could not remove it from this room: please do that yourself`,
    );
  const listed = lines.length === 0 ? say`.` : say`: ${joined(lines, '; ')}`;
  const said = say`${created ? 'Created' : 'Changed'} ${code(user)}${listed}`;
  const rest: Partial<Reply> = {
    // One that was not surely set is handed to nobody.
    ...(made === undefined || fault !== undefined
      ? {}
      : { secrets: [{ label: say`Password of ${code(user)}`, value: made }] }),
    change: {
      before: created ? null : Object.fromEntries(done.map(({ what, before }) => [what, before])),
      after: Object.fromEntries(done.map(({ what, after: now }) => [what, now])),
    },
  };
  const passwordUnseen = fault !== undefined && password !== undefined;
  if (left.length === 0 && !passwordUnseen) return reply.done(said, rest);

  const why = fault === undefined ? say`The server said yes, but did not do it.` : whyNot(fault);
  const notDone = left.length === 0 ? [] : [say`**Not done: ${left.join(', ')}.** ${why}`];
  const unseen = passwordUnseen
    ? [
        say`The new password **may have been set, or not**; ${commandLine(`user reset-password ${user}`)} makes another one.`,
      ]
    : [];
  return reply.says(joined([say`⚠️`, ...notDone, ...unseen, ...(lines.length === 0 ? [] : [say`${said}.`])], ' '), {
    ...rest,
    ...(unknown || passwordUnseen ? { outcome: 'unknown' } : {}),
  });
}

const whyNot = (fault: Problem): Text =>
  fault.code === 'unknown-outcome' ? say`The homeserver gave no answer; this is how it stands now.` : fault.text;

async function faultOf(act: () => Promise<void>): Promise<Problem | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** How the account is now. Where that cannot be asked, or there is none, what went wrong before says more. */
async function lookedAt(users: Users, userId: string, fault: Problem | undefined): Promise<UserDetails> {
  let found: UserDetails | undefined;
  try {
    found = await users.get(userId);
  } catch (error) {
    throw fault ?? error;
  }
  if (found !== undefined) return found;
  throw fault ?? new Problem('rejected', say`The server said yes, but there is no account ${code(userId)}.`);
}
