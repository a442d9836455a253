import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { localpartOf, parseUser, serverOf } from '../core/ids.ts';
import { madePassword } from '../core/made-password.ts';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { MatrixFault } from '../http.ts';
import { attempt } from './attempt.ts';
import { type Server, type Session, serverAt } from './server.ts';
import type { Credentials, Report } from './settings.ts';
import { writePrivate } from './write-private.ts';

/**
 * Transaction ids hold per user and device, so the bot keeps one device over every login; a login under it also ends
 * the token that was lost.
 */
const fixedDevice = 'CASTELLAN';

/** The bot's account, made or found, with a token that works and is in the token file. */
export interface BotSession {
  readonly server: Server;
  readonly userId: string;
  /** The human admin who sets it up, where known. */
  readonly adminId: string | undefined;
}

export interface BotOptions {
  readonly homeserverUrl: string;
  readonly tokenFile: string;
  readonly botUser: string;
  /** The admin named, whether or not the credentials are needed. */
  readonly adminUser: string | undefined;
  /** Asked only where they are needed. */
  readonly credentials: () => Promise<Credentials>;
  readonly report: Report;
}

interface Kept {
  readonly server: Server;
  readonly userId: string;
  readonly deviceId: string | undefined;
  readonly isAdmin: boolean;
}

/** Finds or makes the bot's account and token. Throws a Problem; nothing is changed on an account that is not the bot's. */
export async function botSession(options: BotOptions): Promise<BotSession> {
  const kept = await keptSession(options);
  if (kept?.isAdmin && kept.deviceId !== undefined) {
    options.report(`Found ${kept.userId}, a server admin, and its token, which works.`);
    const { adminUser } = options;
    const adminId = adminUser === undefined ? undefined : parseUser(adminUser, serverOf(kept.userId));
    return { server: kept.server, userId: kept.userId, adminId };
  }
  const credentials = await options.credentials();
  switch (credentials.kind) {
    case 'admin':
      return withAdmin(options, credentials, kept);
    case 'secret':
      return withSecret(options, credentials.secret, kept);
    case 'none':
      throw new Problem(
        'usage',
        kept === undefined
          ? say`There is no bot account to go on with, and nothing to make one with.`
          : say`${code(kept.userId)} is no server admin or its token has no device, and there is nothing to change that with.`,
        say`Give an admin's credentials (${code('--admin-user')} and ${code('--admin-password-file')}) or the registration secret (${code('--shared-secret-file')}).`,
      );
  }
}

async function keptSession({ homeserverUrl, tokenFile, botUser, report }: BotOptions): Promise<Kept | undefined> {
  const token = await tokenOnFile(tokenFile);
  if (token === undefined) return undefined;
  const server = serverAt(homeserverUrl, token);
  try {
    const { userId, deviceId } = await server.whoami();
    if (localpartOf(userId) !== botUser) {
      throw new Problem(
        'usage',
        say`The token in ${code(tokenFile)} belongs to ${code(userId)}, not to ${code(botUser)}.`,
        say`Name the bot's account with ${code('--bot-user')}, or another file with ${code('--token-file')}.`,
      );
    }
    return { server, userId, deviceId, isAdmin: await mayAdminister(server, userId) };
  } catch (error) {
    if (!(error instanceof MatrixFault && error.errcode === 'M_UNKNOWN_TOKEN')) {
      return attempt('look whether the token works', () => Promise.reject(error));
    }
    report(`The token in ${tokenFile} works no more.`);
    return undefined;
  }
}

async function tokenOnFile(path: string): Promise<string | undefined> {
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new Problem(
        'usage',
        say`The token file ${code(path)} is open to others, so the token in it is no secret.`,
        say`If nobody else has read it: ${code(`chmod 600 ${path}`)}. Otherwise remove it, and a new token is made.`,
      );
    }
    const token = (await readFile(path, 'utf8')).trim();
    return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only admins may ask, so that a no is an answer too. */
async function mayAdminister(server: Server, userId: string): Promise<boolean> {
  try {
    return await server.isAdmin(userId);
  } catch (error) {
    if (error instanceof MatrixFault && error.status === 403) return false;
    throw error;
  }
}

