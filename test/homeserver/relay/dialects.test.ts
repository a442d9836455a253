import { describe, expect, test } from 'vitest';
import { conduit } from '../../../src/homeserver/relay/conduit.ts';
import { continuwuity } from '../../../src/homeserver/relay/continuwuity.ts';
import type { Dialect } from '../../../src/homeserver/relay/dialect.ts';
import type { Order } from '../../../src/homeserver/relay/order.ts';
import { palpo } from '../../../src/homeserver/relay/palpo.ts';
import { tuwunel } from '../../../src/homeserver/relay/tuwunel.ts';
import { outcomeOf, sentFor } from './read-order.ts';

const alice = '@alice:x.org';
const room = '!room:x.org';
const mxc = 'mxc://x.org/abc';
const password = 'oudR4ZmC8n6DxwE6NnSTzBaAr';
const made = { userId: alice, password, sessionsEnded: false };
const fail = (message: string) => `Command failed with error:\n\`\`\`\n${message}\n\`\`\``;
const debugged = (message: string) => fail(`Public(\n    "${message}",\n)`);
const fenced = (...lines: readonly string[]) => ['```', ...lines, '```'].join('\n');
const clap =
  "error: unrecognized subcommand 'x'\n\nUsage: admin users <COMMAND>\n\nFor more information, try '--help'.";
const panic = 'Panic occurred while processing command:\n```\nPanic("oh")\n```\nPlease submit a bug report.';
const unposted =
  'Failed to build and append admin room PDU: "too large"\n\nThe original admin command may have finished successfully, but we could not return the output.';

type Row = readonly [what: string, order: Order<unknown>, sent: string, says: string, value: unknown];
type Fault = readonly [what: string, order: Order<unknown>, says: string, code: RegExp];

