import { randomUUID } from 'node:crypto';
import type { Bot } from './bot.ts';
import { loadConfig } from './config.ts';
import { Problem } from './core/problem.ts';
import { code, say } from './core/text.ts';
import { endingOf, exitCodes } from './exit-code.ts';
import { startHealth } from './health.ts';
import { createLog, errorFields, type Log } from './log.ts';
import { parseFlags } from './parse-flags.ts';

export const runHelp = `castellan run: runs the bot until it is told to stop (SIGTERM or SIGINT).

  --config FILE    the configuration (bot.config.json)
`;

/** `castellan run`: resolves when the bot was told to stop. Throws what ended it otherwise. */
export async function runCommand(argv: readonly string[]): Promise<void> {
  const flags = parseFlags('run', argv, { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } });
  if (flags.help) return void process.stdout.write(runHelp);
  const config = loadConfig(flags.config ?? 'bot.config.json', process.env);
  const log = createLog({ level: config.logLevel, file: config.logFile, secrets: [config.accessToken()] });
  let bot: Bot | undefined;
  // The second signal, and one that comes before the bot is up, has nothing to wait for.
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    log.info({ signal }, stopping ? 'told again to stop' : 'told to stop');
    if (stopping || bot === undefined) process.exit(stopping ? 1 : 0);
    stopping = true;
    void bot.stop();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${endingOf(unforeseen(error, log))?.lines.join('\n')}\n`);
    process.exit(exitCodes.failed);
  });

  const { port, host } = config.health;
  const health = () => bot?.health() ?? ({ state: 'starting' } as const);
  const page = port === undefined ? undefined : await startHealth({ port, host, health });
  try {
    const { startBot } = await import('./bot.ts');
    bot = await startBot({ config, log });
    await bot.stopped;
  } catch (error) {
    throw endingOf(error) === undefined ? unforeseen(error, log) : error;
  } finally {
    await page?.close();
  }
}

/** The details go to the log only. */
function unforeseen(error: unknown, log: Log): Problem {
  const errorRef = randomUUID().slice(0, 8);
  log.error({ errorRef, ...errorFields(error) }, 'the bot ended on an error nobody foresaw');
  return new Problem(
    'internal',
    say`The bot ended on an error nobody foresaw; the log has it under ${code(errorRef)}.`,
  );
}
