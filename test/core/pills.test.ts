import { describe, expect, it } from 'vitest';
import { anchors } from '../../src/core/anchors.ts';
import { line, typed } from './sample-catalog.ts';
import { thrown } from './thrown.ts';

const to = (id: string, text: string) => `<a href="https://matrix.to/#/${id}">${text}</a>`;
const html = (formatted: string, mentions?: readonly string[]) => ({
  format: 'org.matrix.custom.html',
  formatted_body: formatted,
  ...(mentions ? { 'm.mentions': { user_ids: mentions } } : {}),
});
const user = (body: string, more: Readonly<Record<string, unknown>>) => typed(body, more)?.input.user;

describe('pills', () => {
  it('stand for the id they link to, not for the name they show', () => {
    const formatted = html(`!admin user deactivate ${to('@mallory:example.org', 'alice')}`, ['@mallory:example.org']);
    expect(user('!admin user deactivate alice', formatted)).toBe('@mallory:example.org');
  });

  it.each([['%40mallory%3Aexample.org'], ['@mallory:example.org?via=example.org'], ['@mallory:example.org/']])(
    'may be written as %s',
    (id) => {
      expect(user('!admin user deactivate Mal', html(to(id, 'Mal')))).toBe('@mallory:example.org');
    },
  );

  it('may show names with spaces, entities, tags and dashes', () => {
    const shown = '<b>Mal</b> &amp; Co &#8212; &#x1F600;';
    expect(user('!admin user deactivate Mal & Co — 😀', html(to('@mallory:example.org', shown)))).toBe(
      '@mallory:example.org',
    );
  });

  it('may stand in the body as a Markdown link or as the id', () => {
    const formatted = html(to('@mallory:example.org', 'Mal'));
    expect(user('!admin user deactivate [Mal](https://matrix.to/#/@mallory:example.org)', formatted)).toBe(
      '@mallory:example.org',
    );
    expect(user('!admin user deactivate @mallory:example.org', formatted)).toBe('@mallory:example.org');
  });

  it('may show the address of the link itself', () => {
    const address = 'https://matrix.to/#/@mallory:example.org';
    expect(user(`!admin user deactivate ${address}`, html(`<a href='${address}'>${address}</a>`))).toBe(
      '@mallory:example.org',
    );
  });

  it('may be rooms and aliases', () => {
    const read = typed(
      '!admin user force-join-room alice The Lobby',
      html(`!admin user force-join-room alice ${to('%23lobby:example.org', 'The Lobby')}`),
    );
    expect(read?.input).toEqual({ user: '@alice:example.org', room: '#lobby:example.org' });
    const v12 = typed('!admin room ban-room Lobby', html(to('!Zm9v', 'Lobby')));
    expect(v12?.input).toEqual({ room: '!Zm9v' });
  });

  it('are two of one name: refused with both ids', () => {
    const formatted = html(`${to('@a:example.org', 'Alex')} ${to('@b:example.org', 'Alex')}`);
    const { words } = thrown(() => typed('!admin user force-join-room Alex Alex', formatted));
    expect(words).toContain('@a:example.org');
    expect(words).toContain('@b:example.org');
  });

  it('are refused where their text stands more than once, or nowhere', () => {
    const formatted = html(to('@mallory:example.org', 'user'));
    expect(thrown(() => typed('!admin user deactivate user', formatted)).words).toContain('@mallory:example.org');
    expect(thrown(() => typed('!admin user deactivate alice', html(to('@m:example.org', 'mal')))).words).toMatch(
      /0 times/,
    );
    expect(thrown(() => typed('!admin user deactivate use', html(to('@m:example.org', 'us')))).words).toMatch(
      /0 times/,
    );
  });

  it('are not taken for a part of a longer word', () => {
    const formatted = html(to('@mallory:example.org', 'alice'));
    for (const other of ['alice.smith', '@alice:example.org', 'alice2', 'x-alice'])
      expect(thrown(() => typed(`!admin user deactivate ${other}`, formatted)).words).toMatch(/0 times/);
  });

  it('may name the bot in the address', () => {
    const formatted = html(`${to('@castellan:example.org', 'Castellan')}: user deactivate alice`, [
      '@castellan:example.org',
    ]);
    expect(user('Castellan: user deactivate alice', formatted)).toBe('@alice:example.org');
    const both = html(`${to('@castellan:example.org', 'Castellan')}: x ${to('@castellan:example.org', 'Castellan')}`);
    expect(user('Castellan: user deactivate Castellan', both)).toBe('@castellan:example.org');
  });

  it('of the bot as an argument are no address', () => {
    const formatted = html(`!admin user deactivate ${to('@castellan:example.org', 'alice')}`);
    expect(user('!admin user deactivate alice', formatted)).toBe('@castellan:example.org');
  });

  it('of events keep their text', () => {
    const formatted = html(to('!r:example.org/$event', 'alice'));
    expect(user('!admin user deactivate alice', formatted)).toBe('@alice:example.org');
  });

  it('in the quoted part of a reply are not meant', () => {
    const quote = `<mx-reply><blockquote>${to('@bob:example.org', 'Bob')}</blockquote></mx-reply>`;
    expect(user('!admin user deactivate alice', html(`${quote}!admin user deactivate alice`))).toBe(
      '@alice:example.org',
    );
  });

  it('with an id that would be more than one word are refused', () => {
    const { problem } = thrown(() => typed('!admin user deactivate x', html(to('@a%20--erase:example.org', 'x'))));
    expect(problem.code).toBe('usage');
  });

  it('cannot be too many', () => {
    const many = Array.from({ length: 21 }, (_, at) => to(`@u${at}:example.org`, `u${at}`)).join('');
    expect(thrown(() => typed('!admin user deactivate u1', html(many))).words).toMatch(/21 links/);
  });
});

