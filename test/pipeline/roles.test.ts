import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AnyCommand } from '../../src/commands/define.ts';
import { commands } from '../../src/commands/index.ts';
import { fieldsOf } from '../../src/core/fields.ts';
import { readLine } from '../../src/core/read-command.ts';
import { isAtLeast, type Role, roles } from '../../src/core/roles.ts';
import { roomId, server } from './hostile-events.ts';
import { openTrappedPipeline } from './trapped-pipeline.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-roles-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const who = (role: Role) => `@the-${role}:${server}`;
/** A server admin who is listed: nobody below owner takes anything from her. */
const chief = `@chief:${server}`;
const listed: Readonly<Record<string, Role>> = {
  ...Object.fromEntries(roles.map((role) => [who(role), role])),
  [chief]: 'admin',
};
const catalog = { prefix: '!admin', commands };
const inputOf = (line: string) => {
  const [first = '', ...below] = line.replace(/^!admin /, '').split('\n');
  return readLine(first, below.join('\n'), { prefix: '!admin', serverName: server }, catalog);
};

/** What comes of a line of somebody with that role: `reached` where the command, or what it asks of the server, was. */
async function tried(role: Role, line: string): Promise<{ readonly reached: boolean; readonly said: string }> {
  const pipeline = openTrappedPipeline(folder, listed);
  await pipeline.take({
    roomId,
    eventId: '$command',
    type: 'm.room.message',
    sender: who(role),
    stateKey: undefined,
    content: { msgtype: 'm.text', body: line },
    redacted: false,
    ageMs: 0,
    originServerTs: 0,
  });
  return { reached: pipeline.effects.length > 0, said: pipeline.said.join('\n') };
}

const rows = commands.map((command) => [command.path, command] as const);

describe.each(rows)('%s', (_, command) => {
  const [[, line] = ['', '']] = command.examples;

  test.each(roles)('for the role %s is as the table says', async (role) => {
    const { reached, said } = await tried(role, line);
    if (!isAtLeast(role, command.role)) {
      expect({ reached, said }).toEqual({
        reached: false,
        said: expect.stringContaining(`needs the role ${command.role}; yours is ${role}`),
      });
    } else if (role !== 'owner' && command.ownerOnly?.(inputOf(line).input)) {
      expect({ reached, said }).toEqual({ reached: false, said: expect.stringContaining('only an owner may') });
    } else {
      // These two answer from the plans alone, of which there is another one.
      if (/^(confirm|cancel)$/.test(command.path)) expect(said).not.toContain('needs the role');
      else expect(reached, said).toBe(true);
    }
  });
});

/** Lines that give power, beside the commands that are for owners by themselves. */
const givingPower: Readonly<Record<string, readonly string[]>> = {
  'user create-user': ['create-user mole --admin', 'create-user mole a-password --admin --yes-i-want-to-do-this'],
  'user modify': [
    'user modify bob --admin',
    'user modify bob -a',
    'user modify new-one --create --admin',
    'user modify bob -u',
  ],
};

describe('what gives power over the server', () => {
  test('is for owners only, by its role or by its flags, and every such flag is tried here', () => {
    expect(
      commands
        .filter(({ ownerOnly }) => ownerOnly !== undefined)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(Object.keys(givingPower).sort());
    const powerful = commands.filter(({ path }) =>
      /make-user-admin|revoke-user-admin|make-admin|^raw|matrix (raw|login)|^user login|set-config|appservice|^native/.test(
        path,
      ),
    );
    for (const { path, role } of powerful) expect([path, role]).toEqual([path, 'owner']);
  });

  test.each(Object.values(givingPower).flat())('`%s` is refused below owner', async (line) => {
    for (const role of ['admin', 'moderator', 'viewer'] as const) {
      const { reached, said } = await tried(role, `!admin ${line}`);
      expect({ reached, said }).toEqual({
        reached: false,
        said: expect.stringMatching(/only an owner may|needs the role/),
      });
    }
    expect((await tried('owner', `!admin ${line}`)).reached).toBe(true);
  });
});

/** Where no example takes anything from the account it names. */
const taking: Readonly<Record<string, readonly string[]>> = {
  'user deactivate-all': ['deactivate-all --force\n```\nCHIEF\n```'],
  'user modify': [
    '--no-admin',
    '--lock',
    '--deactivate',
    '--activate',
    '--clear-threepids',
    '-t email a@example.org',
    '-p',
    '-P a-password',
    '-P a-password --no-logout',
  ].map((flag) => `user modify CHIEF ${flag}`),
  'user rate-limit': ['user rate-limit CHIEF --messages-per-second 1 --burst 1'],
};

/** Name an account and change something, but take nothing from it that the contract keeps for owners. */
const takingNothing: Readonly<Record<string, string>> = {
  'user create-list': 'makes accounts, and refuses those that there are',
  'user unshadow-ban': 'gives back',
  'user unsuspend': 'gives back',
  'user unlock': 'gives back',
  'user suspend-list': 'skips protected accounts, one by one',
  'user lock-list': 'skips protected accounts, one by one',
  'user experimental-features': 'takes no access',
  'user force-join-room': 'brings in, takes from no place',
  'user force-join-list-of-local-users': 'brings in, takes from no place',
  'room join': 'brings in, takes from no place',
  'user put-room-tag': 'sorts a room in a list',
  'user delete-room-tag': 'sorts a room in a list',
  'room delete': 'names who opens the new room',
  'room delete-list': 'names who opens the new room',
  'media quarantine': 'of files',
  'media unquarantine': 'of files',
};

describe('what takes something from an admin or a listed user', () => {
  const takers = commands.filter(({ takesFrom }) => takesFrom !== undefined);

  test('is known of every command that names an account and changes something', () => {
    const naming = commands.filter(
      ({ input, danger, role }) =>
        danger !== 'read' &&
        role !== 'owner' &&
        [...fieldsOf(input).values()].some(({ kind, columns }) => kind === 'localUser' || columns !== undefined),
    );
    expect(
      naming
        .filter((one) => one.takesFrom === undefined)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(Object.keys(takingNothing).sort());
  });

  /** Its own lines, or its first example that takes something, said of the chief. */
  function linesAgainst(chiefOf: AnyCommand): readonly string[] {
    const own = taking[chiefOf.path];
    if (own !== undefined) return own.map((line) => `!admin ${line.replace('CHIEF', chief)}`);
    for (const [, line] of chiefOf.examples) {
      const [victim] = chiefOf.takesFrom?.(inputOf(line).input) ?? [];
      if (victim === undefined) continue;
      const localpart = victim.slice(1, victim.indexOf(':'));
      const against = line.replace(new RegExp(`@?\\b${localpart}\\b(:${server})?`), chief);
      expect(chiefOf.takesFrom?.(inputOf(against).input)).toContain(chief);
      return [against];
    }
    throw new Error(`no line in which ${chiefOf.path} takes anything`);
  }

  test.each(takers.flatMap((command) => linesAgainst(command).map((line) => [line, command] as const)))(
    '`%s` is for owners only',
    async (line, command) => {
      for (const role of roles) {
        const { reached, said } = await tried(role, line);
        if (role === 'owner') expect(reached, said).toBe(true);
        else {
          const why = isAtLeast(role, command.role) ? /only an owner may/ : /needs the role/;
          expect({ reached, said }).toEqual({ reached: false, said: expect.stringMatching(why) });
        }
      }
    },
  );
});
