import { Problem } from '../../core/problem.ts';
import { paragraph, type Reply, reply } from '../../core/reply.ts';
import { code, commandLine, joined, say, type Text } from '../../core/text.ts';
import type { Restarted } from '../../homeserver/host.ts';
import type { Server } from '../../homeserver/server.ts';

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;

/** What a restart came to, in words. `done`: the sentence for a success, which begins with a small letter. */
export async function restartReply(ended: Restarted, server: Server, done?: Text): Promise<Reply> {
  const also = done === undefined ? [] : [done];
  switch (ended.state) {
    case 'back': {
      const version = await server.version().catch(() => undefined);
      const which = version === undefined ? say`` : say`, version ${version}`;
      return reply.done(joined([say`The homeserver is back after ${seconds(ended.ms)}${which}.`, ...also], ' '), {
        notify: true,
      });
    }
    case 'not seen':
      return warned(
        'unknown',
        say`The restart command ended well, but the homeserver never stopped answering: perhaps it was not restarted. Look whether ${code('host.commands.restart')} does what it should.`,
      );
    case 'not begun':
      return warned(
        'failed',
        joined([say`The homeserver was not restarted and runs as before. ${ended.why}`, ...putBack(ended.undone)], ' '),
      );
    case 'rolled back':
      return warned(
        'failed',
        joined(
          [
            say`The homeserver did not come up with the new files. ${ended.why}`,
            ...putBack(ended.undone),
            say`It runs again as before, after ${seconds(ended.ms)}.`,
          ],
          ' ',
        ),
      );
    case 'away':
      return warned(
        'unknown',
        joined(
          [
            say`The homeserver did not come back. ${ended.why}`,
            ...putBack(ended.undone),
            say`Look into its log on the machine it runs on.`,
          ],
          ' ',
        ),
      );
    case 'stopped':
      return reply.done(say`The homeserver was stopped, after ${seconds(ended.ms)}; now it runs again.`, {
        notify: true,
      });
  }
}

const warned = (outcome: Reply['outcome'], words: Text): Reply => ({
  outcome,
  notify: true,
  blocks: [paragraph(joined([outcome === 'unknown' ? say`⚠️` : say`❌`, words], ' '))],
});

const putBack = (undone: readonly string[]): readonly Text[] =>
  undone.length === 0 ? [] : [say`I put back what I had changed: ${joined(undone.map(code), '; ')}.`];

/** Tells what was kept of a restart, after a stop of the bot in the middle. */
export function toldAfterwards(ended: Restarted | undefined, server: Server, done?: Text): Promise<Reply> {
  if (ended === undefined)
    throw new Problem(
      'unknown-outcome',
      say`I do not know what came of it. ${commandLine('server status')} tells how the homeserver is.`,
    );
  return restartReply(ended, server, done);
}
