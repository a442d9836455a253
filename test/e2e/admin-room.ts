import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import type { Synapse } from '../homeserver/synapse.ts';
import { type BotProcess, type BotProcessOptions, startBotProcess } from './bot-process.ts';

export type RoomEvent = Awaited<ReturnType<TestClient['messages']>>[number];

/** A real bot in a real admin room, with an admin who types. */
export interface AdminRoom {
  readonly server: Synapse;
  readonly roomId: string;
  readonly admin: TestClient;
  /** The bot's own account, for looking from its side. */
  readonly botAccount: TestClient;
  readonly dataDir: string;
  readonly configFile: string;
  readonly bot: () => BotProcess;
  /** Writes these keys over those of bot.config.json; the next start reads them. */
  configure(changes: Readonly<Record<string, unknown>>): void;
  /** Starts it again (or for the first time). */
  start(options?: BotProcessOptions): Promise<BotProcess>;
  /** Sends a line, `!admin ` put before it unless it begins with `!`, and waits for the bot's answer. */
  ask(line: string, as?: TestClient): Promise<string>;
  /** The same with a fenced block below. */
  askWith(line: string, body: string, as?: TestClient): Promise<string>;
  answerTo(eventId: string, as?: TestClient): Promise<RoomEvent>;
  /** Sends a command, and confirms the plan it is answered with; returns the answer to the confirmation. */
  askAndConfirm(line: string, word?: string, body?: string): Promise<string>;
  close(): Promise<void>;
}

export interface AdminRoomOptions {
  /** Keys of bot.config.json beside those that lead to the server and the room. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where the bot finds the server, if not at its own address (a proxy). */
  readonly url?: string;
  readonly keepLimits?: boolean;
  /** Keys of the request that makes the room, over those of an admin room as `init` makes it. */
  readonly creation?: Readonly<Record<string, unknown>>;
  readonly start?: boolean;
  readonly bot?: BotProcessOptions;
}

/** The text of an event's body. */
export const bodyOf = (event: RoomEvent): string => String(event.content.body ?? '');

let made = 0;

/** Makes accounts, room, configuration and, unless told not to, a running bot on a real Synapse. */
export async function openAdminRoom(server: Synapse, options: AdminRoomOptions = {}): Promise<AdminRoom> {
  made += 1;
  const name = `${process.pid}-${made}`;
  const botAccount = await registerUser(server, `castellan-${name}`, { admin: true, keepLimits: true });
  const admin = await registerUser(server, `op-${name}`, { admin: true });
  const roomId = await botAccount.createRoom({
    preset: 'private_chat',
    name: 'Admin room',
    room_alias_name: `admins-${name}`,
    invite: [admin.userId],
    creation_content: { 'm.federate': false },
    power_level_content_override: { users: { [botAccount.userId]: 100, [admin.userId]: 50 } },
    ...options.creation,
  });
  await admin.join(roomId);
  const dataDir = mkdtempSync(join(tmpdir(), 'castellan-e2e-'));
  const configFile = join(dataDir, 'bot.config.json');
  const tokenFile = join(dataDir, 'token');
  writeFileSync(tokenFile, botAccount.accessToken, { mode: 0o600 });
  let config: Readonly<Record<string, unknown>> = {
    homeserverUrl: options.url ?? server.url,
    accessTokenFile: tokenFile,
    adminRoom: roomId,
    dataDir: join(dataDir, 'data'),
    logLevel: 'debug',
  };
  const configure = (changes: Readonly<Record<string, unknown>>) => {
    config = { ...config, ...changes };
    writeFileSync(configFile, JSON.stringify(config));
  };
  configure(options.config ?? {});
  let bot: BotProcess | undefined;

  const room: AdminRoom = {
    server,
    roomId,
    admin,
    botAccount,
    dataDir: join(dataDir, 'data'),
    configFile,
    configure,
    bot() {
      if (bot === undefined) throw new Error('the bot was not started');
      return bot;
    },
    async start(more = options.bot) {
      bot = await startBotProcess(configFile, more);
      return bot;
    },
    async ask(line, as = admin) {
      const eventId = await as.send(roomId, line.startsWith('!') ? line : `!admin ${line}`);
      return bodyOf(await room.answerTo(eventId));
    },
    askWith: (line, body, as) => room.ask(`${line}\n\`\`\`\n${body}\n\`\`\``, as),
    answerTo: (eventId, as = admin) =>
      as
        .waitForEvent(
          roomId,
          (event) => event.sender === botAccount.userId && event.content['dev.castellan.for'] === eventId,
        )
        .catch((error: Error) => {
          throw new Error(`${error.message}\nThe bot's log ends with\n${bot?.output().slice(-2_000)}`, {
            cause: error,
          });
        }),
    async askAndConfirm(line, word, body) {
      const plan = await (body === undefined ? room.ask(line) : room.askWith(line, body));
      const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
      if (code === undefined) throw new Error(`no plan came back:\n${plan}`);
      return room.ask(word === undefined ? `confirm ${code}` : `confirm ${code} ${word}`);
    },
    async close() {
      await bot?.kill();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  if (options.start !== false) await room.start();
  return room;
}
