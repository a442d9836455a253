import { describe, expect, test } from 'vitest';
import { continuwuityDebug, continuwuityQuery } from '../../../src/homeserver/relay/extras/continuwuity-getters.ts';
import { tuwunelDebug, tuwunelQuery } from '../../../src/homeserver/relay/extras/tuwunel-getters.ts';
import { secretCommand } from '../../../src/homeserver/relay/secret-commands.ts';

const of = (line: string) => secretCommand(line.split(' '));

describe('a command with a secret', () => {
  test.each([
    ['users create-user bob secret', 'user create-user …'],
    ['users reset_password bob', 'user reset-password …'],
    ["reset-pass'word' bob", 'user reset-password …'],
    ['users issue-password-reset-link bob', 'user reset-password …'],
    ['token list', 'token list'],
    ['query appservice get-registration irc', 'appservice show-appservice-config …'],
    ['debug create-jwt bob', undefined],
    ['DEBUG create_jwt bob', undefined],
    ['query users password-hash @bob:x.org', undefined],
    ['query account-data account-data-get @bob:x.org m.direct', undefined],
    ['query pusher get-pushers @bob:x.org', undefined],
    ['query sending active-requests', undefined],
    ['query oauth token-info session', undefined],
    ['query storage configs', undefined],
    ['query raw get token_userdeviceid abc', undefined],
    ['query raw raw-iter userid_password', undefined],
    ['query raw keys token_userdeviceid', undefined],
  ])('is %j, which %s does in private', (line, typed) => {
    expect(of(line)).toEqual({ typed });
  });

  test.each([
    'users list-users',
    'query raw raw-keys-sizes',
    'query raw keys-total',
    'debug create',
    'query users count-users',
  ])('is not %j', (line) => {
    expect(of(line)).toBeUndefined();
  });

  test.each([
    ...Object.keys({ ...continuwuityDebug, ...tuwunelDebug }).map((name) => `debug ${name}`),
    ...Object.keys({ ...continuwuityQuery, ...tuwunelQuery }).map((name) => `query ${name}`),
  ])('is none that can be asked here by name: %s', (line) => {
    expect(of(line)).toBeUndefined();
  });
});
