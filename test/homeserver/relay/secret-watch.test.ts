import { expect, test } from 'vitest';
import { createSecretWatch } from '../../../src/homeserver/relay/secret-watch.ts';
import type { RoomEvent } from '../../../src/matrix/matrix.ts';

const bot = '@castellan:x.org';
const server = '@conduit:x.org';

function message(eventId: string, sender: string, body: string, replyTo?: string): RoomEvent {
  const relation = replyTo === undefined ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } };
  const content = { msgtype: 'm.text', body, ...relation };
  const base = { roomId: '!a:x.org', type: 'm.room.message', stateKey: undefined, redacted: false };
  return { ...base, eventId, sender, content, ageMs: 0, originServerTs: 0 };
}

function lab(answers: 'reply' | 'order', prefix: string) {
  const later: string[] = [];
  const now: string[] = [];
  const watch = createSecretWatch({
    botId: bot,
    serverUser: server,
    prefix,
    answers,
    remove: (eventId) => now.push(eventId),
    removeLater: (eventId) => later.push(eventId),
  });
  return { watch, later, now };
}

test('what another process asks and is answered with a secret is removed when nobody waits for it any more', () => {
  const { watch, later, now } = lab('reply', '!admin');
  watch.see(message('$1', bot, '!admin users create-user alice 7hFq'));
  watch.see(message('$2', server, 'Created user @alice:x.org with password `7hFq`', '$1'));
  watch.see(message('$3', server, 'and more of it', '$2'));
  expect([later, now]).toEqual([['$1', '$2', '$3'], []]);
});

test('where answers do not say what they answer, those that tell a password are', () => {
  const { watch, later } = lab('order', `${server}:`);
  watch.see(message('$1', server, 'Created user with user_id: @eve:x.org and password: 1234'));
  watch.see(message('$2', bot, `${server}: create-user alice 7hFq`));
  watch.see(message('$3', server, 'Done.'));
  watch.see(message('$4', server, 'Created user with user_id: @alice:x.org and password: 7hFq'));
  expect(later).toEqual(['$2', '$4']);
});

test('what this process asks is left to it, and so is what holds no secret or is anybody else’s', () => {
  const { watch, later, now } = lab('reply', '!admin');
  watch.owns('$1');
  watch.see(message('$1', bot, '!admin users create-user alice 7hFq'));
  watch.see(message('$2', server, 'Created user @alice:x.org with password `7hFq`', '$1'));
  watch.see(message('$3', bot, '!admin users list-users'));
  watch.see(message('$4', server, 'Found 0 local user account(s):', '$3'));
  watch.see(message('$5', '@op:x.org', '!admin users create-user bob 1234'));
  watch.see(message('$6', server, 'Created user @bob:x.org with password `1234`', '$5'));
  expect([later, now]).toEqual([[], []]);
});
