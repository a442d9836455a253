import { loadConfig } from './config.ts';
import { cleanLines } from './core/clean.ts';
import { Problem } from './core/problem.ts';
import { code, say, wordsOf } from './core/text.ts';
import { openBackend } from './exec/open-backend.ts';
import { adminUrl } from './homeserver/create-homeserver.ts';
import { createHost } from './homeserver/host/host.ts';
import { createLog } from './log.ts';
import { boundRoom } from './matrix/admin-room.ts';
import { connectMatrix } from './matrix/connect.ts';
import { parseFlags } from './parse-flags.ts';
import { examine } from './pipeline/doctor.ts';
import { openStore } from './store/open.ts';
import { storePath } from './store/store-path.ts';

export const doctorHelp = `castellan doctor: whether the bot is set up well, and what to do about what is not; beside a running bot too.

  --config FILE    the configuration (bot.config.json)
`;

const signs = { well: 'ok     ', warning: 'warning', fault: 'fault  ' } as const;
/** Whoever asks sits before a screen: a homeserver that is away is a finding, and not waited for. */
const patienceMs = 15_000;

/** `castellan doctor`: prints what it finds, and changes nothing. False where something is wrong. Throws as `run` does. */
export async function doctorCommand(argv: readonly string[]): Promise<boolean> {
  const flags = parseFlags('doctor', argv, { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } });
  if (flags.help) {
    process.stdout.write(doctorHelp);
    return true;
  }
  const config = loadConfig(flags.config ?? 'bot.config.json', process.env);
  const store = openStore(storePath(config.dataDir), { clock: Date.now, readonly: true });
  const token = config.accessToken();
  const log = createLog({ level: 'silent', file: undefined, secrets: [token] });
  const matrix = await connected({
    homeserverUrl: config.homeserverUrl,
    token,
    storage: store.values,
    log,
  });
  const calls = new AbortController();
  try {
    const roomId = boundRoom(store.values);
    if (roomId === undefined) {
      throw new Problem('not-found', say`The bot has never been started: it is bound to no room yet.`);
    }
    const opened = await openBackend({
      config,
      matrix,
      store,
      log,
      adminRoomNames: () => [roomId],
      signal: calls.signal,
    });
    const { homeserver, relay } = opened;
    const isListed = (userId: string) => config.admins.includes(userId) || userId in config.roles;
    const findings = await examine({
      config,
      matrix,
      homeserver,
      host: createHost({
        settings: config.host,
        baseUrl: adminUrl(config),
        kept: store.values,
        secrets: [token],
        clock: Date.now,
      }),
      store,
      risks: { matrix, roomId, isServerAdmin: (userId) => homeserver.users.isAdmin(userId), isListed },
      clock: Date.now,
      ...(relay === undefined ? {} : { relay }),
    });
    await opened.settled();
    // Only the running bot has a sync to speak of.
    const shown = findings.filter(({ what }) => what !== 'Sync');
    for (const { what, state, words, hint } of shown) {
      const line = `${what}: ${wordsOf(words)}${hint === undefined ? '' : ` ${wordsOf(hint)}`}`;
      process.stdout.write(`${signs[state]}  ${cleanLines(line)}\n`);
    }
    return shown.every(({ state }) => state !== 'fault');
  } finally {
    calls.abort();
    matrix.stop();
    store.close();
  }
}

async function connected(options: Parameters<typeof connectMatrix>[0]) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), patienceMs);
  try {
    return await connectMatrix({ ...options, signal: giveUp.signal });
  } catch (error) {
    if (!giveUp.signal.aborted) throw error;
    throw new Problem(
      'unavailable',
      say`The homeserver at ${code(options.homeserverUrl)} gives no answer.`,
      say`Look at ${code('homeserverUrl')}, and whether the homeserver runs.`,
    );
  } finally {
    clearTimeout(timer);
  }
}
