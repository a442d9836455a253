import { invisible } from '../../core/clean.ts';
import { Problem } from '../../core/problem.ts';
import { commandLine, say, type Text } from '../../core/text.ts';
import type { Native } from '../native.ts';
import type { RelayParts } from './parts.ts';
import { blockLines } from './quoting.ts';

/** Answered with a password or a token, which would stand in two rooms: the typed command hands it over in private. */
const makesSecret: readonly (readonly [RegExp, string])[] = [
  [/^(users? )?(create|create-user)\b/, 'user create-user …'],
  [/^(users? )?reset-password\b/, 'user reset-password …'],
  [/^token issue\b/, 'token create …'],
  [/^token list\b/, 'token list'],
  [/^token revoke\b/, 'token delete …'],
  [/^users? issue-token\b/, 'user login …'],
  [/^(server )?show-config\b/, 'server show-config'],
  [/^(appservices? )?(register|register-appservice)\b/, 'appservice register'],
  [/^appservices? (show|show-appservice-config|show-config)\b/, 'appservice show-appservice-config …'],
];

/** The room's own language, for what no command here does. */
export function createRelayNative({ dialect, commander }: RelayParts): Native {
  return {
    async send(line, block) {
      if (line.trim() === '' || /[\r\n]/.test(line) || line.replaceAll(invisible, '') !== line)
        throw new Problem('usage', say`The text has to be one line, with nothing in it that cannot be seen.`);
      const words = line.trim().split(/[\s\u0085]+/u);
      const bare = words
        .map((word) =>
          word
            .toLowerCase()
            .replaceAll('_', '-')
            .replaceAll(/['"\\]/g, ''),
        )
        .join(' ');
      const typed = makesSecret.find(([pattern]) => pattern.test(bare))?.[1];
      const asksHelp = words.some((word) => word === '--help' || word === '-h' || word === 'help');
      if (typed !== undefined && !asksHelp) throw inTheOpen(say`${commandLine(typed)}`);
      const lines = block.filter((one) => one.trim() !== '');
      if (lines.length > 0) blockLines(lines);
      const { text, logs, exposed } = await commander.ask(words, lines, line.trim());
      return { text, logs, failed: dialect.readFailure(text) !== undefined, exposed };
    },
  };
}

function inTheOpen(instead: Text): Problem {
  return new Problem(
    'rejected',
    say`The homeserver would answer that with a secret, and the answer would stand here for all to read. Nothing was sent.`,
    say`${instead} hands it to you alone.`,
  );
}
