import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { localpartOf, parseLocalpart, serverOf } from '../core/ids.ts';
import { madePassword } from '../core/made-password.ts';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { adminRoom } from './admin-room.ts';
import { attempt } from './attempt.ts';
import { botSession } from './bot-session.ts';
import { type Decided, existingConfig, refuseOtherConfig, writeConfig } from './config-text.ts';
import { roomName } from './room-name.ts';
import { type Server, serverAt } from './server.ts';
import type { InitSettings, Report } from './settings.ts';

/**
 * Sets the bot up against a homeserver: account, admin, room, files. Every step looks before it acts, so it may be run
 * again at any time. Throws Problem (RoomRefused for the room) or ConfigFaults.
 */
export async function init(settings: InitSettings, report: Report): Promise<void> {
  const { configFile, tokenFile, homeserverUrl, clientUrl, dataDir, room } = settings;
  const existing = existingConfig(configFile, settings.force);
  const decided: Decided = { homeserverUrl, clientUrl, tokenFile, dataDir, adminRoom: existing?.adminRoom };
  if (!settings.force) refuseOtherConfig(configFile, existing, decided);
  for (const file of [configFile, tokenFile]) needsWritableFolder(file);
  await lookAtServer(homeserverUrl, report);

  const { server, userId, adminId } = await botSession({ ...settings, report });
  const serverName = serverOf(userId);
  await attempt('take away the rate limit of the bot', () => server.liftRateLimit(userId));
  await nameBot(server, userId);

  const humans = await attempt('list the server admins', () => server.humanAdmins());
  const others = humans.filter((human) => human !== userId);
  const first = others.length === 0 ? await firstAdmin(settings, server, serverName, report) : undefined;
  const known = first ?? adminId;
  const name = roomName(room ?? existing?.adminRoom ?? '#admins', serverName);
  await adminRoom({ server, botId: userId, room: name, admins: known === undefined ? others : [known], report });

  const kept = room === undefined ? existing?.adminRoom : name;
  const written = writeConfig(configFile, existing, { ...decided, adminRoom: kept });
  report(
    written === 'kept'
      ? `Kept ${configFile} as it is.`
      : `Wrote ${configFile}${written === 'replaced' ? `; the old one is ${configFile}.bak` : ''}.`,
  );
}

/** Found out before the server is touched: a token that cannot be written down would be lost. */
function needsWritableFolder(file: string): void {
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch {
    throw new Problem('usage', say`The folder ${code(dirname(file))} is not there or cannot be written to.`);
  }
}

async function lookAtServer(homeserverUrl: string, report: Report): Promise<void> {
  const anyone = serverAt(homeserverUrl);
  const version = await attempt(`reach Synapse's admin API at ${homeserverUrl}`, () => anyone.version());
  if (await attempt(`ask ${homeserverUrl} who keeps its accounts`, () => anyone.delegatesAccounts())) {
    throw new Problem(
      'unsupported',
      say`The accounts of this homeserver are kept by the Matrix Authentication Service, where init cannot make any.`,
      say`Make one there, ${code('mas-cli manage register-user castellan')}, and a token with ${code('mas-cli manage issue-compatibility-token castellan CASTELLAN --yes-i-want-to-grant-synapse-admin-privileges')}; put it into the token file (0600) and write bot.config.json by hand.`,
    );
  }
  report(`Found Synapse ${version} at ${homeserverUrl}.`);
}

async function nameBot(server: Server, userId: string): Promise<void> {
  const now = await attempt('read the name of the bot', () => server.displayname(userId));
  // Synapse names a new account after its localpart; any other name was given by somebody.
  if (now !== undefined && now !== localpartOf(userId)) return;
  await attempt('name the bot', () => server.setDisplayname(userId, 'Castellan'));
}

async function firstAdmin(settings: InitSettings, server: Server, serverName: string, report: Report): Promise<string> {
  const localpart = await settings.firstAdmin();
  if (localpart === undefined) {
    throw new Problem(
      'usage',
      say`The server has no human admin yet, so nobody could command the bot.`,
      say`Name one with ${code('--first-admin')}: the account is made if it is not there.`,
    );
  }
  const userId = `@${parseLocalpart(localpart, serverName)}:${serverName}`;
  const account = await attempt(`look for ${userId}`, () => server.account(userId));
  if (account !== undefined) {
    if (account.deactivated || account.user_type === 'bot') {
      throw new Problem(
        'usage',
        say`${code(userId)} is ${account.deactivated ? 'deactivated' : 'a bot'}; name somebody else.`,
      );
    }
    await attempt(`make ${userId} a server admin`, () => server.putAccount(userId, { admin: true }));
    report(`Found ${userId} and made it a server admin; its password is what it was.`);
    return userId;
  }
  const password = madePassword();
  await attempt(`make ${userId}`, () => server.putAccount(userId, { password, admin: true }));
  report(`Made ${userId}, a server admin. Its password, shown this once: ${password}`);
  return userId;
}
