import { invisible } from '../../core/clean.ts';
import { Problem } from '../../core/problem.ts';
import { commandLine, say } from '../../core/text.ts';
import type { Native } from '../native.ts';
import type { RelayParts } from './parts.ts';
import { blockLines } from './quoting.ts';
import { secretCommand } from './secret-commands.ts';
import { shownAnswer } from './shown-answer.ts';

/** The room's own language, for what no command here does. */
export function createRelayNative({ dialect, commander }: RelayParts): Native {
  return {
    async send(line, block) {
      if (line.trim() === '' || /[\r\n]/.test(line) || line.replaceAll(invisible, '') !== line)
        throw new Problem('usage', say`The text has to be one line, with nothing in it that cannot be seen.`);
      const words = line.trim().split(/[\s\u0085]+/u);
      const secret = secretCommand(words);
      const asksHelp = isHelp(words);
      if (secret !== undefined && !asksHelp) throw inTheOpen(secret.typed);
      const lines = block.filter((one) => one.trim() !== '');
      if (lines.length > 0) blockLines(lines);
      const { text, logs, exposed } = await commander.ask(words, lines, line.trim());
      const failure = dialect.readFailure(text);
      // What is said to a wrong command is also what is said to who asks for help.
      const helped = asksHelp && failure?.kind === 'usage' && !/^error:/m.test(text);
      const shownLogs = logs === undefined ? undefined : shownAnswer(logs);
      return { text: shownAnswer(text), logs: shownLogs, failed: failure !== undefined && !helped, exposed };
    },
  };
}

/** Anywhere else `help` is a name, and behind `--` all is. */
function isHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const flags = end === -1 ? words : words.slice(0, end);
  return words[0] === 'help' || flags.some((word) => word === '--help' || word === '-h');
}

function inTheOpen(typed: string | undefined): Problem {
  return new Problem(
    'rejected',
    say`The homeserver would answer that with a secret, and the answer would stand here for all to read. Nothing was sent.`,
    typed === undefined
      ? say`Nothing here hands it over. Whoever needs it asks in the homeserver's own room, and removes both messages there.`
      : say`${commandLine(typed)} hands it to you alone.`,
  );
}
