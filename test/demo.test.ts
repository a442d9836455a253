import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { showEvent } from './demo/show-event.ts';
import { type Conversation, playTour, type Step } from './demo/tour.ts';
import { typedMessage } from './demo/typed-message.ts';
import type { RoomEvent } from './homeserver/client.ts';
import { describeWithSynapse } from './homeserver/describe-with-synapse.ts';

const program = fileURLToPath(new URL('./demo.ts', import.meta.url));

async function demo(argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { FORCE_COLOR: _color, ...own } = process.env;
  const child = spawn(process.execPath, [program, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...own, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}

describeWithSynapse('the demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-tour-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('plays ten commands, two of them confirmed, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await demo(['--tour'], { TMPDIR: folder });
    expect(code, stdout + stderr).toBe(0);
    const sent = stdout.split('\n').filter((line) => line.startsWith('  !admin '));
    expect(sent.filter((line) => !line.startsWith('  !admin confirm'))).toHaveLength(10);
    expect(sent).toHaveLength(12);
    expect(stdout).toMatch(/^Homeserver http:\/\/127\.0\.0\.1:\d+, user admin, password \S+, room #admins:demo\.test/m);
    expect(stdout).toContain('castellan (direct message)\n  Password of `@alice:demo.test`:');
    expect(stdout).toContain('The tour is over; every answer was as expected.');
    expect(stdout).not.toContain('\x1b');
    expect(readdirSync(folder).filter((name) => name.startsWith('castellan-'))).toEqual([]);
  });
});

test('the demo says in one sentence that it wants a homeserver of its own', async () => {
  const given = { CASTELLAN_TEST_SYNAPSE_URL: 'http://127.0.0.1:9', CASTELLAN_TEST_SYNAPSE_SHARED_SECRET: 'secret' };
  const { code, stderr } = await demo(['--tour'], given);
  expect(code).toBe(1);
  expect(stderr).toContain('unset CASTELLAN_TEST_SYNAPSE_URL');
  expect(stderr).not.toMatch(/^\s+at /m);
});

/** A bot that says what it is told to, to each message in turn. */
function answering(...answers: readonly (readonly string[])[]): Conversation & { readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    say: async (text) => String(said.push(text) - 1),
    async answer(to, nth) {
      const answer = answers[Number(to)]?.[nth];
      if (answer === undefined) throw new Error('no answer within 60 s');
      return answer;
    },
  };
}

async function play(steps: readonly Step[], conversation: Conversation) {
  const lines: string[] = [];
  const wrong = await playTour(steps, conversation, (line) => lines.push(line));
  return { wrong, written: lines.join('\n') };
}

const question: Step = { say: '!admin who', expect: [/alice/] };

test('a tour with the right answers has no faults', async () => {
  const steps: Step[] = [question, { say: (answer) => `!admin greet ${answer}`, expect: [/begun/, /done/] }];
  const conversation = answering(['alice'], ['begun', 'done']);
  expect(await play(steps, conversation)).toEqual({ wrong: 0, written: '' });
  expect(conversation.said).toEqual(['!admin who', '!admin greet alice']);
});

test('a tour names the command whose answer was wrong, what was expected and what came, and goes on', async () => {
  const { wrong, written } = await play([question, question], answering(['mallory'], ['alice']));
  expect(wrong).toBe(1);
  expect(written).toBe('✗ WRONG after: !admin who\n  expected: /alice/\n  got: mallory');
});

test('an answer that never comes is a wrong one', async () => {
  const { wrong, written } = await play([question], answering());
  expect(wrong).toBe(1);
  expect(written).toContain('no answer within 60 s');
});

test('a plan that did not come cannot be confirmed, which is a fault too', async () => {
  const { tour } = await import('./demo/tour.ts');
  const { wrong, written } = await play(tour.slice(4, 6), answering(['❌ Not today.']));
  expect(wrong).toBe(2);
  expect(written).toContain('there was no plan to confirm');
});

test('a line is a message, unless it opens a block, which goes with the command once it is closed', () => {
  const message = typedMessage();
  expect(message.add('!admin help', false)).toBe('!admin help');
  expect(message.add('!admin user create-list ```csv', false)).toBeUndefined();
  expect(message.isOpen()).toBe(true);
  expect(message.add('alice', false)).toBeUndefined();
  expect(message.add('', false)).toBeUndefined();
  expect(message.add('```', false)).toBe('!admin user create-list\n```csv\nalice\n\n```');
  expect(message.isOpen()).toBe(false);
});

test('a paste is one message, as it is, sent by the Enter after it', () => {
  const message = typedMessage();
  for (const line of ['!admin user suspend-list', '```', '  alice', '```'])
    expect(message.add(line, true)).toBeUndefined();
  expect(message.add('', false)).toBe('!admin user suspend-list\n```\n  alice\n```');
  expect(message.add('!admin help', true)).toBeUndefined();
  expect(message.add('!admin version', false)).toBe('!admin help\n!admin version');
});

const event = (type: string, content: Record<string, unknown>, more: Partial<RoomEvent> = {}): RoomEvent => ({
  type,
  content,
  event_id: '$one',
  sender: '@bot:demo.test',
  origin_server_ts: 0,
  ...more,
});
const shown = (one: RoomEvent, direct = false) =>
  showEvent({ event: one, direct }, new Map([['$old', event('m.room.message', {})]]), '@bot:demo.test')?.replace(
    /\x1b\[\d+m|\d\d:\d\d:\d\d /g,
    '',
  );

test('messages, edits, direct messages, removals and reactions are told apart', () => {
  expect(shown(event('m.room.message', { body: 'a\nb' }))).toBe('bot\n  a\n  b');
  expect(shown(event('m.room.message', { body: '* b', 'm.new_content': { body: 'b' } }))).toBe('bot (edited)\n  b');
  expect(shown(event('m.room.message', { body: 'psst' }), true)).toBe('bot (direct message)\n  psst');
  expect(shown(event('m.room.message', { msgtype: 'm.file', body: 'a.csv' }))).toBe('bot (file)\n  a.csv');
  expect(shown(event('m.room.redaction', {}, { redacts: '$old' }))).toMatch(/^bot — bot's message of .* ?\(removed\)$/);
  expect(shown(event('m.reaction', { 'm.relates_to': { key: '✅' } }))).toBe('bot reacted ✅');
  expect(shown(event('m.room.member', { membership: 'leave' }, { state_key: '@eve:demo.test' }))).toBe(
    'bot removed eve',
  );
  expect(shown(event('m.room.topic', { topic: 'x' }))).toBeUndefined();
});

test('nothing that is shown can steer the terminal', () => {
  expect(shown(event('m.room.message', { body: 'a\x1b[2Jb\x07\rc' }))).toBe('bot\n  abc');
});
