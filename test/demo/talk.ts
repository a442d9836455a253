import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import { styleText } from 'node:util';
import { addressed } from '../../src/core/addressed.ts';
import { follow } from './follow.ts';
import type { Demo } from './open-demo.ts';
import { showEvent } from './show-event.ts';
import { typedMessage } from './typed-message.ts';

const prefix = '!admin';
// xterm's control sequences, "Bracketed Paste Mode": what is pasted comes between two marks, which readline knows.
const markPastes = '\x1b[?2004h';
const markPastesNoMore = '\x1b[?2004l';

/** The room on a terminal, live, with every line typed sent as the admin; resolves with the exit code at the end. */
export async function talk({ admin, roomId, botId, bot, url, password, alias }: Demo): Promise<number> {
  const { stdin, stdout } = process;
  stdout.write(`
${styleText('bold', `You are ${admin.userId}, an admin of a homeserver of your own, in ${alias}.`)}
Type ${styleText('bold', '!admin help')}, or try:

  !admin user create-user alice
  !admin user list-users
  !admin user deactivate alice

A list goes with its command: end the line with \`\`\`, paste or type the lines, and close it with \`\`\`.
What is pasted is sent as one message when you press Enter. ${styleText('bold', '/quit')} ends it all.

With any Matrix client: homeserver ${url}, user admin, password ${password}

`);

  const lines = createInterface({ input: stdin, output: stdout, terminal: true, prompt: '› ' });
  let over = false;
  const closed = new Promise((resolve) => lines.once('close', resolve)).then(() => {
    over = true;
  });
  const print = (text: string) => {
    if (over) return;
    // What is being typed is taken away and put back below.
    moveCursor(stdout, 0, -lines.getCursorPos().rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
    stdout.write(`${text}\n`);
    lines.prompt(true);
  };
  const follower = await follow(admin, { adminRoom: roomId, botId }, ({ event, direct }, earlier) => {
    // What was typed here stands there already.
    if (event.type === 'm.room.message' && event.unsigned?.transaction_id !== undefined) return;
    const shown = showEvent({ event, direct }, earlier, botId);
    if (shown !== undefined) print(shown);
  });

  const me = { prefix, userId: botId, displayName: 'Castellan', serverName: '' };
  let sending = Promise.resolve();
  const send = (body: string) => {
    if (addressed({ msgtype: 'm.text', body }, me).kind === 'no') {
      print(styleText('dim', `  (sent; the bot answers what begins with ${prefix})`));
    }
    sending = sending
      .then(() => admin.send(roomId, body))
      .then(
        () => undefined,
        (error: Error) => print(`Not sent: ${error.message}`),
      );
  };

  const message = typedMessage();
  let pasting = false;
  stdin.on('keypress', (_text, key: { readonly name?: string } | undefined) => {
    if (key?.name === 'paste-start') pasting = true;
    if (key?.name === 'paste-end') pasting = false;
  });
  lines.on('line', (line) => {
    const text = message.add(line, pasting);
    lines.setPrompt(message.isOpen() ? '… ' : '› ');
    if (text?.trim() === '/quit') return lines.close();
    if (text !== undefined && text.trim() !== '') send(text);
    lines.prompt();
  });
  // Ctrl-C too; Ctrl-D closes by itself.
  lines.on('SIGINT', () => lines.close());
  let exitCode = 0;
  const giveUp = (why: string) => {
    if (over) return;
    print(why);
    exitCode = 1;
    lines.close();
  };
  void bot.exited.then((code) => giveUp(`The bot ended with ${code}:\n${bot.output().slice(-2000)}`));
  void follower.lost.then((error) => giveUp(`The room is out of reach: ${error.message}`));

  process.once('exit', () => stdout.write(markPastesNoMore));
  stdout.write(markPastes);
  lines.prompt();
  await closed;
  stdout.write('\n');
  follower.stop();
  await sending;
  return exitCode;
}