/** Acts that every dialect has; a type for those that only some have. */
const act = <Name extends keyof Dialect['acts']>({ acts }: Dialect, name: Name): NonNullable<Dialect['acts'][Name]> => {
  const found = acts[name];
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

function conduwuitRows(dialect: Dialect, users: string, rooms: string, appservices: string): readonly Row[] {
  const a = <Name extends keyof Dialect['acts']>(name: Name) => act(dialect, name);
  return [
    [
      'lists accounts',
      a('listUsers')(),
      `!admin ${users} list-users`,
      `Found 2 local user account(s):\n${fenced(alice, '@bob:x.org')}`,
      [alice, '@bob:x.org'],
    ],
    ['lists none', a('listUsers')(), `!admin ${users} list-users`, 'Found 0 local user account(s):\n```\n\n```', []],
    [
      'creates, in the words before 26.6 and of the others',
      a('createUser')(alice, password),
      `!admin ${users} create-user alice ${password}`,
      `Created user with user_id: ${alice} and password: \`${password}\``,
      made,
    ],
    [
      'creates, in the words from 26.6 on',
      a('createUser')(alice, password),
      `!admin ${users} create-user alice ${password}`,
      `Created user ${alice} with password \`${password}\``,
      made,
    ],
    [
      'resets',
      a('resetPassword')(alice, password, false),
      `!admin ${users} reset-password alice ${password}`,
      `Successfully reset the password for user ${alice}: \`${password}\``,
      made,
    ],
    [
      'deactivates',
      a('deactivate')(alice, false),
      `!admin ${users} deactivate ${alice}`,
      `User ${alice} has been deactivated`,
      true,
    ],
    [
      'deactivates in place',
      a('deactivate')(alice, true),
      `!admin ${users} deactivate --no-leave-rooms ${alice}`,
      `User ${alice} has been deactivated`,
      true,
    ],
    [
      'makes an admin',
      a('makeAdmin')(alice),
      `!admin ${users} make-user-admin ${alice}`,
      `${alice} has been granted admin privileges.`,
      true,
    ],
    [
      'lists joined rooms',
      a('joinedRooms')(alice),
      `!admin ${users} list-joined-rooms ${alice}`,
      `Rooms ${alice} Joined (2):\n${fenced(`${room}\tMembers: 5\tName: The Lobby`, '!b:x.org\tMembers: 1\tName: !b:x.org')}`,
      [
        { roomId: room, members: 5, name: 'The Lobby' },
        { roomId: '!b:x.org', members: 1, name: null },
      ],
    ],
    [
      'knows no rooms',
      a('joinedRooms')(alice),
      `!admin ${users} list-joined-rooms ${alice}`,
      fail('User is not in any rooms.'),
      [],
    ],
    [
      'lists shared rooms',
      a('sharedRooms')('@dave:y.org'),
      '!admin federation remote-user-in-rooms @dave:y.org',
      `Rooms @dave:y.org shares with us (1):\n${fenced(`${room} | Members: 5 | Name: A | B`)}`,
      [{ roomId: room, members: 5, name: 'A | B' }],
    ],
    [
      'joins somebody',
      a('forceJoin')(alice, '#lobby:x.org'),
      `!admin ${users} force-join-room ${alice} #lobby:x.org`,
      `${alice} has been joined to ${room}.`,
      true,
    ],
    [
      'takes somebody out',
      a('forceLeave')(alice, room),
      `!admin ${users} force-leave-room ${alice} ${room}`,
      `${alice} has left ${room}.`,
      true,
    ],
    [
      'demotes',
      a('forceDemote')(alice, room),
      `!admin ${users} force-demote ${alice} ${room}`,
      `User ${alice} demoted themselves to the room default power level in ${room} - $event`,
      true,
    ],
    [
      'tags',
      a('putTag')(alice, room, 'u.work'),
      `!admin ${users} put-room-tag ${alice} ${room} u.work`,
      `Successfully updated room account data for ${alice} and room ${room} with tag u.work`,
      true,
    ],
    [
      'takes a tag away',
      a('deleteTag')(alice, room, 'u.work'),
      `!admin ${users} delete-room-tag ${alice} ${room} u.work`,
      `Successfully updated room account data for ${alice} and room ${room}, deleting room tag u.work`,
      true,
    ],
    [
      'reads tags as Rust prints them',
      a('tags')(alice, room),
      `!admin ${users} get-room-tags ${alice} ${room}`,
      fenced('{', '    Favorite: TagInfo {', '        order: Some(', '            0.5,', '        ),', '    },', '}'),
      new Map([['m.favourite', 0.5]]),
    ],
    [
      'reads no tags',
      a('tags')(alice, room),
      `!admin ${users} get-room-tags ${alice} ${room}`,
      fenced('{}'),
      new Map(),
    ],
    [
      'redacts',
      a('redactEvent')('$e'),
      `!admin ${users} redact-event $e`,
      'Successfully redacted event. Redaction event ID: $r',
      true,
    ],
    [
      'lists rooms',
      a('listRooms')(2),
      `!admin ${rooms} list 2`,
      `Rooms (1):\n${fenced(`${room}\tMembers: 5\tName: Lobby`)}`,
      [{ roomId: room, members: 5, name: 'Lobby' }],
    ],
    ['sees the end of the rooms', a('listRooms')(3), `!admin ${rooms} list 3`, fail('No more rooms.'), []],
    ['sees that end as Palpo says it', a('listRooms')(3), `!admin ${rooms} list 3`, debugged('No more rooms.'), []],
    [
      'lists ids alone',
      act(dialect, 'listRoomIds')(1),
      `!admin ${rooms} list --no-details 1`,
      `Rooms (1):\n${fenced(room)}`,
      [room],
    ],
    ['knows a room', a('exists')(room), `!admin ${rooms} exists ${room}`, 'true', true],
    ['knows it not', a('exists')(room), `!admin ${rooms} exists ${room}`, 'false', false],
    [
      'bans',
      a('banRoom')(room),
      `!admin ${rooms} moderation ban-room ${room}`,
      'Room banned, removed all our local users, and disabled incoming federation with room.',
      true,
    ],
    [
      'unbans',
      a('unbanRoom')(room),
      `!admin ${rooms} moderation unban-room ${room}`,
      'Room unbanned and federation re-enabled.',
      true,
    ],
    [
      'knows no banned rooms',
      a('bannedRooms')(),
      `!admin ${rooms} moderation list-banned-rooms`,
      fail('No rooms are banned.'),
      [],
    ],
    [
      'sets an alias',
      a('setAlias')(room, 'lobby'),
      `!admin ${rooms} alias set ${room} lobby`,
      'Successfully set alias',
      true,
    ],
    [
      'removes an alias',
      a('removeAlias')('#lobby:x.org'),
      `!admin ${rooms} alias remove lobby`,
      `Removed alias from ${room}`,
      true,
    ],
    [
      'lists aliases',
      a('aliases')(room),
      `!admin ${rooms} alias list ${room}`,
      `Aliases for ${room}:\n- #a:x.org\n- #b:x.org`,
      ['#a:x.org', '#b:x.org'],
    ],
    [
      'lists all aliases, whichever way round they are printed',
      a('everyAlias')(),
      `!admin ${rooms} alias list`,
      `Aliases:\n- \`lobby\` -> #${room}:x.org\n- \`${room}\` -> #hall:x.org`,
      [
        { alias: '#lobby:x.org', roomId: room },
        { alias: '#hall:x.org', roomId: room },
      ],
    ],
    ['publishes', a('setPublished')(room, true), `!admin ${rooms} directory publish ${room}`, 'Room published', true],
    [
      'unpublishes',
      a('setPublished')(room, false),
      `!admin ${rooms} directory unpublish ${room}`,
      'Room unpublished',
      true,
    ],
    ['disables', a('setDisabled')(room, true), `!admin federation disable-room ${room}`, 'Room disabled.', true],
    ['enables', a('setDisabled')(room, false), `!admin federation enable-room ${room}`, 'Room enabled.', true],
    ['knows a file', a('fileInfo')(mxc), `!admin media get-file-info ${mxc}`, fenced('Metadata {}'), 'Metadata {}'],
    [
      'knows no file',
      a('fileInfo')(mxc),
      `!admin media get-file-info ${mxc}`,
      fenced('Err(', '    Request(NotFound)', ')'),
      null,
    ],
    ['knows no file, as Palpo says it', a('fileInfo')(mxc), `!admin media get-file-info ${mxc}`, fenced('None'), null],
    [
      'registers a bridge',
      a('registerAppservice')(['id: irc']),
      `!admin ${appservices} register\n\`\`\`\nid: irc\n\`\`\``,
      'Appservice registered with ID: irc',
      'irc',
    ],
    [
      'unregisters it',
      a('unregisterAppservice')('irc'),
      `!admin ${appservices} unregister irc`,
      'Appservice unregistered.',
      true,
    ],
    [
      'shows it',
      act(dialect, 'showAppservice')('irc'),
      `!admin ${appservices} show irc`,
      'Config for irc:\n\n```yaml\nid: irc\n```',
      'id: irc',
    ],
    [
      'lists bridges',
      a('listAppservices')(),
      `!admin ${appservices} list`,
      'Appservices (2): irc, signal',
      ['irc', 'signal'],
    ],
    [
      'lists bridges as Palpo does',
      a('listAppservices')(),
      `!admin ${appservices} list`,
      'Appservices (2): ["irc", "signal"]',
      ['irc', 'signal'],
    ],
    ['lists no bridges', a('listAppservices')(), `!admin ${appservices} list`, 'Appservices (0): ', []],
  ];
}

function conduwuitFaults(dialect: Dialect): readonly Fault[] {
  const a = <Name extends keyof Dialect['acts']>(name: Name) => act(dialect, name);
  return [
    ['a taken name, from 26.6 on', a('createUser')(alice, password), fail('Username is not available.'), /^exists/],
    ['a taken name', a('createUser')(alice, password), fail(`User ${alice} already exists`), /^exists/],
    [
      'a taken name, as Palpo says it',
      a('createUser')(alice, password),
      debugged(`User ${alice} already exists`),
      /^exists: .*User @alice/,
    ],
    ['a bad name', a('createUser')(alice, password), fail('Username X is not valid: bad'), /^rejected/],
    ['a forbidden name', a('createUser')(alice, password), fail('Username is forbidden'), /^rejected/],
    [
      'an unknown user',
      a('resetPassword')(alice, password, false),
      fail('The provided user does not exist.'),
      /^not-found/,
    ],
    [
      'a remote user',
      a('deactivate')('@a:y.org', false),
      fail('User "@a:y.org" does not belong to our server.'),
      /^rejected/,
    ],
    [
      'the service account',
      a('deactivate')('@conduit:x.org', false),
      fail('Not allowed to deactivate the server service account.'),
      /^forbidden/,
    ],
    ['an alias that is not in use', a('removeAlias')('#a:x.org'), fail("Alias isn't in use."), /^not-found/],
    [
      'an alias that is in use',
      a('setAlias')(room, 'a'),
      fail(`Refusing to overwrite in use alias for ${room}, use -f or --force to overwrite`),
      /^exists/,
    ],
    ['the admin room', a('banRoom')(room), fail('Not allowed to ban the admin room.'), /^forbidden/],
    [
      'an alias that leads nowhere',
      a('banRoom')(room),
      fail('Failed to resolve room alias #a:x.org to a room ID: x'),
      /^rejected/,
    ],
    [
      'a bridge that is not there',
      act(dialect, 'showAppservice')('irc'),
      fail('Appservice does not exist.'),
      /^not-found/,
    ],
    [
      'a bad registration',
      a('registerAppservice')(['id: x']),
      fail('Could not parse appservice config as YAML: x'),
      /^rejected/,
    ],
    ['a command that the version does not know', a('deactivate')(alice, false), clap, /^unsupported/],
    ['a panic in the middle of a write', a('deactivate')(alice, false), panic, /^unknown-outcome/],
    ['a panic in a read', a('listUsers')(), panic, /^unavailable/],
    ['a reply that could not be stored', a('deactivate')(alice, false), unposted, /^unknown-outcome/],
    [
      'a success about somebody else',
      a('deactivate')(alice, false),
      'User @bob:x.org has been deactivated',
      /^unknown-outcome/,
    ],
    [
      'another password than was sent',
      a('createUser')(alice, password),
      `Created user ${alice} with password \`other\``,
      /^unknown-outcome/,
    ],
    ['nothing at all', a('deactivate')(alice, false), '', /^unknown-outcome: .*It was empty/],
    [
      'a side message alone',
      a('deactivate')(alice, false),
      `Making ${alice} leave all rooms after deactivation...`,
      /^unknown-outcome/,
    ],
    ['words of another version', a('makeAdmin')(alice), `${alice} has been made an admin.`, /^unknown-outcome/],
    [
      'a success with something behind it',
      a('deactivate')(alice, false),
      `User ${alice} has been deactivated\nor not`,
      /^unknown-outcome/,
    ],
    [
      'a success inside a failure',
      a('deactivate')(alice, false),
      fail(`User ${alice} has been deactivated`),
      /^rejected/,
    ],
  ];
}

const rowsOf = {
  continuwuity: conduwuitRows(continuwuity('x.org'), 'users', 'rooms', 'appservices'),
  tuwunel: conduwuitRows(tuwunel('x.org'), 'users', 'rooms', 'appservices'),
  palpo: conduwuitRows(palpo('x.org'), 'user', 'room', 'appservice'),
};
const dialects = { continuwuity: continuwuity('x.org'), tuwunel: tuwunel('x.org'), palpo: palpo('x.org') };

describe.each(['continuwuity', 'tuwunel', 'palpo'] as const)('%s', (name) => {
  const dialect = dialects[name];
  // Palpo's words for its categories, and tuwunel's for the events of debug, are its own.
  test.each(rowsOf[name])('%s', async (_, order, sent, says, value) => {
    expect(await sentFor(dialect, order)).toBe(sent);
    expect(await outcomeOf(dialect, order, says)).toEqual(value);
  });

  test.each(conduwuitFaults(dialect))('takes %s for no success', async (_, order, says, code) => {
    expect(await outcomeOf(dialect, order, says)).toMatch(code);
  });
});

describe('continuwuity alone', () => {
  const dialect = dialects.continuwuity;
  const a = <Name extends keyof Dialect['acts']>(name: Name) => act(dialect, name);
  test.each<Row>([
    [
      'suspends',
      a('setSuspended')(alice, true),
      `!admin users suspend ${alice}`,
      `User ${alice} has been suspended.`,
      true,
    ],
    [
      'unsuspends',
      a('setSuspended')(alice, false),
      `!admin users unsuspend ${alice}`,
      `User ${alice} has been unsuspended.`,
      true,
    ],
    ['locks', a('setLocked')(alice, true), `!admin users lock ${alice}`, `User ${alice} has been locked.`, true],
    ['unlocks', a('setLocked')(alice, false), `!admin users unlock ${alice}`, `User ${alice} has been unlocked.`, true],
    [
      'logs out',
      a('logOut')(alice),
      `!admin users logout ${alice}`,
      `User ${alice} has been logged out from all devices.`,
      true,
    ],
    [
      'resets and ends the sessions',
      a('resetPassword')(alice, password, true),
      `!admin users reset-password --logout alice ${password}`,
      `Successfully reset the password for user ${alice}: \`${password}\`\nAll existing sessions have been logged out.`,
      { ...made, sessionsEnded: true },
    ],
    [
      'opens a closed account again, of which it says nothing',
      a('reactivate')(alice, password),
      `!admin users reset-password --convert-to-local-account alice ${password}`,
      '',
      made,
    ],
    [
      'opens it, and says of the sessions alone',
      a('reactivate')(alice, password),
      `!admin users reset-password --convert-to-local-account alice ${password}`,
      'All existing sessions have been logged out.',
      { ...made, sessionsEnded: true },
    ],
    [
      'reads a topic',
      a('topic')(room),
      `!admin rooms info view-room-topic ${room}`,
      'Room topic:\n```\nCome in\n```\nhere\n```',
      'Come in\n```\nhere',
    ],
    [
      'knows of no topic',
      a('topic')(room),
      `!admin rooms info view-room-topic ${room}`,
      fail('Room does not have a room topic set.'),
      '',
    ],
    [
      'lists members',
      a('members')(room),
      `!admin rooms info list-joined-members ${room}`,
      `2 Members in Room "Lobby":\n${fenced(`${alice} | Alice | Z`, '@b:y.org | B')}`,
      [alice, '@b:y.org'],
    ],
    [
      'issues a token for one use',
      a('issueToken')({ uses: 1, maxAge: undefined }),
      '!admin token issue --once',
      'New registration token issued: `aBc1` . Expires after 1 uses.\nInvite link using this token: https://x.org/r?token=aBc1',
      { token: 'aBc1', words: 'Expires after 1 uses' },
    ],
    [
      'issues a token for some uses',
      a('issueToken')({ uses: 5, maxAge: undefined }),
      '!admin token issue --max-uses 5',
      'New registration token issued: `aBc1`. Expires after 5 uses.',
      { token: 'aBc1', words: 'Expires after 5 uses' },
    ],
    [
      'issues a token for a time',
      a('issueToken')({ uses: undefined, maxAge: 604_800 }),
      '!admin token issue --max-age 604800s',
      'New registration token issued: `aBc1`. Expires in 7d.',
      { token: 'aBc1', words: 'Expires in 7d' },
    ],
    [
      'issues a token without end',
      a('issueToken')({ uses: undefined, maxAge: undefined }),
      '!admin token issue --immortal',
      'New registration token issued: `aBc1`. Never expires.',
      { token: 'aBc1', words: 'Never expires' },
    ],
    [
      'lists tokens',
      a('listTokens')(),
      '!admin token list',
      'Found 2 registration tokens:\n- `a` --- Never expires\n- `b` --- Expires after 1 uses',
      [
        { token: 'a', words: 'Never expires' },
        { token: 'b', words: 'Expires after 1 uses' },
      ],
    ],
    ['lists no tokens', a('listTokens')(), '!admin token list', 'Found 0 registration tokens:', []],
    ['revokes a token', a('revokeToken')('aBc1'), '!admin token revoke aBc1', 'Token revoked successfully.', true],
    [
      'deletes a file',
      a('deleteFile')(mxc),
      `!admin media delete --mxc ${mxc}`,
      'Deleted the MXC from our database and on our filesystem.',
      true,
    ],
    [
      'deletes by age',
      a('deleteBefore')(60, false),
      '!admin media delete-past-remote-media --before 60s',
      'Deleted 7 total files.',
      7,
    ],
    [
      'deletes what is younger',
      a('deleteAfter')(60, true),
      '!admin media delete-past-remote-media --after --yes-i-want-to-delete-local-media 60s',
      'Deleted 0 total files.',
      0,
    ],
    [
      'deletes what somebody uploaded',
      a('deleteOfUser')(alice),
      `!admin media delete-all-from-user ${alice}`,
      'Deleted 3 total files.',
      3,
    ],
    [
      'tells its memory',
      a('memoryUsage')(),
      '!admin server memory-usage',
      'Services:\na: 1\nDatabase:\nb: 2',
      'Services:\na: 1\nDatabase:\nb: 2',
    ],
    [
      'reads its configuration again',
      a('reloadConfig')(undefined),
      '!admin server reload-config',
      'Successfully reconfigured from paths: []',
      true,
    ],
    ['restarts', a('restart')(true), '!admin server restart --force', 'Restarting server...', true],
    ['shuts down', a('shutdown')(), '!admin server shutdown', 'Shutting down server...', true],
    [
      'reads an event',
      a('event')('$e'),
      '!admin debug get-pdu $e',
      'PDU found in our database\n```json\n{\n  "type": "m.room.message"\n}\n```',
      { type: 'm.room.message' },
    ],
    ['knows no event', a('event')('$e'), '!admin debug get-pdu $e', fail('PDU not found locally.'), null],
  ])('%s', async (_, order, sent, says, value) => {
    expect(await sentFor(dialect, order)).toBe(sent);
    expect(await outcomeOf(dialect, order, says)).toEqual(value);
  });

  test.each<Fault>([
    [
      'an admin who cannot be suspended',
      a('setSuspended')(alice, true),
      fail('Admin users cannot be suspended.'),
      /^forbidden/,
    ],
    ['an admin who cannot be locked', a('setLocked')(alice, true), fail('Admin users cannot be locked.'), /^forbidden/],
    [
      'an admin who cannot be logged out',
      a('logOut')(alice),
      fail('You cannot forcefully log out admin users.'),
      /^forbidden/,
    ],
    [
      'an account that is not there',
      a('reactivate')(alice, password),
      fail('This account does not exist.'),
      /^not-found/,
    ],
    ['a closed account', a('resetPassword')(alice, password, false), fail('This account is deactivated.'), /^conflict/],
    ['a spent token', a('revokeToken')('a'), fail('This token does not exist or has already expired.'), /^not-found/],
    ['an admin already', a('makeAdmin')(alice), fail('User is already joined in the admin room'), /^conflict/],
    [
      'suspended for unsuspended',
      a('setSuspended')(alice, false),
      `User ${alice} has been suspended.`,
      /^unknown-outcome/,
    ],
  ])('takes %s for no success', async (_, order, says, code) => {
    expect(await outcomeOf(dialect, order, says)).toMatch(code);
  });

  test('limits a token in one way only, and says so before anything is sent', () => {
    expect(() => a('issueToken')({ uses: 1, maxAge: 60 })).toThrow(/by its uses or by its age/);
  });
});

describe('tuwunel alone', () => {
  const dialect = dialects.tuwunel;
  const a = <Name extends keyof Dialect['acts']>(name: Name) => act(dialect, name);
  test.each<Row>([
    [
      'lists members',
      a('members')(room),
      `!admin rooms list-joined-members ${room}`,
      `1 Members in Room "x":\n${fenced(`${alice} | A`)}`,
      [alice],
    ],
    [
      'combines the limits of a token',
      a('issueToken')({ uses: 1, maxAge: 60 }),
      '!admin token issue --max-uses=1 --max-age=60s',
      'New registration token issued: `aB` - Expires after 1 uses or in 1m',
      { token: 'aB', words: 'Expires after 1 uses or in 1m' },
    ],
    [
      'issues a token without end',
      a('issueToken')({ uses: undefined, maxAge: undefined }),
      '!admin token issue',
      'New registration token issued: `aB` - Never expires',
      { token: 'aB', words: 'Never expires' },
    ],
    [
      'deletes a file, which it reports as an error',
      a('deleteFile')(mxc),
      `!admin media delete --mxc ${mxc}`,
      fail('Deleted the MXC from our database and on our filesystem.'),
      true,
    ],
    [
      'tells devices',
      a('devices')(alice),
      `!admin query users list-devices ${alice}`,
      'Query completed in 12.3µs:\n\n```rs\n[\n    "ABC",\n    "a \\"b\\" \\\\ \\u{7f}\\n    \\"FORGED\\",",\n]\n```',
      ['ABC', 'a "b" \\ \u007f\n    "FORGED",'],
    ],
    [
      'tells that there are no devices',
      a('devices')(alice),
      `!admin query users list-devices ${alice}`,
      'Query completed in 12.3µs:\n\n```rs\n[]\n```',
      [],
    ],
    [
      'deletes a device',
      a('deleteDevice')(alice, 'ABC'),
      `!admin users delete-device ${alice} ABC`,
      `User ${alice}'s device ABC removed.`,
      true,
    ],
    [
      'takes the power of an admin',
      a('revokeAdmin')(alice),
      `!admin users revoke-admin ${alice}`,
      `${alice} is no longer an admin.`,
      true,
    ],
    [
      'deletes a room',
      a('deleteRoom')(room, false),
      `!admin rooms delete ${room}`,
      'Successfully deleted the room from our database.',
      true,
    ],
    [
      'deletes a room and who was in it',
      a('deleteRoom')(room, true),
      `!admin rooms delete --force ${room}`,
      'Successfully deleted the room from our database.',
      true,
    ],
    [
      'deletes by age',
      a('deleteBefore')(60, false),
      '!admin media delete-range --older-than 60s',
      'Deleted 7 total files.',
      7,
    ],
  ])('%s', async (_, order, sent, says, value) => {
    expect(await sentFor(dialect, order)).toBe(sent);
    expect(await outcomeOf(dialect, order, says)).toEqual(value);
  });

  test.each([
    [
      'a device of another',
      a('deleteDevice')(alice, 'ABC'),
      "User @bob:x.org's device ABC removed.",
      /^unknown-outcome/,
    ],
    ['another device', a('deleteDevice')(alice, 'ABC'), `User ${alice}'s device DEF removed.`, /^unknown-outcome/],
    ['many rooms', a('deleteRoom')(room, false), 'Successfully deleted 3 rooms from our database.', /^unknown-outcome/],
    ['the admin room', a('deleteRoom')(room, false), fail('Cannot delete admin room'), /^rejected/],
    ['somebody who was none', a('revokeAdmin')(alice), fail(`${alice} was never an admin.`), /^rejected/],
    [
      'lines that are no ids',
      a('devices')(alice),
      'Query completed in 1ms:\n\n```rs\n[\n    ABC,\n]\n```',
      /^unavailable/,
    ],
  ] as const)('is not believed about %s', async (_, order, says, expected) => {
    expect(await outcomeOf(dialect, order as Order<unknown>, says)).toMatch(expected);
  });

  test.each(['setSuspended', 'setLocked', 'logOut', 'topic', 'reactivate'] as const)('has no %s', (name) => {
    expect(dialect.acts[name]).toBeUndefined();
  });
});

describe('Palpo alone', () => {
  const dialect = dialects.palpo;
  test('is addressed by its user, and is spoken to in the singular', () => {
    expect(dialect.prefix('@palpo:x.org')).toBe('@palpo:x.org:');
  });

  test('deletes a file, which it reports as an error', async () => {
    const order = act(dialect, 'deleteFile')(mxc);
    expect(await sentFor(dialect, order, '@palpo:x.org:')).toBe(`@palpo:x.org: media delete-media --mxc ${mxc}`);
    expect(await outcomeOf(dialect, order, debugged('Deleted the MXC from our database and on our filesystem.'))).toBe(
      true,
    );
  });

  // What it says it does and does not, or does to the wrong side.
  test.each(['deleteBefore', 'deleteAfter', 'setSuspended', 'restart', 'reloadConfig', 'issueToken'] as const)(
    'is never asked for %s',
    (name) => expect(dialect.acts[name]).toBeUndefined(),
  );
});

describe('Conduit', () => {
  const dialect = conduit('x.org');
  const a = <Name extends keyof Dialect['acts']>(name: Name) => act(dialect, name);
  const own = { userId: alice, password: 'abcDEF123456789', sessionsEnded: false };
  test.each<Row>([
    [
      'lists accounts',
      a('listUsers')(),
      'list-local-users',
      `Found 2 local user account(s):\n${alice}\n@bob:x.org`,
      [alice, '@bob:x.org'],
    ],
    [
      'creates',
      a('createUser')(alice, password),
      `create-user alice ${password}`,
      `Created user with user_id: ${alice} and password: ${password}`,
      made,
    ],
    [
      'knows a file',
      a('fileInfo')(mxc),
      `query-media ${mxc}`,
      'Is blocked Media ID: true\n\nInformation on full (non-thumbnail) file:\n\nIs stored: true\nSHA256 hash of file: 0a',
      'Is blocked Media ID: true\n\nInformation on full (non-thumbnail) file:\n\nIs stored: true\nSHA256 hash of file: 0a',
    ],
    ['knows no file', a('fileInfo')(mxc), `query-media ${mxc}`, 'Is blocked Media ID: false', null],
    [
      'has nothing more of a file',
      a('fileInfo')(mxc),
      `query-media ${mxc}`,
      'Is blocked Media ID: true\n\nInformation on full (non-thumbnail) file:\n\nIs stored: false',
      null,
    ],
    [
      'blocks a file',
      a('setBlockedFile')(mxc, true),
      `block-media\n\`\`\`\n${mxc}\n\`\`\``,
      'Successfully blocked media',
      true,
    ],
    [
      'unblocks a file',
      a('setBlockedFile')(mxc, false),
      `unblock-media\n\`\`\`\n${mxc}\n\`\`\``,
      'Successfully unblocked media',
      true,
    ],
    [
      'deletes what somebody uploaded, and does not tell how much',
      a('deleteOfUser')(alice),
      `purge-media-from-users\n\`\`\`\n${alice}\n\`\`\``,
      'Successfully purged media',
      'untold',
    ],
    [
      'resets, with a password of its own',
      a('resetPassword')(alice, undefined, true),
      'reset-password alice',
      `Successfully reset the password for user ${alice}: abcDEF123456789`,
      own,
    ],
    [
      'opens a closed account by a reset',
      a('reactivate')(alice, password),
      'reset-password alice',
      `Successfully reset the password for user ${alice}: abcDEF123456789`,
      own,
    ],
    [
      'deactivates, and leaves rooms only when told',
      a('deactivate')(alice, false),
      `deactivate-user --leave-rooms ${alice}`,
      `User ${alice} has been deactivated`,
      true,
    ],
    [
      'deactivates in place',
      a('deactivate')(alice, true),
      `deactivate-user ${alice}`,
      `User ${alice} has been deactivated`,
      true,
    ],
    [
      'deactivates, with files left over',
      a('deactivate')(alice, false),
      `deactivate-user --leave-rooms ${alice}`,
      `User ${alice} has been deactivated, but 3 media failed to be purged, check the logs for more details`,
      true,
    ],
    [
      'lists rooms',
      a('listRooms')(1),
      'list-rooms',
      `Rooms:\n${room}\tMembers: 5\n!b:x.org\tMembers: 1`,
      [
        { roomId: room, members: 5, name: null },
        { roomId: '!b:x.org', members: 1, name: null },
      ],
    ],
    [
      'removes an alias, which begins with what opens a comment',
      a('removeAlias')('#lobby:x.org'),
      "remove-alias '#lobby:x.org'",
      'Alias removed successfully',
      true,
    ],
    ['disables', a('setDisabled')(room, true), `disable-room ${room}`, 'Room disabled.', true],
    ['enables', a('setDisabled')(room, false), `enable-room ${room}`, 'Room enabled.', true],
    [
      'deletes a file in a block',
      a('deleteFile')(mxc),
      `purge-media\n\`\`\`\n${mxc}\n\`\`\``,
      'Successfully purged media',
      true,
    ],
    ['shows its configuration', a('showConfig')(), 'show-config', 'Server name: x.org', 'Server name: x.org'],
    [
      'tells its memory',
      a('memoryUsage')(),
      'memory-usage',
      'Services:\na\n\nDatabase:\nb',
      'Services:\na\n\nDatabase:\nb',
    ],
    [
      'tells whether one may register',
      a('registration')(),
      'allow-registration',
      'Registration is currently enabled',
      true,
    ],
    [
      'closes registration',
      a('setRegistration')(false),
      'allow-registration false',
      'Registration is now disabled',
      false,
    ],
    [
      'registers a bridge',
      a('registerAppservice')(['id: irc']),
      'register-appservice\n```\nid: irc\n```',
      'Appservice registered with ID: irc.',
      'irc',
    ],
    ['unregisters it', a('unregisterAppservice')('irc'), 'unregister-appservice irc', 'Appservice unregistered.', true],
    ['lists bridges', a('listAppservices')(), 'list-appservices', 'Appservices (1): irc', ['irc']],
    [
      'lists files',
      a('listMedia')(alice),
      `list-media --user ${alice}`,
      `| MXC URI | Dimensions (if thumbnail) | Created/Downloaded at | Uploader | Content-Type | Filename | Size |\n| --- | --- | --- | --- | --- | --- | --- |\n| ${mxc} |  | 2026-01-31 12:00:00 UTC | ${alice} | image/png | a.png | 1.2 kB |`,
      [{ mxc, createdAt: Date.UTC(2026, 0, 31, 12), userId: alice, type: 'image/png', name: 'a.png', size: '1.2 kB' }],
    ],
  ])('%s', async (_, order, sent, says, value) => {
    expect(await sentFor(dialect, order, '@conduit:x.org:')).toBe(`@conduit:x.org: ${sent}`);
    expect(await outcomeOf(dialect, order, says)).toEqual(value);
  });

  test('asks for a number with each kind of caches', async () => {
    for (const which of ['database', 'services'] as const) {
      const [order] = act(dialect, 'clearCaches')(which, 5);
      if (order === undefined) throw new Error('nothing is sent');
      expect(await sentFor(dialect, order, '@conduit:x.org:')).toMatch(/clear-(database|service)-caches 5$/);
      expect(await outcomeOf(dialect, order, 'Done.')).toBe(true);
    }
  });

  test.each<Fault>([
    ['a taken name', a('createUser')(alice, password), `Userid ${alice} already exists`, /^exists/],
    ['a bad name', a('createUser')(alice, password), 'The supplied username is not a valid username: x', /^rejected/],
    [
      'a historical name',
      a('createUser')(alice, password),
      `Userid ${alice} is not allowed due to historical`,
      /^rejected/,
    ],
    [
      'an unknown user',
      a('resetPassword')(alice, undefined, false),
      'The specified user does not exist!',
      /^not-found/,
    ],
    [
      'a remote user',
      a('resetPassword')(alice, undefined, false),
      'The specified user is not from this server!',
      /^rejected/,
    ],
    [
      'an unknown user to deactivate',
      a('deactivate')(alice, false),
      `User ${alice} doesn't exist on this server`,
      /^not-found/,
    ],
    [
      'a remote user to deactivate',
      a('deactivate')(alice, false),
      `User ${alice} is not from this server`,
      /^rejected/,
    ],
    ['a block that it did not set', a('setBlockedFile')(mxc, true), 'Successfully unblocked media', /^unknown-outcome/],
    [
      'a block that failed',
      a('setBlockedFile')(mxc, true),
      'Failed to block 1 media, check logs for more details',
      /^rejected/,
    ],
    [
      'files that stay when an account is purged',
      a('deleteOfUser')(alice),
      'Failed to purge 3 media, check logs for more details',
      /^rejected/,
    ],
    [
      'an account that it does not know among those to purge',
      a('deleteOfUser')(alice),
      `The following users do not exist:\n\`\`\`\n${alice}\n\`\`\``,
      /^rejected/,
    ],
    ['no mxc', a('fileInfo')(mxc), 'Invalid media MXC', /^rejected/],
    ['files that stay', a('deleteFile')(mxc), 'Failed to delete 2 media, check logs for more details', /^rejected/],
    ['a lost block', a('deleteFile')(mxc), 'Expected code block in command body. Add --help for details.', /^rejected/],
    ['an alias that is not there', a('removeAlias')('#a:x.org'), 'No such alias exists', /^not-found/],
    [
      'an error that was thrown',
      a('setDisabled')(room, true),
      'Encountered an error while handling the command:\n```\nBad database\n```',
      /^rejected: .*Bad database/,
    ],
    [
      'a line that it could not split',
      a('setDisabled')(room, true),
      'Failed to parse admin command: missing closing quote',
      /^unsupported/,
    ],
    ['a command that it does not know', a('setDisabled')(room, true), clap, /^unsupported/],
    ['open for closed', a('setRegistration')(false), 'Registration is now enabled', /^unknown-outcome/],
    [
      "somebody else's password",
      a('resetPassword')(alice, undefined, false),
      'Successfully reset the password for user @bob:x.org: abc',
      /^unknown-outcome/,
    ],
    ['a refusal that nobody has written down', a('setDisabled')(room, true), 'That did not work.', /^unknown-outcome/],
  ])('takes %s for no success', async (_, order, says, code) => {
    expect(await outcomeOf(dialect, order, says)).toMatch(code);
  });

  test.each([
    'setSuspended',
    'setLocked',
    'logOut',
    'makeAdmin',
    'banRoom',
    'forceJoin',
    'joinedRooms',
    'issueToken',
  ] as const)('has no %s', (name) => expect(dialect.acts[name]).toBeUndefined());
});
