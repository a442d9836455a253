import type { AnyCommand, Capabilities } from '../commands/define.ts';
import { Problem } from '../core/problem.ts';
import { isAtLeast, type Role } from '../core/roles.ts';
import { code, say } from '../core/text.ts';

export interface AuthorizeOptions {
  readonly serverName: string;
  readonly botId: string;
  /** Live: is this account joined to the bound room? */
  readonly isJoined: (userId: string) => Promise<boolean>;
  /** Live: a server admin by the homeserver's word; never asked where accounts are delegated. */
  readonly isServerAdmin: (userId: string) => Promise<boolean>;
  readonly admins: readonly string[];
  readonly roles: Readonly<Record<string, Role>>;
}

export interface Authorizer {
  /** Asks live. Undefined: may command nothing. Throws where it cannot be asked: then nothing runs. */
  roleOf(userId: string): Promise<Role | undefined>;
  /** The role found last by `roleOf` since the start, for answers that must come while the server is silent. */
  remembered(userId: string): Role | undefined;
  /** Admins by the server's word, and everyone listed in the configuration. */
  isProtected(userId: string): Promise<boolean>;
}

/** Who may command: joined to the room, on this server, and a server admin or listed. */
export function createAuthorizer(options: AuthorizeOptions): Authorizer {
  const known = new Map<string, Role>();
  const isListed = (userId: string) => options.admins.includes(userId) || userId in options.roles;

  async function ask(userId: string): Promise<Role | undefined> {
    if (userId === options.botId) return undefined;
    if (userId.slice(userId.indexOf(':') + 1) !== options.serverName) return undefined;
    // At once: every command waits for the two.
    const [joined, admin] = await Promise.all([
      options.isJoined(userId),
      options.admins.includes(userId) || options.isServerAdmin(userId),
    ]);
    if (!joined || !admin) return undefined;
    if (Object.keys(options.roles).length === 0) return 'owner';
    return options.roles[userId] ?? 'viewer';
  }

  return {
    async roleOf(userId) {
      const role = await ask(userId);
      if (role === undefined) known.delete(userId);
      else known.set(userId, role);
      return role;
    },
    remembered: (userId) => known.get(userId),
    isProtected: async (userId) => isListed(userId) || (await options.isServerAdmin(userId)),
  };
}

/** Throws where this role may not run this command with this input. */
export async function allow(
  role: Role,
  command: AnyCommand,
  input: Record<string, unknown>,
  caps: Capabilities,
  authorizer: Authorizer,
): Promise<void> {
  if (!isAtLeast(role, command.role)) {
    throw new Problem(
      'forbidden',
      say`${code(command.path)} needs the role ${command.role}; yours is ${role}.`,
      say`An owner can change roles in the bot's configuration.`,
    );
  }
  if (role === 'owner') return;
  if (command.ownerOnly?.(input) === true) {
    throw new Problem(
      'forbidden',
      say`This gives power over the server, which only an owner may; your role is ${role}.`,
    );
  }
  for (const userId of command.takesFrom?.(input) ?? []) {
    if (userId !== caps.adminRoom.botId && (await authorizer.isProtected(userId))) {
      throw new Problem(
        'forbidden',
        say`${code(userId)} is an admin or listed in the bot's configuration; only an owner may do this to that account.`,
      );
    }
  }
}
