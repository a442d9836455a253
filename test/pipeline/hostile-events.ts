import fc from 'fast-check';
import { commands } from '../../src/commands/index.ts';
import type { RoomEvent } from '../../src/matrix/matrix.ts';

export const server = 'example.org';
export const roomId = `!room:${server}`;
export const bot = `@castellan:${server}`;
/** The only one who may command. */
export const operator = `@op:${server}`;
/** The operator's open plan: its message, its code and its word. Names are those of the examples in the help. */
export const plan = { message: '$plan', code: 'k7mq2', word: `@bob:${server}` };

/** Lines that run something when the operator sends them. */
export const orders = [
  `!admin user deactivate @bob:${server} --yes-i-want-to-do-this`,
  `!admin confirm ${plan.code} ${plan.word}`,
  `!admin cancel ${plan.code}`,
  '!admin user suspend bob',
  '!admin create-user mole a-password --admin --yes-i-want-to-do-this',
  '!admin raw DELETE v2/rooms/!other:example.org -d {} --yes-i-want-to-do-this',
  '!admin user deactivate-all\n```\nbob\nalice\n```',
  `${bot}: user lock bob`,
  'Castellan: server admin-notice hello',
  ...commands.flatMap(({ examples }) => examples.map(([, line]) => line)),
];

const others = [
  `@member:${server}`,
  `@guest-of-nobody:${server}`,
  bot,
  '@op:evil.test',
  `@op:${server}:80`,
  `@op:${server.toUpperCase()}`,
  `@op\u200b:${server}`,
  `@OP:${server}`,
  '@op',
  ':',
  '',
  operator.slice(1),
];

const pieces = fc.constantFrom(
  ...orders,
  '!admin',
  ' ',
  '\n',
  '"',
  '`',
  '```',
  '> ',
  '—',
  '--yes-i-want-to-do-this',
  '--help',
  plan.code,
  plan.word,
  'confirm',
  '\u00a0',
  '\u202e',
  '\0',
  '\ud800',
  '__proto__',
);
const soup = fc
  .array(fc.oneof(pieces, fc.string({ maxLength: 8, unit: 'binary' })), { maxLength: 8 })
  .map((parts) => parts.join(''));
const body = fc.oneof(
  fc.constantFrom(...orders),
  fc.constantFrom(...orders.map((line) => line.replace('!admin ', '!admin'))),
  fc
    .tuple(fc.constantFrom(' ', '\n', '>', '> ', '* ', '.', '\u200b', 'x', '\ufeff', '\\'), fc.constantFrom(...orders))
    .map((two) => two.join('')),
  soup,
);
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(undefined, null, [], {}, '__proto__', Number.NaN),
);
const eventId = fc.constantFrom(plan.message, '$other', '$0', '');
const relation = fc.oneof(
  fc.record({
    rel_type: fc.constantFrom('m.replace', 'm.thread', 'm.annotation', 'm.reference'),
    event_id: eventId,
    key: fc.constantFrom('✅', '✅\ufe0f', '❌', '👍', ''),
  }),
  eventId.map((event_id) => ({ 'm.in_reply_to': { event_id } })),
  anything,
);
const link = fc
  .tuple(fc.constantFrom(operator, bot, plan.word, '#admins:example.org', '<b>'), soup)
  .map(([id, text]) => `<a href="https://matrix.to/#/${id}">${text}</a>`);

const extras = fc.record(
  {
    formatted_body: fc.oneof(link, soup, anything),
    'm.relates_to': relation,
    'm.new_content': fc.oneof(
      anything,
      body.map((text) => ({ msgtype: 'm.text', body: text })),
    ),
    'm.mentions': fc.oneof(anything, fc.record({ user_ids: fc.array(fc.constantFrom(operator, bot, plan.word)) })),
    'dev.castellan.for': eventId,
  },
  { requiredKeys: [] },
);
const annotation = fc.record({
  rel_type: fc.constant('m.annotation'),
  event_id: eventId,
  key: fc.constantFrom('✅', '❌'),
});
const msgtype = fc.oneof(
  { weight: 4, arbitrary: fc.constant('m.text') },
  { weight: 1, arbitrary: fc.constantFrom('m.notice', 'm.emote', 'm.file', 'm.image', 'M.TEXT', '') },
);
const content: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  fc.record({ msgtype: fc.constant('m.text'), body }),
  fc
    .tuple(
      fc.record({ msgtype, body: fc.oneof({ weight: 9, arbitrary: body }, { weight: 1, arbitrary: anything }) }),
      extras,
    )
    .map(([base, more]) => ({ ...base, ...more })),
  annotation.map((one) => ({ 'm.relates_to': one })),
  extras,
);

/** Any event that a homeserver could hand over, honest or not. */
export const hostileEvent: fc.Arbitrary<RoomEvent> = fc.record({
  roomId: fc.oneof(
    { weight: 6, arbitrary: fc.constant(roomId) },
    { weight: 1, arbitrary: fc.constantFrom('!other:example.org', '', `${roomId}x`) },
  ),
  eventId: fc.uuid().map((id) => `$${id}`),
  type: fc.oneof(
    { weight: 6, arbitrary: fc.constant('m.room.message') },
    { weight: 2, arbitrary: fc.constant('m.reaction') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'm.room.encrypted',
        'm.room.redaction',
        'm.room.member',
        'm.sticker',
        'M.ROOM.MESSAGE',
        '',
      ),
    },
  ),
  sender: fc.oneof(
    { weight: 1, arbitrary: fc.constant(operator) },
    { weight: 2, arbitrary: fc.constantFrom(...others) },
  ),
  stateKey: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom('', operator) },
  ),
  content,
  redacted: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  ageMs: fc.constantFrom(0, -1, 1_000, 10 * 60_000, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY),
  originServerTs: fc.constantFrom(0, -1, Number.MAX_SAFE_INTEGER, 1_700_000_000_000),
});