async function withAdmin(
  options: BotOptions,
  { user, password }: Extract<Credentials, { kind: 'admin' }>,
  kept: Kept | undefined,
): Promise<BotSession> {
  const anyone = serverAt(options.homeserverUrl);
  const login = await attempt(`log in as ${user}`, () => anyone.login(user, password, undefined));
  const admin = serverAt(options.homeserverUrl, login.access_token);
  try {
    if (!(await attempt('ask who is an admin', () => mayAdminister(admin, login.user_id)))) {
      throw new Problem('forbidden', say`${code(login.user_id)} is no server admin, so nothing was done.`);
    }
    const userId = `@${options.botUser}:${serverOf(login.user_id)}`;
    if (userId === login.user_id) {
      throw new Problem('usage', say`${code(userId)} is the admin; the bot needs an account of its own.`);
    }
    if (kept?.deviceId !== undefined) {
      await attempt(`make ${userId} a server admin`, () => admin.putAccount(userId, { admin: true }));
      options.report(`Made ${userId} a server admin; its token, which works, is kept.`);
      return { server: kept.server, userId, adminId: login.user_id };
    }
    const password = await makeAccount(admin, userId, options.report);
    const session = await attempt(`log in as ${userId}`, () => anyone.login(options.botUser, password, fixedDevice));
    return { ...begin(options, session), adminId: login.user_id };
  } finally {
    // The session of setting up is of no more use; that it ends is a courtesy.
    await admin.logout().catch(() => undefined);
  }
}

/** Returns the bot's password, which is kept nowhere. */
async function makeAccount(admin: Server, userId: string, report: Report): Promise<string> {
  const password = madePassword();
  const account = await attempt(`look for ${userId}`, () => admin.account(userId));
  if (account === undefined) {
    const fields = { password, admin: true, user_type: 'bot', displayname: 'Castellan' };
    await attempt(`make ${userId}`, () => admin.putAccount(userId, fields));
    report(`Made ${userId}, a server admin.`);
    return password;
  }
  if (account.user_type !== 'bot' || account.deactivated) throw notOurs(userId, account.deactivated);
  await attempt(`give ${userId} a new password`, () => admin.putAccount(userId, { password, admin: true }));
  report(`Found ${userId} and made it a new token; sessions it had are ended.`);
  return password;
}

/** An account of somebody's is never taken over: only one that init made carries the type. */
function notOurs(userId: string, deactivated: boolean): Problem {
  return new Problem(
    'exists',
    deactivated
      ? say`${code(userId)} is deactivated, so it cannot be the bot.`
      : say`${code(userId)} exists and is not marked as a bot, so it may be somebody's; it was not touched.`,
    say`Choose another name with ${code('--bot-user')}${deactivated ? '' : ', or put a token of that account into the token file'}.`,
  );
}

async function withSecret(options: BotOptions, secret: string, kept: Kept | undefined): Promise<BotSession> {
  const { botUser, homeserverUrl } = options;
  const password = madePassword();
  const anyone = serverAt(homeserverUrl);
  const takenName = new Problem(
    'exists',
    kept === undefined
      ? say`The account ${code(botUser)} exists, and there is no token for it here; the registration secret makes new accounts only.`
      : say`${code(kept.userId)} exists and is no server admin or its token has no device; the registration secret makes new accounts only.`,
    say`Give an admin's credentials (${code('--admin-user')} and ${code('--admin-password-file')}), or choose another name with ${code('--bot-user')}.`,
  );
  if (kept !== undefined) throw takenName;
  const registered = await attempt(`register ${botUser}`, async () => {
    try {
      return await anyone.registerBot({ username: botUser, password, secret });
    } catch (error) {
      if (error instanceof MatrixFault && error.errcode === 'M_USER_IN_USE') throw takenName;
      if (error instanceof MatrixFault && error.status === 403 && /mac/i.test(error.reason)) {
        throw new Problem('rejected', say`The homeserver refuses the registration secret: ${error.reason}.`);
      }
      throw error;
    }
  });
  // Kept at once: the password is known nowhere else, so an end between here and the login would lose the account.
  const first = begin(options, registered);
  options.report(`Made ${registered.user_id}, a server admin.`);
  const session = await attempt(`log in as ${registered.user_id}`, () => anyone.login(botUser, password, fixedDevice));
  const bot = begin(options, session);
  await first.server.logout().catch(() => undefined);
  return { ...bot, adminId: undefined };
}

function begin(options: BotOptions, session: Session): { readonly server: Server; readonly userId: string } {
  writePrivate(options.tokenFile, `${session.access_token}\n`);
  return { server: serverAt(options.homeserverUrl, session.access_token), userId: session.user_id };
}
