import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyCommand } from '../commands/define.ts';
import { loadConfig } from '../config.ts';
import { Problem } from '../core/problem.ts';
import { type ReadCommand, readLine, Unread } from '../core/read-command.ts';
import { code, say } from '../core/text.ts';
import { quoted, splitWords } from '../core/words.ts';
import { askSecret } from '../exec/ask-secret.ts';
import { parseExecFlags } from '../exec/exec-flags.ts';
import { createFace } from '../exec/face.ts';
import { findConfig } from '../exec/find-config.ts';
import { type Format, formats } from '../exec/format.ts';
import { openReach } from '../exec/reach.ts';
import { runLine } from '../exec/run-line.ts';
import { openSession, type Session } from '../exec/session.ts';
import { tell } from '../exec/tell.ts';
import { promptIn } from '../exec/with-prompts.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { writePrivate } from '../init/write-private.ts';
import { completion, type Lookup } from './completion.ts';
import { createLineReader, type LineReader } from './line-reader.ts';

const consoleHelp = `castellan console: a prompt for the commands of the admin room.

  -c, --config FILE    the configuration (./bot.config.json, then ~/.config/castellan/bot.config.json)
  --as NAME            who asks, for the audit trail; can lower the role (castellan exec --help)
  -v, -vv              say more on standard error

Type commands without the room's prefix; Tab completes commands, flags, users and rooms. A block goes between two lines
of three backticks below its command. An argument that is just - is asked for without being shown. Ctrl-C drops a line
or stops following a job, Ctrl-D or "exit" ends.
`;

const shownMatches = 20;

/** `castellan console`: resolves at the end of input. Throws what `openSession` and `loadConfig` throw. */
export async function consoleCommand(argv: readonly string[]): Promise<ExitCode> {
  const flags = parseExecFlags(argv);
  if (flags.help) {
    process.stdout.write(consoleHelp);
    return exitCodes.done;
  }
  if (flags.words.length > 0) {
    throw new Problem('usage', say`The console takes no command; ${code('castellan exec')} does.`);
  }
  const config = loadConfig(findConfig(flags.config, process.env), process.env);
  const { prefix } = config;
  const session = await openSession({ config, reach: await openReach(config, flags.verbose), prefix, as: flags.as });
  const historyFile = join(config.dataDir, 'console-history');
  let stopping = false;
  const reader = createLineReader({
    history: existsSync(historyFile) ? readFileSync(historyFile, 'utf8').split('\n').filter(Boolean) : [],
    complete: (line) => completion(line, session.catalog, lookupOf(session)),
    interrupted() {
      stopping = true;
    },
  });
  try {
    process.stdout.write(
      `Castellan on ${session.me.serverName}. "help" lists the commands, Ctrl-D ends. ${prefix} may be left out.\n`,
    );
    for (;;) {
      const line = (await reader.next('castellan> '))?.trim();
      if (line === undefined || line === 'exit' || line === 'quit') break;
      if (line === '') continue;
      stopping = false;
      await oneLine(line, session, reader, config.output, () => stopping);
    }
  } finally {
    writePrivate(historyFile, reader.history().join('\n'));
    reader.close();
    await session.close();
  }
  return exitCodes.done;
}

async function oneLine(
  typed: string,
  session: Session,
  reader: LineReader,
  usual: Format,
  stopping: () => boolean,
): Promise<void> {
  const { prefix } = session.me;
  const bare = typed.toLowerCase().startsWith(`${prefix.toLowerCase()} `) ? typed.slice(prefix.length).trim() : typed;
  try {
    const line = await withSecrets(bare, session, reader);
    const read = await withBlock(line, session, reader);
    // The history is a file, and arrow-up is for everybody who passes by.
    if (read.secretFields.length > 0) reader.forget(typed);
    const face = createFace({
      format: (one) => (one.options.output as Format | undefined) ?? usual,
      prefix,
      ask: async (words) => {
        const answer = ((await reader.next(words === undefined ? 'Do this? [y/N] ' : '> ')) ?? '').trim();
        reader.forget(answer);
        return words === undefined ? /^y(es)?$/i.test(answer) : words.includes(answer);
      },
      stopping,
    });
    await runLine(session, read, face);
  } catch (error) {
    if (error instanceof Unread && error.heldSecret) reader.forget(typed);
    await tell(error, { format: 'human', prefix, verbose: 0 });
  }
}

/** Asks for what is to be asked for, without showing it. */
async function withSecrets(line: string, session: Session, reader: LineReader): Promise<string> {
  const words = splitWords(line).words.map(({ text }) => text);
  const ask = async (what: string): Promise<string> => {
    const secret = await reader.aside(() => askSecret(what));
    if (secret === undefined) throw new Problem('usage', say`Nothing was typed, and nothing was done.`);
    return quoted(secret);
  };
  const prompt = promptIn(words, session.catalog);
  if (prompt !== undefined) {
    return `${prompt.words.map(quotedWord).join(' ')} ${prompt.flag}=${await ask(prompt.what)}`;
  }
  const at = words.indexOf('-');
  if (at < 1) return line;
  const secret = await ask('secret');
  return words.map((word, place) => (place === at ? secret : quotedWord(word))).join(' ');
}

const quotedWord = (word: string): string => (word.startsWith('-') ? word : quoted(word));

/** Reads the block below a line: one that was pasted with it, or one that the command cannot do without. */
async function withBlock(line: string, { catalog, me }: Session, reader: LineReader): Promise<ReadCommand<AnyCommand>> {
  const fence = /^\s*(`{3,}|~{3,})/;
  const read = (body: string | undefined) => readLine(line, body, me, catalog, formats);
  if (fence.test((await reader.peek()) ?? '')) return read(await block(reader));
  try {
    return read(undefined);
  } catch (error) {
    const command = error instanceof Unread ? error.command : undefined;
    if (command?.body?.required !== true) throw error;
    process.stdout.write('A list goes here, between two lines of three backticks:\n');
    return read(await block(reader));
  }
}

async function block(reader: LineReader): Promise<string> {
  const lines: string[] = [];
  let closing: RegExp | undefined;
  for (;;) {
    const line = await reader.next('... ');
    if (line === undefined) break;
    reader.forget(line);
    lines.push(line);
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (closing?.test(line)) break;
    if (closing === undefined) {
      // A block needs its fence; anything else is told by whoever reads it.
      if (marks === undefined) break;
      closing = new RegExp(`^ {0,3}${marks[0]}{${marks.length},}\\s*$`);
    }
  }
  return lines.join('\n');
}

function lookupOf({ context: { caps } }: Session): Lookup {
  const bare = (part: string) => part.replace(/^[@#!]/, '').split(':')[0] ?? '';
  return {
    async users(part) {
      const { rows } = await caps.users.list({ from: 0, limit: shownMatches, name: bare(part) });
      return rows.map(({ userId }) => userId);
    },
    async rooms(part) {
      const search = part.startsWith('!') ? part : bare(part);
      const { rows } = await caps.rooms.list({ from: 0, limit: shownMatches, ...(search === '' ? {} : { search }) });
      return rows.map(({ roomId, canonicalAlias }) =>
        canonicalAlias !== null && !part.startsWith('!') ? canonicalAlias : roomId,
      );
    },
  };
}
