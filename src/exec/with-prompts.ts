import type { Catalog } from '../core/declaration.ts';
import { commandIn } from './command-in.ts';

/** What a flag that means "ask me" stands for on a terminal, by command. */
const prompts: Readonly<
  Record<string, { readonly flags: readonly string[]; readonly flag: string; readonly what: string }>
> = {
  'user modify': { flags: ['-p', '--password-prompt'], flag: '--password', what: 'new password' },
  'matrix raw': { flags: ['-p', '--prompt'], flag: '--token', what: 'access token' },
};
/** Flags with which this command does not ask by itself. */
const givesPassword = /^(-p.*|--password(-file)?(=.*)?)$/;

export interface Prompt {
  /** The words without the flag that was replaced. */
  readonly words: readonly string[];
  /** "--password": it goes behind the words with what was typed. */
  readonly flag: string;
  readonly what: string;
}

/** The secret that these words ask to be asked for, if any. */
export function promptIn(words: readonly string[], catalog: Catalog): Prompt | undefined {
  const path = commandIn(words, catalog)?.path;
  const known = prompts[path ?? ''];
  if (known !== undefined) {
    const at = words.findIndex((word) => known.flags.includes(word));
    return at === -1 ? undefined : { words: words.toSpliced(at, 1), flag: known.flag, what: known.what };
  }
  if (path !== 'matrix login' || words.some((word) => givesPassword.test(word) || word === '--help')) return undefined;
  return { words, flag: '--password', what: 'password' };
}
