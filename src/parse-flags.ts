import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { Problem } from './core/problem.ts';
import { code, say } from './core/text.ts';

/** The flags of `castellan <command>`; throws Problem `usage` for an unknown one, or one without its value. */
export function parseFlags<const Options extends ParseArgsOptionsConfig>(
  command: string,
  argv: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem('usage', say`${error.message}`, say`${code(`castellan ${command} --help`)} shows the flags.`);
  }
}
