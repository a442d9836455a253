import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';

/** The configuration file that was named, or the first of the usual ones that is there. Throws Problem `usage`. */
export function findConfig(named: string | undefined, env: NodeJS.ProcessEnv): string {
  if (named !== undefined) return named;
  const home = env.HOME ?? homedir();
  const usual = ['bot.config.json', join(home, '.config', 'castellan', 'bot.config.json')];
  const found = usual.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Problem(
    'usage',
    say`There is no configuration: neither ${code(`./${usual[0]}`)} nor ${code(usual[1] ?? '')} exists.`,
    say`Name it with ${code('--config FILE')}; ${code('castellan init')} makes one.`,
  );
}
