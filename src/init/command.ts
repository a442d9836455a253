import { loadConfig } from '../config.ts';
import { Problem } from '../core/problem.ts';
import { say } from '../core/text.ts';
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
  const settings = await settingsFrom(flags, process.env, prompts).catch(leftPrompt);
  await init(settings, report).catch(leftPrompt);
  // In a clone there is no `castellan` on the PATH, and where it is installed there is no npm script.
  const run = import.meta.filename.endsWith('.ts') ? 'npm start --' : 'castellan run';
  report(`Done. Start the bot with \`${run} --config ${settings.configFile}\`, then type \`!admin help\` in the room.`);
}

/** Ctrl-C at a question. */
function leftPrompt(error: unknown): never {
  if (!(error instanceof Error && error.name === 'ExitPromptError')) throw error;
  throw new Problem('rejected', say`Stopped at a question. What was done stays, and init can be run again.`);
}
