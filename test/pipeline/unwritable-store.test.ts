import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { say } from '../../src/core/text.ts';
import { StorageProblem } from '../../src/store/storage-problem.ts';
import { operator, roomId } from './hostile-events.ts';
import { openTrappedPipeline } from './trapped-pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-unwritable-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A yes begins what its plan is for. */
const changing = commands.filter(({ danger, path }) => danger !== 'read' && path !== 'cancel');

test.each(changing.map((command) => [command.path, command] as const))(
  '%s does nothing where the intent cannot be written, and says so',
  async (path, command) => {
    const begun: string[] = [];
    const pipeline = openTrappedPipeline(
      folder,
      {},
      {
        begin(_event, entry, of) {
          begun.push(`${entry?.kind} ${of}`);
          throw new StorageProblem('unavailable', say`The bot's database cannot be written, so nothing is done.`);
        },
      },
    );
    const [[, line] = ['', '']] = command.examples;
    const [first = '', ...below] = line.split('\n');
    const yes = command.danger === 'write' ? '' : ' --yes-i-want-to-do-this';
    const said = first.replaceAll(/ --(yes-i-want-to-do-this|dry-run)/g, '');
    // Text to the end of the line would swallow it.
    const withYes = said.startsWith(`!admin ${path}`) ? said.replace(path, path + yes) : said + yes;
    const body = [withYes, ...below].join('\n');
    await pipeline.take({
      roomId,
      eventId: '$command',
      type: 'm.room.message',
      sender: operator,
      stateKey: undefined,
      content: { msgtype: 'm.text', body },
      redacted: false,
      ageMs: 0,
      originServerTs: 0,
    });
    expect(begun, pipeline.said.join('\n')).toEqual([`intent ${path}`]);
    expect(pipeline.effects).toEqual([]);
    expect(pipeline.said[0]).toContain('database cannot be written');
  },
);
