import { loadConfig } from '../config.ts';
import { initHelp, parseInitFlags } from './flags.ts';
import { settingsFrom } from './settings-from.ts';

/** `castellan init …`: what it found and did goes to standard output, line by line. Throws Problem or ConfigFaults. */
export async function initCommand(argv: readonly string[]): Promise<void> {
  const flags = parseInitFlags(argv);
  const report = (line: string) => {
    process.stdout.write(`${line}\n`);
  };
  if (flags.help) return void process.stdout.write(initHelp);
  if (flags.rebind) {
    const { rebind } = await import('./rebind.ts');
    return rebind(loadConfig(flags.config ?? 'bot.config.json', process.env), report);
  }
  const asks = !flags['non-interactive'] && process.stdin.isTTY && process.stdout.isTTY;
  const prompts = asks ? await (await import('./prompts.ts')).terminalPrompts() : undefined;
  const { init } = await import('./init.ts');
  const settings = await settingsFrom(flags, process.env, prompts);
  await init(settings, report);
  report(
    'Done. Start the bot with `npm start -- --config ' +
      settings.configFile +
      '`, then type `!admin help` in the room.',
  );
}
