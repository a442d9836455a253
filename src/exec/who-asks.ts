import { hostname, userInfo } from 'node:os';
import type { Role } from '../commands/asker.ts';
import type { Config } from '../config.ts';
import { Problem } from '../core/problem.ts';
import { say } from '../core/text.ts';
import type { Users } from '../homeserver/users.ts';
import { shellSource } from '../pipeline/shell-door.ts';
import { isRole } from './exec-flags.ts';

/** Who has a shell here is owner; `--as` takes the role that the label has in the configuration. */
export function whoAsks(config: Config, as: string | undefined): { readonly actor: string; readonly role: Role } {
  const { username } = userInfo();
  const person = shellSource(`${username}@${hostname()}`);
  if (as === undefined) return { actor: person, role: 'owner' };
  if (!/^[\w@:./+=-]{1,255}$/.test(as)) {
    throw new Problem('usage', say`The name behind --as may have letters, digits and @:./+=-_ only.`);
  }
  const unlisted = Object.keys(config.roles).length === 0 ? 'owner' : 'viewer';
  const role = isRole(as) ? as : (config.roles[as] ?? unlisted);
  return { actor: `${person} as ${as}`, role };
}

/** For commands that look into the rooms of whoever asks, who here is no user of the homeserver and in no room. */
export function usersFor(actor: string, users: Users): Users {
  return { ...users, joinedRooms: async (userId) => (userId === actor ? [] : users.joinedRooms(userId)) };
}
