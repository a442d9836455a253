import type { AnyCommand } from '../commands/define.ts';
import type { Catalog } from '../core/declaration.ts';
import { fieldsOf, kebab } from '../core/fields.ts';
import { flagsOf } from '../core/flags.ts';
import { secretsUnderNames } from '../core/mask-secrets.ts';
import { Problem } from '../core/problem.ts';
import { type ReadCommand, readLine } from '../core/read-command.ts';
import { code, say } from '../core/text.ts';
import { asLine, quoted } from '../core/words.ts';
import { commandIn } from './command-in.ts';
import type { ExecFlags } from './exec-flags.ts';
import { formats } from './format.ts';
import { readText } from './read-text.ts';

/** Characters of a registration token that listings show. */
const shownOfToken = 4;

export interface WordsOptions {
  readonly catalog: Catalog<AnyCommand>;
  readonly me: { readonly prefix: string; readonly serverName: string };
  /** Whether a person types on standard input. */
  readonly terminal: boolean;
}

/**
 * Reads a command from the words of a shell, its block from a file or standard input, its secrets from files. A secret
 * among the words, which every user of the machine could see, is refused.
 */
export async function readWords(
  flags: ExecFlags,
  { catalog, me, terminal }: WordsOptions,
): Promise<ReadCommand<AnyCommand>> {
  const command = commandIn(flags.words, catalog);
  const given: string[] = flags.asked === undefined ? [] : [flags.asked];
  const take = async (file: string, what: string): Promise<string> => {
    const secret = (await readText(file, what)).replace(/\r?\n$/, '');
    if (secret === '') throw new Problem('usage', say`The ${what} that was given is empty.`);
    if (/[\r\n]/.test(secret)) throw new Problem('usage', say`The ${what} that was given has more than one line.`);
    given.push(secret);
    return secret;
  };
  // The rest of a line is taken as it is typed, and a shell has taken its quotes already.
  const written = (word: string) => (command?.rest === undefined || /^-/.test(word) ? asLine([word]) : word);
  const words: string[] = [];
  for (const [at, word] of flags.words.entries()) {
    const name = /^(--?[a-zA-Z-]+)=-$/.exec(word)?.[1];
    if (word === '-' && at > 0) words.push(quoted(await take('-', 'secret')));
    else words.push(name === undefined ? written(word) : `${name}=${quoted(await take('-', 'secret'))}`);
  }
  for (const [name, file] of flags.secretFiles) {
    const field = [...(command === undefined ? [] : fieldsOf(command.input).values())].find(
      (one) => kebab(one.name) === name && one.kind === 'secret',
    );
    if (command === undefined || field === undefined) {
      throw new Problem('usage', say`This command takes no ${code(`--${name}-file`)}.`);
    }
    const flag = flagsOf(command).find((one) => one.field === field.name && one.longs[0] !== undefined);
    const secret = await take(file, name);
    words.push(flag === undefined ? quoted(secret) : `--${flag.longs[0]}=${quoted(secret)}`);
  }
  const line = words.join(' ');
  const below = flags.body === undefined ? undefined : fenced(await readText(flags.body, 'block'));
  const read = (body: string | undefined) => readLine(line, body, me, catalog, formats);
  let result: ReadCommand<AnyCommand>;
  try {
    result = read(below);
  } catch (error) {
    // A list that is missing on the line is what standard input is for.
    const wanted = below === undefined && !terminal && given.length === 0 && command?.body !== undefined;
    const typed = wanted ? await readText('-', 'block') : '';
    if (typed.trim() === '') throw error;
    result = read(fenced(typed));
  }
  refuseSecrets(result, given);
  return result;
}

function fenced(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

function refuseSecrets({ command, input, secretFields }: ReadCommand<AnyCommand>, given: readonly string[]): void {
  for (const name of secretFields) {
    const value = input[name];
    const harmless =
      typeof value === 'string' && (given.includes(value) || holdsNone(value) || isBeginning(command.path, value));
    if (name === command.body?.into || harmless) continue;
    const flag = `--${kebab(name)}-file`;
    throw new Problem(
      'usage',
      say`A secret on a command line can be seen by everybody on this machine, and stays in the shell's history. Nothing was done.`,
      name === 'data'
        ? say`Give it with ${code('--body FILE')}, or ${code('--body -')} for standard input.`
        : say`Give it with ${code(`${flag} FILE`)}, or ${code(`${flag} -`)} for standard input.`,
    );
  }
}

/** How listings show a registration token: so much of it names it and opens nothing. */
const isBeginning = (path: string, value: string): boolean =>
  /^token (details|update|delete)$/.test(path) && value.length <= shownOfToken;

/** Of a request's body: nothing in it has the name of a secret. */
function holdsNone(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && secretsUnderNames(parsed).length === 0;
  } catch {
    return false;
  }
}
