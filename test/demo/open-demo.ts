import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BotProcess, startBotProcess } from '../e2e/bot-process.ts';
import { loginPassword, type TestClient } from '../homeserver/client.ts';
import { findSynapse } from '../homeserver/find-synapse.ts';
import { startSynapse } from '../homeserver/synapse.ts';
import { spawnCastellan } from '../spawn-castellan.ts';

const serverName = 'demo.test';

/** A homeserver, its first admin, and the bot in its room, all made as an operator would make them. */
export interface Demo {
  /** The homeserver's address. */
  readonly url: string;
  readonly roomId: string;
  readonly alias: string;
  readonly admin: TestClient;
  readonly password: string;
  readonly botId: string;
  readonly bot: BotProcess;
  /** Stops the bot and the homeserver, and removes what they wrote. */
  close(): Promise<void>;
}

/** Makes it all; `progress` hears what takes its time. Throws an Error whose message says what could not be had. */
export async function openDemo(progress: (line: string) => void): Promise<Demo> {
  progress('looking for a Synapse');
  const way = await findSynapse();
  if (way.kind === 'given') {
    throw new Error(
      'The demo makes accounts and rooms, so it wants a homeserver of its own: unset CASTELLAN_TEST_SYNAPSE_URL.',
    );
  }
  progress(`starting a Synapse (${way.name})`);
  const server = await startSynapse({ name: 'demo', serverName });
  const folder = mkdtempSync(join(tmpdir(), 'castellan-demo-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  let bot: BotProcess | undefined;
  const close = async () => {
    await bot?.stop();
    await server.stop();
    removeFolder();
  };
  try {
    progress('setting the bot up with castellan init');
    const password = await setUp(folder, server.url, server.sharedSecret);
    const admin = await loginPassword(server, 'admin', password);
    // So that the admin can type as fast as she likes; the bot frees itself.
    await admin.liftLimits(admin.userId);
    const alias = `#admins:${serverName}`;
    const roomId = await admin.join(alias);
    progress('starting the bot');
    bot = await startBotProcess(join(folder, 'bot.config.json'));
    return { url: server.url, roomId, alias, admin, password, botId: `@castellan:${serverName}`, bot, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Returns the password of the first admin. */
async function setUp(folder: string, url: string, sharedSecret: string): Promise<string> {
  const init = await spawnCastellan(['init', '--homeserver', url, '--first-admin', 'admin', '--non-interactive'], {
    cwd: folder,
    env: { CASTELLAN_REGISTRATION_SHARED_SECRET: sharedSecret },
  }).ended;
  const password = /shown this once: (\S+)$/m.exec(init.stdout)?.[1];
  if (init.code !== 0 || password === undefined) {
    throw new Error(`castellan init ended with ${init.code}:\n${init.stdout}${init.stderr}`);
  }
  return password;
}
