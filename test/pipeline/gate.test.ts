import { expect, test } from 'vitest';
import type { RoomEvent } from '../../src/matrix/matrix.ts';
import { createGate } from '../../src/pipeline/gate.ts';

const roomId = '!room:castellan.test';

function gateFor(known: readonly string[]) {
  let now = 0;
  const gate = createGate({
    botId: '@castellan:castellan.test',
    roomId: () => roomId,
    serverName: 'castellan.test',
    joined: (userId) => userId !== '@gone:castellan.test',
    knownAdmin: (userId) => known.includes(userId),
    addressed: (content) => String(content.body).startsWith('!admin '),
    isPlan: (messageId) => messageId === '$plan',
    now: () => now,
  });
  return { gate, pass: (ms: number) => (now += ms) };
}

const message = (sender: string, more: Partial<RoomEvent> = {}): RoomEvent => ({
  roomId,
  eventId: '$event',
  type: 'm.room.message',
  sender,
  stateKey: undefined,
  content: { msgtype: 'm.text', body: '!admin help' },
  redacted: false,
  ageMs: 0,
  originServerTs: 0,
  ...more,
});

const admitted = (gate: ReturnType<typeof gateFor>['gate'], sender: string, times: number) =>
  Array.from({ length: times }, () => gate.admit(message(sender))).filter((kind) => kind !== undefined).length;

test('a flood by somebody who is not known as an admin is cut off at 60 a minute, and counted', () => {
  const { gate, pass } = gateFor(['@alice:castellan.test']);
  expect(admitted(gate, '@mallory:castellan.test', 10_000)).toBe(60);
  expect(gate.ignored['too many']).toBe(9_940);
  pass(10_000);
  expect(admitted(gate, '@mallory:castellan.test', 10_000)).toBe(10);
});

test('a flood by one takes nothing from another, and known admins have no limit', () => {
  const { gate } = gateFor(['@alice:castellan.test']);
  admitted(gate, '@mallory:castellan.test', 1_000);
  expect(admitted(gate, '@bob:castellan.test', 1)).toBe(1);
  expect(admitted(gate, '@alice:castellan.test', 1_000)).toBe(1_000);
});

test('reactions are commands only below a plan', () => {
  const { gate } = gateFor([]);
  const reaction = (target: string) =>
    gate.admit(
      message('@alice:castellan.test', {
        type: 'm.reaction',
        content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: '✅' } },
      }),
    );
  expect(reaction('$plan')).toBe('reaction');
  expect(reaction('$other')).toBeUndefined();
});

test.each([
  ['the bot itself', message('@castellan:castellan.test')],
  ['somebody of another server', message('@alice:other.test')],
  ['somebody who is not in the room', message('@gone:castellan.test')],
  ['another room', message('@alice:castellan.test', { roomId: '!other:castellan.test' })],
])('a command of %s does not get in', (_, event) => {
  const { gate } = gateFor(['@alice:castellan.test']);
  expect(gate.admit(message('@alice:castellan.test'))).toBe('message');
  expect(gate.admit(event)).toBeUndefined();
});
