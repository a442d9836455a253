import { follow } from './demo/follow.ts';
import { type Demo, openDemo } from './demo/open-demo.ts';
import { showEvent } from './demo/show-event.ts';
import { talk } from './demo/talk.ts';
import { playTour, tour } from './demo/tour.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const progress = (line: string) => void process.stderr.write(`demo: ${line} …\n`);

/** Shows the room while the tour is played in it; returns the exit code. */
async function showTour({ admin, roomId, botId, bot, url, password, alias }: Demo): Promise<number> {
  print(`Homeserver ${url}, user admin, password ${password}, room ${alias}, for any Matrix client.\n`);
  const follower = await follow(admin, { adminRoom: roomId, botId }, (seen, earlier) => {
    const shown = showEvent(seen, earlier, botId);
    if (shown !== undefined) print(shown);
  });
  const cut = Promise.race([
    follower.lost,
    bot.exited.then((code) => new Error(`the bot ended with ${code}:\n${bot.output()}`)),
  ]);
  const conversation = {
    say: (text: string) => admin.send(roomId, text),
    async answer(to: string, nth: number) {
      const answers = new Set<string>();
      const event = await Promise.race([
        cut.then((error) => Promise.reject(error)),
        follower.until(({ sender, event_id, content }) => {
          if (sender === botId && content['dev.castellan.for'] === to) answers.add(event_id);
          return answers.size === nth + 1;
        }),
      ]);
      return String(event.content.body);
    },
  };
  const wrong = await playTour(tour, conversation, print);
  follower.stop();
  print(wrong === 0 ? '\nThe tour is over; every answer was as expected.' : `\n${wrong} answers were WRONG.`);
  return wrong === 0 ? 0 : 1;
}

async function main(argv: readonly string[]): Promise<number> {
  const terminal = process.stdin.isTTY && process.stdout.isTTY && !argv.includes('--tour');
  const demo = await openDemo(progress);
  try {
    return await (terminal ? talk(demo) : showTour(demo));
  } finally {
    progress('stopping the bot and the homeserver');
    await demo.close();
  }
}

// Whatever still runs is killed, and what it wrote removed, at the end of this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

process.exit(
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }),
);
