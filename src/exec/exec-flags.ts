import { Problem } from '../core/problem.ts';
import { roles } from '../core/roles.ts';
import { code, say } from '../core/text.ts';

/** What commands begin with on a command line, for usage lines and hints. */
export const execPrefix = 'castellan exec --';

export const execHelp = `castellan exec: runs one command of the admin room, without a room.

  castellan exec [flags] [--] NOUN COMMAND [arguments]
  castellan exec -- help               lists the commands
  castellan exec -- help user details  explains one

  -c, --config FILE      the configuration (./bot.config.json, then ~/.config/castellan/bot.config.json);
                         --config-file is the same
  -o, --output FORMAT    human, json, yaml, minified, pprint or csv (any beginning of these)
  --body FILE            the command's block; - is standard input, which is read by itself where a list is needed
  --password-file FILE   a password; - is standard input. Where the argument has another name, so has the
                         flag: --token-file. An argument that is just - is read there too.
  --as NAME              who asks, for the audit trail: a user id of "roles" in the configuration, or a role.
                         It can lower the role, never raise it.
  --batch, --no-batch    never ask, or (the default) ask on a terminal
  -v, -vv                what was done on standard error, with -vv each request to the homeserver too
  -h, --help

A command that waits for a yes in the room shows its plan and asks on a terminal; elsewhere it ends with 3, and
--yes-i-want-to-do-this behind the command runs it. On a shell, $event and !room ids go in single quotes.

Exit codes: 0 done, 1 failed, 2 usage or configuration, 3 confirmation needed, 4 outcome unknown, 5 token refused.
`;

/** What stands on a command line of `exec` or `console`. */
export interface ExecFlags {
  readonly config: string | undefined;
  readonly output: string | undefined;
  readonly body: string | undefined;
  readonly as: string | undefined;
  readonly batch: boolean;
  readonly verbose: number;
  readonly help: boolean;
  /** By the name of the argument: "password" → a file, or "-". */
  readonly secretFiles: ReadonlyMap<string, string>;
  /** A secret among the words that was asked for on the terminal. */
  readonly asked?: string;
  /** The command, as words. */
  readonly words: readonly string[];
}

/** Flags with a value, by every name of theirs. */
const valued: Readonly<Record<string, 'config' | 'output' | 'body' | 'as'>> = {
  '-c': 'config',
  '--config': 'config',
  '--config-file': 'config',
  '-o': 'output',
  '--output': 'output',
  '--body': 'body',
  '--as': 'as',
};

const secretFile = /^--([a-z][a-z-]*)-file$/;

/** Takes the command line apart: our flags may stand before the command, and those no command has behind it too. */
export function parseExecFlags(argv: readonly string[]): ExecFlags {
  const found: Partial<Record<'config' | 'output' | 'body' | 'as', string>> = {};
  const secretFiles = new Map<string, string>();
  const words: string[] = [];
  let batch = false;
  let verbose = 0;
  let help = false;
  let inCommand = false;
  let flagsEnded = false;
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (flagsEnded) {
      words.push(word);
      continue;
    }
    if (word === '--') {
      // The first one parts our flags from the command, which may have one of its own.
      if (inCommand) {
        flagsEnded = true;
        words.push(word);
      }
      inCommand = true;
      continue;
    }
    const [name = '', attached] = /^--/.test(word) ? split(word) : [word];
    const value = () => attached ?? argv[++at] ?? missing(name);
    const file = secretFile.exec(name)?.[1];
    const known = valued[name];
    if (known === 'body' || known === 'as' || (known !== undefined && !inCommand)) {
      if (found[known] !== undefined) throw usage(say`${code(name)} is given twice.`);
      found[known] = value();
    } else if (file !== undefined && known === undefined) secretFiles.set(file, value());
    else if (name === '--batch' || name === '--no-batch') batch = name === '--batch';
    else if (!inCommand && /^-v+$/.test(word)) verbose += word.length - 1;
    else if (!inCommand && (word === '-h' || word === '--help')) help = true;
    else if (!inCommand && /^-./.test(word)) throw usage(say`There is no flag ${code(name)}.`);
    else {
      inCommand = true;
      words.push(word);
    }
  }
  const { config, output, body, as } = found;
  return { config, output, body, as, batch, verbose, help, secretFiles, words };
}

function split(word: string): readonly [string, string?] {
  const at = word.indexOf('=');
  return at === -1 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

function missing(name: string): never {
  throw usage(say`${code(name)} needs a value.`);
}

function usage(text: Problem['text']): Problem {
  return new Problem('usage', text, say`${code('castellan exec --help')} shows the flags.`);
}

/** Role names that `--as` takes beside user ids. */
export const isRole = (name: string): name is (typeof roles)[number] => (roles as readonly string[]).includes(name);
