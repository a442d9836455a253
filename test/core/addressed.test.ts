import { describe, expect, it } from 'vitest';
import { addressed } from '../../src/core/addressed.ts';
import { me } from './sample-catalog.ts';

const said = (body: unknown, more: Readonly<Record<string, unknown>> = {}) =>
  addressed({ msgtype: 'm.text', body, ...more }, me);
const reply = { 'm.relates_to': { 'm.in_reply_to': { event_id: '$x' } } };

describe('what speaks to the bot', () => {
  it.each([
    ['!admin user list', 'user list'],
    ['!admin', ''],
    ['!ADMIN help', 'help'],
    ['  \n!admin help', 'help'],
    ['!admin\u00a0help', 'help'],
    ['!admin\thelp ', 'help'],
    ['@castellan:example.org help', 'help'],
    ['@castellan:example.org: help', 'help'],
    ['Castellan: help', 'help'],
    ['Castellan, help', 'help'],
  ])('reads %j as %j', (body, line) => {
    expect(said(body)).toMatchObject({ kind: 'command', line, body: undefined });
  });

  it.each([
    'hello',
    '!administer help',
    '!admin: help',
    '!admin-x',
    'please !admin help',
    '> !admin help',
    '`!admin help`',
    'Castellan help',
    'castellanus: help',
    '@castellan:example.org',
    '@castellan:example.org.evil.org: help',
    '@castellan:example.org:8448 help',
    '\u200f!admin help',
    '',
    undefined,
    42,
    ['!admin help'],
  ])('is not %j', (body) => {
    expect(said(body)).toEqual({ kind: 'no' });
  });

  it.each(['m.forwarded', 'org.matrix.msc2723.forwarded'])('is nothing that is marked as %s', (mark) => {
    expect(said('!admin help', { [mark]: { event_id: '$x', room_id: '!x:example.org', sender: '@a:x' } }).kind).toBe(
      'no',
    );
  });

  it('is no notice, emote or edit', () => {
    expect(said('!admin help', { msgtype: 'm.notice' }).kind).toBe('no');
    expect(said('!admin help', { msgtype: 'm.emote' }).kind).toBe('no');
    expect(said('* !admin help', { 'm.relates_to': { rel_type: 'm.replace', event_id: '$x' } }).kind).toBe('no');
    expect(said('!admin help', { 'm.relates_to': { rel_type: 'm.replace', event_id: '$x' } }).kind).toBe('no');
    expect(said('!admin help', { 'm.new_content': { body: '!admin help' } }).kind).toBe('no');
  });

  it('leaves out what a reply quotes', () => {
    expect(said('> <@bob:example.org> !admin a\n> b\n\n!admin help', reply)).toMatchObject({ line: 'help' });
    expect(said('!admin help', reply)).toMatchObject({ line: 'help' });
  });

  it('never runs a quote', () => {
    expect(said('> <@bob:example.org> !admin server shutdown\n\nwhat is this?', reply).kind).toBe('no');
    expect(said('> <@bob:example.org> x\n!admin server shutdown', reply).kind).toBe('no');
    expect(said('> x\nand\n!admin server shutdown', reply).kind).toBe('no');
    expect(said('> x\n\n!admin server shutdown').kind).toBe('no');
    expect(said('> x\n\n> !admin server shutdown', reply).kind).toBe('no');
  });

  it('keeps what stands below as it is', () => {
    expect(said('!admin a b\r\n```\r\n  x\r\n```')).toMatchObject({ line: 'a b', body: '```\n  x\n```' });
  });

  it('survives relations of any shape', () => {
    for (const relation of [null, 'x', 5, [], { 'm.in_reply_to': null }])
      expect(said('!admin help', { 'm.relates_to': relation })).toMatchObject({ line: 'help' });
  });
});
