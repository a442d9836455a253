import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/core/durations.ts';
import {
  parseAlias,
  parseEventId,
  parseLocalAlias,
  parseLocalpart,
  parseLocalUser,
  parseMxc,
  parseRoom,
  parseUser,
} from '../../src/core/ids.ts';
import { parseSize } from '../../src/core/sizes.ts';
import { parseTime } from '../../src/core/times.ts';
import { thrown } from './thrown.ts';

const ours = 'example.org:8448';

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1d12h', 129_600_000],
    ['0s', 0],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '5', 'm', '5x', '1d 12h', '1.5h', '-5m', '1e5s', '5m5m', '99999999999999999w', '60000w', '٣d'])(
    'refuses %j',
    (text) => expect(thrown(() => parseDuration(text)).problem.code).toBe('usage'),
  );
});

describe('times', () => {
  it.each([
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31T12:00', Date.UTC(2026, 0, 31, 12)],
    ['2026-01-31T12:00:30', Date.UTC(2026, 0, 31, 12, 0, 30)],
    ['2026-01-31T12:00Z', Date.UTC(2026, 0, 31, 12)],
    ['2026-01-31T12:00:00+02:00', Date.UTC(2026, 0, 31, 10)],
    ['2026-01-31T12:00-05:30', Date.UTC(2026, 0, 31, 17, 30)],
    ['2026-01-31 12:00:00', Date.UTC(2026, 0, 31, 12)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['1769860800000', 1_769_860_800_000],
  ])('reads %s', (text, ms) => expect(parseTime(text)).toBe(ms));

  it.each([
    '1769860800',
    '0',
    '2026-02-30',
    '2026-13-01',
    '2026-01-31T24:00',
    '31.1.2026',
    'yesterday',
    '2025-02-29',
    '1e12',
    '99999999999999999',
  ])('refuses %s', (text) => expect(thrown(() => parseTime(text)).problem.code).toBe('usage'));

  it('says which milliseconds a number of seconds would be', () => {
    expect(thrown(() => parseTime('1769860800')).words).toContain('1769860800000');
  });
});

describe('sizes', () => {
  it.each([
    ['500K', 512_000],
    ['20M', 20_971_520],
    ['1G', 1_073_741_824],
    ['100', 100],
    ['1mb', 1_048_576],
  ])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', '1.5G', '-1K', 'K', '99999999999T', '1X'])('refuses %j', (text) => {
    expect(thrown(() => parseSize(text)).problem.code).toBe('usage');
  });
});

describe('ids', () => {
  it.each([
    ['alice', '@alice:example.org:8448'],
    ['@alice', '@alice:example.org:8448'],
    ['@alice:example.org:8448', '@alice:example.org:8448'],
    ['@bob:other.org', '@bob:other.org'],
    ['@Bob:other.org', '@Bob:other.org'],
    ['@a/b+c:[::1]:8448', '@a/b+c:[::1]:8448'],
  ])('reads the user %s', (text, id) => expect(parseUser(text, ours)).toBe(id));

  it.each([
    '',
    '@',
    'Alice',
    'al ice',
    'alice:example.org',
    '#lobby',
    '!room',
    '@:x',
    '@alice:',
    '@al\u202eice:x.org',
    'x'.repeat(260),
    '@alice:exa mple',
  ])('refuses the user %j', (text) => expect(thrown(() => parseUser(text, ours)).problem.code).toBe('usage'));

  it('explains capital letters', () => {
    expect(thrown(() => parseUser('Alice', ours)).words).toMatch(/capital letters.*alice/s);
    expect(thrown(() => parseLocalpart('Alice', ours)).words).toMatch(/capital letters.*alice/s);
  });

  it('shows a character that cannot be seen', () => {
    expect(thrown(() => parseUser('al\u200fice', ours)).words).toMatch(/U\+200F/);
  });

  it('names a remote user where a local one is needed', () => {
    expect(thrown(() => parseLocalUser('@bob:other.org', ours)).words).toMatch(/@bob:other\.org.*another server/s);
    expect(parseLocalUser('bob', ours)).toBe('@bob:example.org:8448');
  });

  it.each([
    ['!abc:example.org', '!abc:example.org'],
    ['!Zm9vYmFy-_v12', '!Zm9vYmFy-_v12'],
    ['#lobby', '#lobby:example.org:8448'],
    ['#lobby:other.org', '#lobby:other.org'],
  ])('reads the room %s', (text, id) => expect(parseRoom(text, ours)).toBe(id));

  it.each(['lobby', '!', '#', '#:x.org', '@alice:x.org', '!a b', '#a b'])('refuses the room %j', (text) => {
    expect(thrown(() => parseRoom(text, ours)).problem.code).toBe('usage');
  });

  it('takes an alias of ours in three spellings and refuses another server’s', () => {
    for (const text of ['lobby', '#lobby', '#lobby:example.org:8448'])
      expect(parseLocalAlias(text, ours)).toBe('#lobby:example.org:8448');
    expect(thrown(() => parseLocalAlias('#lobby:other.org', ours)).words).toContain('another server');
    expect(parseAlias('#lobby:other.org', ours)).toBe('#lobby:other.org');
  });

  it('checks event ids and media addresses', () => {
    expect(parseEventId('$abc')).toBe('$abc');
    expect(parseMxc('mxc://example.org:8448/abcDEF')).toBe('mxc://example.org:8448/abcDEF');
    for (const text of ['abc', '$', '$a b']) expect(() => parseEventId(text)).toThrow();
    for (const text of [
      'mxc://x.org/',
      'mxc://../a',
      'mxc://.:80/a',
      'mxc://x.org/..',
      'mxc://x.org/a/b',
      'https://x.org/a',
      'mxc://x.org/a?b',
    ])
      expect(() => parseMxc(text)).toThrow();
  });
});
