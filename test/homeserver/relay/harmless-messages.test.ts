import { expect, test } from 'vitest';
import { withHarmlessMessages } from '../../../src/homeserver/relay/harmless-messages.ts';
import type { Matrix } from '../../../src/matrix/matrix.ts';

function sentAs(roomId: string, body: string): unknown {
  let sent: unknown;
  const send: Matrix['send'] = async (_to, _type, content) => {
    sent = content.body;
    return '$1';
  };
  const harmless = withHarmlessMessages({ send } as Matrix, {
    roomId: '!own:x.org',
    beginnings: ['!admin', '@conduit:x.org'],
  });
  void harmless.send(roomId, 'm.room.message', { msgtype: 'm.notice', body }, 't1');
  return sent;
}

test.each(['!admin users deactivate @a:x.org', '  !ADMIN x', '\\!admin x', '@conduit:x.org: x'])(
  'what the bot says in the homeserver’s room is no command there: %s',
  (body) => {
    expect(sentAs('!own:x.org', body)).toBe(`· ${body}`);
    expect(sentAs('!other:x.org', body)).toBe(body);
  },
);

test('anything else is sent as it is', () => {
  expect(sentAs('!own:x.org', 'Done: !admin is the prefix.')).toBe('Done: !admin is the prefix.');
});
