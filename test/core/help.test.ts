import { describe, expect, it } from 'vitest';
import { helpReply } from '../../src/core/help.ts';
import { bodyOf } from '../../src/core/markdown.ts';
import { reference } from '../../src/core/reference.ts';
import type { Role } from '../../src/core/roles.ts';
import { usage } from '../../src/core/usage.ts';
import { catalog } from './sample-catalog.ts';
import { thrown } from './thrown.ts';

const page = (topic: readonly string[], search?: string, role?: Role) =>
  bodyOf(helpReply(catalog, topic, search, role).blocks);
const usageOf = (path: string) => {
  const command = catalog.commands.find((one) => one.path === path);
  return command && usage(command, '!admin');
};

describe('usage lines', () => {
  it.each([
    ['user deactivate', '!admin user deactivate <user> [--no-leave-rooms] [--erase]'],
    [
      'user create-user',
      '!admin user create-user <username> [password] [--admin] [--no-admin] [--display-name DISPLAY-NAME] [--email EMAIL]…',
    ],
    ['user create-list', '!admin user create-list + block of username,password,display-name'],
    ['notice send', '!admin notice send <user> [text…] [+ block of text]'],
    ['help', '!admin help [topic…] [--search SEARCH]'],
  ])('of %s', (path, expected) => {
    expect(usageOf(path)).toBe(expected);
  });
});

describe('help', () => {
  it('lists the nouns', () => {
    const text = page([]);
    for (const noun of ['user', 'room', 'server', 'notice', 'token', 'job']) expect(text).toContain(noun);
    expect(text).not.toContain('appservice');
  });

  it('lists the commands of a noun, plural or not', () => {
    expect(page(['users'])).toContain('user deactivate-all');
    expect(page(['users'])).toBe(page(['user']));
    expect(page(['room', 'moderation'])).toContain('room moderation ban-room');
    expect(page(['room', 'moderation'])).not.toContain('list-rooms');
  });

  it('explains a command by any of its names', () => {
    const text = page(['create-user']);
    for (const part of [
      'Create a local account.',
      '!admin user create-user <username>',
      'the localpart',
      'Runs at once.',
      'For admins and owners.',
      'a strong one is made',
      '!admin user create-user alice',
      '--dry-run',
      '--help',
    ])
      expect(text).toContain(part);
    expect(text).toBe(page(['users', 'Create']));
  });

  it('finds commands by a word', () => {
    expect(page([], 'password')).toContain('user reset-password');
    expect(page([], 'password')).not.toContain('ban-room');
    expect(thrown(() => page([], 'xyzzy')).problem.code).toBe('not-found');
  });

  it('says of what its reader may not use which role it needs', () => {
    expect(page(['user'])).not.toContain('(needs');
    expect(page(['user'], undefined, 'moderator')).toMatch(/user deactivate.*\(needs admin\)/);
    expect(page([], 'password', 'viewer')).toMatch(/user reset-password.*\(needs admin\)/);
    expect(page(['user', 'deactivate'], undefined, 'viewer')).toContain('Your role is viewer: this needs admin.');
    expect(page(['user', 'deactivate'], undefined, 'admin')).not.toContain('Your role');
    expect(page([], undefined, 'viewer')).toMatch(/`help`: [^(]*$/m);
  });

  it('answers an unknown topic with the nearest', () => {
    expect(thrown(() => page(['user', 'deactviate'])).words).toContain('user deactivate');
    expect(thrown(() => page(['usr'])).problem.code).toBe('unknown-command');
    expect(thrown(() => page(['user', 'deactivate', 'now'])).words).toContain('now');
  });

  it('has a reference page with every command', () => {
    const text = reference(catalog, { title: 'Commands', about: [] });
    for (const { path } of catalog.commands) expect(text).toContain(`### ${path}`);
  });
});
