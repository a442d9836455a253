import { describe, expect, test } from 'vitest';
import type { Asked } from '../../../src/homeserver/relay/transport.ts';
import { MatrixFault, NoAnswer } from '../../../src/http.ts';
import { botId, fakeRoom, serverUser } from './fake-room.ts';

const command = (body: string, writes = true): Asked => ({ body: `!admin ${body}`, writes, isWhole: () => true });
const wholeAt =
  (text: string): Asked['isWhole'] =>
  (said) =>
    said === text;

describe('answers that say what they answer', () => {
  test('are known by that and by who sent them, whatever else is said meanwhile', async () => {
    const room = fakeRoom();
    const answer = room.transport.ask(command('users lock bob'));
    const id = await room.commandId(1);
    room.comes('New user @eve:x.org registered on this server.');
    room.comes('Making @bob:x.org leave all rooms after deactivation...', { content: { msgtype: 'm.text' } });
    room.comes('User @bob:x.org has been locked.', { sender: '@eve:x.org', answers: id });
    room.comes('User @bob:x.org has been locked.', { answers: '$another' });
    room.comes('User @bob:x.org has been locked.', {
      content: { 'm.relates_to': { rel_type: 'm.replace', event_id: id, 'm.in_reply_to': { event_id: id } } },
    });
    room.comes('the answer', { answers: id });
    expect((await answer).text).toBe('the answer');
  });

  test('may come before the send has returned', async () => {
    const room = fakeRoom();
    room.beforeSent = (id) => void room.comes('early', { answers: id });
    expect((await room.transport.ask(command('x'))).text).toBe('early');
  });

  test('may come in a thread', async () => {
    const room = fakeRoom();
    room.beforeSent = (id) =>
      void room.comes('threaded', { content: { 'm.relates_to': { rel_type: 'm.thread', event_id: id } } });
    expect((await room.transport.ask(command('x'))).text).toBe('threaded');
  });

  test('may be empty', async () => {
    const room = fakeRoom();
    room.beforeSent = (id) => void room.comes('', { answers: id });
    expect((await room.transport.ask(command('x'))).text).toBe('');
  });

  test('are followed from part to part, and a fence that was cut is made whole', async () => {
    const room = fakeRoom({ splits: true, timeoutMs: 2_000 });
    const text = 'Rooms (3):\n```\n!a:x.org\n!b:x.org\n!c:x.org\n```';
    const answer = room.transport.ask({ ...command('rooms list', false), isWhole: wholeAt(text) });
    const id = await room.commandId(1);
    const first = room.comes('Rooms (3):\n```\n!a:x.org\n```', { answers: id });
    room.comes('something else');
    const second = room.comes('```\n!b:x.org\n```', { answers: first });
    room.comes('```\n!c:x.org\n```', { answers: second });
    expect(await answer).toMatchObject({ text });
  });

  test('are taken as far as they came when no more parts come', async () => {
    const room = fakeRoom({ splits: true, timeoutMs: 500 });
    room.beforeSent = (id) => void room.comes('only this', { answers: id });
    expect((await room.transport.ask({ ...command('x'), isWhole: () => false })).text).toBe('only this');
  });

  test('may be a file, whose announcement says nothing', async () => {
    const room = fakeRoom();
    room.files.set('mxc://x.org/out', 'User @bob:x.org has been locked.');
    const file = {
      msgtype: 'm.file',
      filename: 'output.md',
      url: 'mxc://x.org/out',
      info: { mimetype: 'text/markdown', size: 30 },
    };
    room.beforeSent = (id) => void room.comes('Output was too large to send as text.', { answers: id, content: file });
    expect((await room.transport.ask(command('x'))).text).toBe('User @bob:x.org has been locked.');
  });

  test.each([
    ['of another server', { url: 'mxc://evil.org/out', filename: 'output.md' }],
    ['that is no text', { url: 'mxc://x.org/out', filename: 'output.bin' }],
    ['that is huge', { url: 'mxc://x.org/out', filename: 'output.md', info: { size: 1e9 } }],
  ])('leave a file %s alone', async (_, content) => {
    const room = fakeRoom();
    room.files.set('mxc://x.org/out', 'the answer');
    room.beforeSent = (id) => void room.comes('file', { answers: id, content: { msgtype: 'm.file', ...content } });
    expect((await room.transport.ask(command('x'))).text).toContain(content.url);
  });

  test('come with a table of log lines before them, which is set apart', async () => {
    const room = fakeRoom();
    const logs = '| level | span | message |\n| ------: | :-----: | :------- |\n|     INFO |     admin | hello |';
    room.beforeSent = (id) => void room.comes(`${logs}\n\nDone.\n`, { answers: id });
    expect(await room.transport.ask(command('x'))).toMatchObject({ text: 'Done.', logs });
  });

  test('are looked for in the history when the sync has not brought them', async () => {
    const room = fakeRoom();
    room.beforeSent = (id) => void room.missed('missed', { answers: id });
    expect((await room.transport.ask(command('x'))).text).toBe('missed');
  });

  test('that do not come leave a write unknown, and it is never sent again', async () => {
    const room = fakeRoom();
    await expect(room.transport.ask(command('users deactivate bob'))).rejects.toMatchObject({
      code: 'unknown-outcome',
    });
    expect(room.sent).toEqual(['!admin users deactivate bob']);
  });

  test('that do not come to a read are only unavailable', async () => {
    const room = fakeRoom();
    await expect(room.transport.ask(command('users list-users', false))).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('that come too late are not the next one’s', async () => {
    const room = fakeRoom();
    const first = room.transport.ask(command('one')).catch((error: unknown) => error);
    const id = await room.commandId(1);
    await first;
    const second = room.transport.ask(command('two'));
    const next = await room.commandId(2);
    room.comes('late', { answers: id });
    room.comes('of two', { answers: next });
    expect((await second).text).toBe('of two');
  });

  test('are waited for one by one', async () => {
    const room = fakeRoom({ timeoutMs: 2_000 });
    const one = room.transport.ask(command('one'));
    const two = room.transport.ask(command('two'));
    const id = await room.commandId(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(room.sent).toEqual(['!admin one']);
    room.comes('first', { answers: id });
    expect((await one).text).toBe('first');
    room.comes('second', { answers: await room.commandId(2) });
    expect((await two).text).toBe('second');
  });

  test('tell why they do not come, where that can be seen', async () => {
    const { say } = await import('../../../src/core/text.ts');
    const room = fakeRoom({ whySilent: async () => say`the alias leads nowhere` });
    await expect(room.transport.ask(command('x'))).rejects.toThrow('may have been done');
    await room.transport.ask(command('x')).catch((error: { hint: { parts: { text: string }[] } }) => {
      expect(error.hint.parts.map(({ text }) => text).join('')).toContain('the alias leads nowhere');
    });
  });
});

describe('a command that cannot be sent', () => {
  test.each([
    ['is not done where the bot may not write', new MatrixFault(403, 'M_FORBIDDEN', 'no power'), 'unavailable'],
    ['is not done where nothing is reached', new NoAnswer('refused', false), 'unavailable'],
    ['may have been taken by a server that broke', new MatrixFault(500, 'M_UNKNOWN', 'queue'), 'unknown-outcome'],
    ['may have been taken where no answer came', new NoAnswer('timeout', true), 'unknown-outcome'],
  ] as const)('%s', async (_, failure, code) => {
    const room = fakeRoom();
    room.failSend = () => failure;
    await expect(room.transport.ask(command('x'))).rejects.toMatchObject({ code });
    expect(room.sent).toEqual([]);
  });
});

describe('answers that come in order and say nothing', () => {
  const prefix = '@conduit:x.org:';
  const conduit = (timeoutMs = 400) => fakeRoom({ answers: 'order', prefix, timeoutMs });
  const ask = (body: string, writes = true): Asked => ({ body: `${prefix} ${body}`, writes, isWhole: () => true });
  const text = (body: string) => ({ body, content: { msgtype: 'm.text' } });

  test('are the first text behind the command; notices and the warning of the emergency password are none', async () => {
    const room = conduit();
    room.beforeSent = () => {
      room.comes('New user @eve:x.org registered on this server.');
      room.comes('The Conduit account emergency password is set!', { content: { msgtype: 'm.text' } });
      room.comes('Room disabled.', { content: { msgtype: 'm.text' }, sender: '@eve:x.org' });
      room.comes('Done.', { content: text('').content });
    };
    expect((await room.transport.ask(ask('clear-service-caches 1'))).text).toBe('Done.');
  });

  test("leave to others what answers others' commands", async () => {
    const room = conduit();
    const texts = { content: { msgtype: 'm.text' } };
    room.comes(`${prefix} list-rooms`, { sender: '@human:x.org', ...texts });
    room.beforeSent = () => {
      room.comes(`${prefix} memory-usage`, { sender: '@human:x.org', ...texts });
      room.comes('Room disabled.', texts);
      room.comes('Services:', texts);
    };
    const answer = room.transport.ask(ask('disable-room !a:x.org'));
    room.comes('Rooms:', texts);
    expect((await answer).text).toBe('Room disabled.');
    expect(room.sent).toEqual([`${prefix} disable-room !a:x.org`]);
  });

  test('of a command that was given up are not the next one’s', async () => {
    const room = conduit();
    await expect(room.transport.ask(ask('deactivate-user @a:x.org'))).rejects.toMatchObject({
      code: 'unknown-outcome',
    });
    const second = room.transport.ask(ask('disable-room !a:x.org'));
    room.comes('User @a:x.org has been deactivated', { content: { msgtype: 'm.text' } });
    await room.commandId(2);
    const nonce = room.sent[1]?.slice(prefix.length + 1) ?? '';
    expect(nonce).toMatch(/^castellan-/);
    room.comes(`error: unrecognized subcommand '${nonce}'\n\nUsage: x`, { content: { msgtype: 'm.text' } });
    await room.commandId(3);
    expect(room.sent[2]).toBe(`${prefix} disable-room !a:x.org`);
    room.comes('Room disabled.', { content: { msgtype: 'm.text' } });
    expect((await second).text).toBe('Room disabled.');
  });

  test('that are owed and never come keep everything else from being sent', async () => {
    const room = conduit(100);
    await expect(room.transport.ask(ask('deactivate-user @a:x.org'))).rejects.toMatchObject({
      code: 'unknown-outcome',
    });
    await expect(room.transport.ask(ask('disable-room !a:x.org'))).rejects.toMatchObject({ code: 'unavailable' });
    expect(room.sent.filter((body) => body.includes('disable-room'))).toEqual([]);
  });

  test('to what an earlier process has asked are not ours', async () => {
    const room = conduit();
    room.missed(`${prefix} deactivate-user @a:x.org`, { sender: botId, content: { msgtype: 'm.text' } });
    const answer = room.transport.ask(ask('disable-room !a:x.org'));
    await room.commandId(1);
    expect(room.sent[0]).toContain('castellan-');
    room.comes('User @a:x.org has been deactivated', { content: { msgtype: 'm.text' } });
    room.comes(`error: unrecognized subcommand '${room.sent[0]?.slice(prefix.length + 1)}'`, {
      content: { msgtype: 'm.text' },
    });
    await room.commandId(2);
    room.comes('Room disabled.', { content: { msgtype: 'm.text' }, sender: serverUser });
    expect((await answer).text).toBe('Room disabled.');
  });

  test('to what an earlier process has asked in secret are not ours, though nothing of it is left', async () => {
    const room = conduit();
    room.missed('', { sender: botId, redacted: true });
    const answer = room.transport.ask(ask('reset-password a'));
    await room.commandId(1);
    expect(room.sent[0]).toContain('castellan-');
    room.comes('Successfully reset the password for user @a:x.org: late', { content: { msgtype: 'm.text' } });
    room.comes(`error: unrecognized subcommand '${room.sent[0]?.slice(prefix.length + 1)}'`, {
      content: { msgtype: 'm.text' },
    });
    await room.commandId(2);
    room.comes('Successfully reset the password for user @a:x.org: new', { content: { msgtype: 'm.text' } });
    expect((await answer).text).toContain(': new');
  });

  test('that were removed with their commands leave nothing owed', async () => {
    const room = conduit();
    room.missed('', { sender: botId, redacted: true });
    room.missed('', { redacted: true });
    const answer = room.transport.ask(ask('memory-usage', false));
    await room.commandId(1);
    expect(room.sent[0]).toBe(`${prefix} memory-usage`);
    room.comes('Services:', { content: { msgtype: 'm.text' } });
    expect((await answer).text).toBe('Services:');
  });
});
