import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asker } from '../../../src/commands/asker.ts';
import { planReply } from '../../../src/core/plan-reply.ts';
import { answerTo } from '../../../src/pipeline/answer.ts';
import { readingOf } from '../../../src/pipeline/request.ts';
import { type InProcess, openInProcess, operator } from '../in-process.ts';
import { type Line, quantile } from '../line.ts';
import { timed } from '../timed.ts';

const mixed = [
  'server version',
  'help',
  'help user deactivate',
  'user list-users',
  'user list-users --limit 20 -o json',
  'help --search password',
];
const rounds = 400;
const warmUp = 100;
const longLines = 3_000;
const inbox = 2_000;

/** From the words to the messages that are to be sent; the homeserver answers at once, nothing is stored. */
async function answered({ context, message }: InProcess, body: string): Promise<void> {
  const event = message(body);
  const reading = readingOf(context, event);
  if (reading.kind !== 'command') throw new Error(`${body.slice(0, 80)} is no command`);
  const { command, input, line, options } = reading.read;
  const asker: Asker = { userId: operator, role: 'owner', source: event.eventId };
  const plan = await command.plan?.(input, context.caps, asker);
  const result =
    plan === undefined
      ? await command.run(input, context.caps, asker, undefined)
      : planReply(plan, {
          danger: 'typed',
          code: 'abcde',
          prefix: '!admin',
          expiresInMs: 300_000,
          dryRun: false,
          path: command.path,
        });
  if ('job' in result) throw new Error(`${body} began a job`);
  const output = options.output as 'human' | undefined;
  const answer = await answerTo(context, event, result, { path: command.path, output, line });
  if (answer.outbox(undefined).length === 0) throw new Error('there is no answer');
}

/** What the bot itself takes for a command, and how many it keeps up with. */
export async function ownTime(): Promise<readonly Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-bench-'));
  const bot = openInProcess(folder);
  try {
    const took: number[] = [];
    for (let n = -warmUp; n < rounds; n++) {
      for (const line of mixed) {
        const ms = await timed(() => answered(bot, `!admin ${line}`));
        if (n >= 0) took.push(ms);
      }
    }
    const ids = Array.from({ length: longLines }, (_, n) => `@somebody-${n}:org`.padEnd(19, '0'));
    const long = `!admin user deactivate-all\n\`\`\`\n${ids.map((id) => id.slice(0, 19)).join('\n')}\n\`\`\``;
    const tookLong: number[] = [];
    for (let n = -5; n < 40; n++) {
      const ms = await timed(async () => void readingOf(bot.context, bot.message(long)));
      if (n >= 0) tookLong.push(ms);
    }
    const since = performance.now();
    for (let n = 0; n < inbox; n++) bot.intake.take(bot.message('!admin help'));
    await bot.intake.idle();
    await bot.context.allSent();
    const seconds = (performance.now() - since) / 1000;
    if (bot.sent() !== inbox) throw new Error(`${bot.sent()} of ${inbox} were answered`);
    const line = (measure: string, castellan: number, value: number): Line => ({
      measure,
      against: 'itself, homeserver left out',
      castellan,
      unit: 'ms',
      asked: { kind: 'at most', value },
    });
    return [
      line('own time of a command, p50', quantile(took, 0.5), 1),
      line('own time of a command, p99', quantile(took, 0.99), 3),
      line(`reading ${Math.round(long.length / 1000)} kB with ${longLines} lines, p50`, quantile(tookLong, 0.5), 50),
      {
        measure: 'commands kept up with (help, in process, stored durably)',
        against: '',
        castellan: inbox / seconds,
        unit: '/s',
        asked: { kind: 'at least', value: 200 },
      },
    ];
  } finally {
    bot.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
