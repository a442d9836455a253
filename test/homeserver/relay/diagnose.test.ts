import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../../src/core/text.ts';
import { diagnoseSilence } from '../../../src/homeserver/relay/diagnose.ts';
import { MatrixFault } from '../../../src/http.ts';
import type { RoomEvent } from '../../../src/matrix/matrix.ts';

const roomId = '!room:x.org';
const bot = '@castellan:x.org';
const server = '@conduit:x.org';

const said = (sender: string): RoomEvent => ({
  roomId,
  eventId: '$1',
  sender,
  type: 'm.room.message',
  stateKey: undefined,
  content: {},
  redacted: false,
  ageMs: 0,
  originServerTs: 0,
});

interface Seen {
  readonly leadsTo?: string | undefined;
  readonly members?: readonly string[];
  readonly powers?: Readonly<Record<string, unknown>>;
  /** Newest first. */
  readonly since?: readonly string[];
  readonly answers?: boolean;
  readonly room?: string;
}

async function diagnosed({ members = [bot, server], since = [], powers = {}, answers, room, ...seen }: Seen) {
  const leadsTo = 'leadsTo' in seen ? seen.leadsTo : roomId;
  return diagnoseSilence({
    roomId,
    room,
    serverUser: server,
    matrix: {
      userId: bot,
      serverName: 'x.org',
      request: async () => {
        if (leadsTo === undefined) throw new MatrixFault(404, 'M_NOT_FOUND', 'no such alias');
        return { room_id: leadsTo };
      },
      joinedMembers: async () => new Set(members),
      history: async () => since.map(said),
      state: async () => powers,
    },
    ...(answers === undefined ? {} : { probe: async () => answers }),
  });
}

describe('why the homeserver is silent in its own room', () => {
  test.each([
    ['the alias leads nowhere', { leadsTo: undefined }, 'wrong-alias', 'leads nowhere'],
    ['the alias leads elsewhere', { leadsTo: '!other:x.org' }, 'wrong-alias', '!other:x.org'],
    ['the bot is out', { members: [server] }, 'bot-not-joined', 'invite it there again'],
    ['the server user is out', { members: [bot, '@a:x.org'] }, 'server-user-missing', server],
    [
      'the bot may not write',
      { powers: { users: { [bot]: 0 }, events_default: 50 } },
      'bot-not-admin',
      'may not write',
    ],
    [
      'others are answered, the bot is not',
      { since: [server, '@a:x.org'], answers: false },
      'bot-not-admin',
      'answers others',
    ],
    ['nobody is answered', { since: ['@a:x.org'], answers: false }, 'dead-worker', 'has died'],
    ['nobody else asked', { answers: false }, 'dead-worker', 'has died'],
    ['the server only spoke by itself', { since: [server], answers: false }, 'dead-worker', 'has died'],
    ['it answers after all', { answers: true }, 'answers', 'answers'],
    ['an id is configured, no alias', { room: roomId, leadsTo: undefined, answers: true }, 'answers', 'answers'],
  ] as const)('%s', async (_, seen, silence, words) => {
    const diagnosis = await diagnosed(seen);
    expect(diagnosis.silence).toBe(silence);
    expect(wordsOf(diagnosis.words)).toContain(words);
  });
});
