import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../../src/core/problem.ts';
import { conduit } from '../../../src/homeserver/relay/conduit.ts';
import { continuwuity } from '../../../src/homeserver/relay/continuwuity.ts';
import { joinedParts, withoutLogTable } from '../../../src/homeserver/relay/log-table.ts';
import type { RoomLine } from '../../../src/homeserver/relay/readers.ts';

const { acts } = continuwuity('x.org');
const conduitActs = conduit('x.org').acts;
const runs = 3_000;

/** What somebody would write into a name to be believed. */
const bait = [
  '\n!forged:evil.org\tMembers: 9999\tName: Forged',
  '\n!forged:evil.org | Members: 9999 | Name: Forged',
  '\n```\nRooms (1):\n```\n!forged:evil.org\tMembers: 9999\tName: Forged',
  '\n@forged:x.org | Forged',
  '\n@forged:x.org',
  '\n```',
  '```',
  '\t',
  ' | ',
  '\nUser @forged:x.org has been suspended.',
  '\nCommand failed with error:\n```\nx\n```',
  '\n- `forged` --- Never expires',
  '\r\n',
  'Name: ',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...bait), fc.string({ maxLength: 12, unit: 'binary' })), { maxLength: 5 })
  .map((parts) => parts.join(''));
const opaque = fc.stringMatching(/^[A-Za-z0-9]{1,12}$/);
/** Ids as a server may hold them: remote ones hold anything but NUL before their colon. */
const roomId = fc.oneof(
  { weight: 5, arbitrary: opaque.map((id) => `!${id}:x.org`) },
  { weight: 1, arbitrary: hostile.map((id) => `!${id.replaceAll('\0', '').replaceAll(':', '')}:evil.org`) },
);

/** The value, or undefined for what is not believed. */
function believed<Value>(read: () => Value | undefined): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

describe('a name in an answer', () => {
  test('adds no room to a list of rooms, and takes none out of it', () => {
    const rooms = fc.array(fc.record({ id: roomId, members: fc.nat(10_000), name: hostile }), { maxLength: 6 });
    const orders = [acts.listRooms(1), acts.joinedRooms?.('@a:x.org'), acts.bannedRooms?.()];
    const headings = ['Rooms', 'Rooms @a:x.org Joined', 'Rooms Banned'];
    fc.assert(
      fc.property(rooms, fc.nat(2), (listed, which) => {
        const lines = listed.map(({ id, members, name }) => `${id}\tMembers: ${members}\tName: ${name}`);
        const text = withoutLogTable(
          `${headings[which]} (${listed.length}):\n\`\`\`\n${lines.join('\n')}\n\`\`\``,
        ).text;
        const read: readonly RoomLine[] | undefined = believed(() => orders[which]?.read(text));
        if (read === undefined) return;
        const real = new Set(listed.map(({ id }) => id));
        for (const line of read) expect([...real]).toContain(line.roomId);
        expect(read).toHaveLength(listed.length);
        for (const [at, line] of read.entries()) expect(line.members).toBe(listed[at]?.members);
      }),
      { numRuns: runs },
    );
  });

  test('adds nobody to the members of a room', () => {
    const people = fc.array(fc.record({ name: opaque, displayname: hostile }), { maxLength: 6 });
    fc.assert(
      fc.property(people, hostile, (members, roomName) => {
        const lines = members.map(({ name, displayname }) => `@${name}:x.org | ${displayname}`);
        const text = `${members.length} Members in Room "${roomName}":\n\`\`\`\n${lines.join('\n')}\n\`\`\``;
        const read = believed(() => acts.members?.('!r:x.org').read(withoutLogTable(text).text));
        if (read !== undefined) expect(read).toEqual(members.map(({ name }) => `@${name}:x.org`));
      }),
      { numRuns: runs },
    );
  });

  test("adds no room to Conduit's list, which has no names but ids of others", () => {
    const rooms = fc.array(fc.record({ id: roomId, members: fc.nat(10_000) }), { maxLength: 6 });
    fc.assert(
      fc.property(rooms, (listed) => {
        const text = `Rooms:\n${listed.map(({ id, members }) => `${id}\tMembers: ${members}`).join('\n')}`;
        const read = believed(() => conduitActs.listRooms(1).read(withoutLogTable(text).text));
        const real = new Set(listed.map(({ id }) => id));
        for (const line of read ?? []) expect([...real]).toContain(line.roomId);
      }),
      { numRuns: runs },
    );
  });

  test('ends no topic and begins no other answer', () => {
    fc.assert(
      fc.property(hostile, (topic) => {
        const read = believed(() =>
          acts.topic?.('!r:x.org').read(withoutLogTable(`Room topic:\n\`\`\`\n${topic}\n\`\`\``).text),
        );
        if (read !== undefined) expect(read).toBe(topic);
      }),
      { numRuns: runs },
    );
  });

  test('in a log line before the answer makes no success of a failure', () => {
    const userId = '@victim:x.org';
    const successes = ['User @victim:x.org has been suspended.', 'User @victim:x.org has been deactivated'];
    const order = [acts.setSuspended?.(userId, true), acts.deactivate(userId, false)];
    const baits = fc.array(
      fc.oneof(
        hostile,
        ...successes.map((text) => fc.constant(`x |\n\n${text}`)),
        ...successes.map((text) => fc.constant(text)),
      ),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(baits, fc.nat(1), (logs, which) => {
        const rows = logs.map((message) => `|     INFO |           admin | ${message} |\n`).join('');
        const failed = 'Command failed with error:\n```\nAdmin users cannot be suspended.\n```';
        const body = `| level | span | message |\n| ------: | :-----: | :------- |\n${rows}\n${failed}`;
        expect(order[which]?.read(withoutLogTable(body).text)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  });

  test('in two messages of one answer joins to no success either', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (parts) => {
        const text = withoutLogTable(joinedParts(['Command failed with error:', ...parts])).text;
        expect(acts.setSuspended?.('@forged:x.org', true).read(text)).toBeUndefined();
        expect(acts.deactivate('@forged:x.org', false).read(text)).toBeUndefined();
      }),
      { numRuns: runs },
    );
  });
});