describe('mentions without a link', () => {
  const mention = (...ids: unknown[]) => ({ 'm.mentions': { user_ids: ids } });

  it('are refused by id where the text does not name them', () => {
    const { words } = thrown(() => typed('!admin user deactivate alice', mention('@mallory:example.org')));
    expect(words).toContain('@mallory:example.org');
  });

  it('are well where the text names them', () => {
    expect(user('!admin user deactivate alice', mention('@alice:example.org'))).toBe('@alice:example.org');
    expect(user('!admin user deactivate @alice:example.org', mention('@alice:example.org'))).toBe('@alice:example.org');
    expect(user('!admin user deactivate alice', mention('@castellan:example.org'))).toBe('@alice:example.org');
  });

  it('tell apart a local and a remote one of the same name', () => {
    expect(() => typed('!admin user deactivate alice', mention('@alice:evil.org'))).toThrow();
  });

  it('may have any shape', () => {
    for (const mentions of [null, 'x', { user_ids: 'x' }, { user_ids: [1, null] }, { room: true }])
      expect(user('!admin user deactivate alice', { 'm.mentions': mentions })).toBe('@alice:example.org');
  });
});

describe('anchors of a message', () => {
  it.each([
    ['<a href="x">y</a>', [{ href: 'x', text: 'y' }]],
    ['<A HREF=\'x\' title="a>b">y<br/>z</A>', [{ href: 'x', text: 'y z' }]],
    ['<a href=x>y', [{ href: 'x', text: 'y' }]],
    [
      '<a href="x">y<a href="z">w</a>',
      [
        { href: 'x', text: 'y' },
        { href: 'z', text: 'w' },
      ],
    ],
    [
      '<a href="x&amp;y">a &lt; b &unknown; &#0; &#99999999;</a>',
      [{ href: 'x&y', text: 'a < b &unknown; \0 &#99999999;' }],
    ],
    ['<a data-href="no" href="x">1 < 2</a>', [{ href: 'x', text: '1 < 2' }]],
    ['<abbr>x</abbr><a', []],
    ['<a href="x>y</a>', []],
  ])('are read from %j', (source, found) => {
    expect(anchors(source)).toEqual(found);
  });

  it.each(['<', '</', '<a ', '<a href="', '</<', '<a "'])(
    'are looked for once, however often %j stands there',
    (piece) => {
      const started = process.cpuUsage().user;
      anchors(`${piece.repeat(60_000 / piece.length)}>`);
      // Quadratic would be minutes.
      expect(process.cpuUsage(undefined).user - started).toBeLessThan(5_000_000);
    },
  );
});

it('a line alone needs no room', () => {
  expect(line('user deactivate alice').input.user).toBe('@alice:example.org');
});
