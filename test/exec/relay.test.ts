import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { storePath } from '../../src/store/store-path.ts';
import type { Version } from '../e2e/native-homeserver.ts';
import { openRelayLab, type RelayLab } from '../e2e/relay-lab.ts';
import type { DialectName } from '../e2e/scripted-server-user.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type Ended, type PackedCastellan, packCastellan } from './packed-castellan.ts';

const dialects: readonly (readonly [DialectName, Version])[] = [
  ['continuwuity', '26.8'],
  ['conduit', '0.10'],
];

describeWithSynapse('castellan exec on a homeserver with a room of its own', () => {
  let server: Synapse;
  let packed: PackedCastellan;
  beforeAll(async () => {
    packed = packCastellan();
    server = await startSynapse({ name: 'exec-relay' });
  });
  afterAll(async () => {
    await server?.stop();
    packed?.remove();
  });

  describe.each(dialects)('%s', (dialect, version) => {
    let lab: RelayLab;
    beforeAll(async () => {
      // Beside a bot that runs, as it is on an operator's machine.
      lab = await openRelayLab(server, dialect, { version, timeout: '3s' });
      for (const name of ['bob', 'carol']) lab.native.state.users.add(name);
    });
    afterAll(async () => {
      await lab?.close();
    });

    const exec = (...words: readonly string[]): Promise<Ended> =>
      packed.run(['exec', '--config', lab.room.configFile, ...words]);
    const user = (name: string) => `@${name}:${server.serverName}`;
    const audit = (command: string) => {
      const store = openStore(storePath(lab.room.dataDir), { clock: Date.now, readonly: true });
      try {
        return store.audit.list({ command, limit: 50, from: 0 });
      } finally {
        store.close();
      }
    };
    /** What is left in the homeserver's room of a word. */
    const left = async (word: string) =>
      (await lab.native.client.messages(lab.native.roomId)).filter(({ content }) =>
        JSON.stringify(content).includes(word),
      );

    test('lists accounts', async () => {
      const { code, stdout } = await exec('-o', 'json', '--', 'user', 'list-users');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: user('bob') }));
    });

    test('makes an account, shows its password, and takes both messages out of the room', async () => {
      const { code, stdout, stderr } = await exec('--', 'user', 'create-user', 'alice');
      expect([code, stderr]).toEqual([0, '']);
      const [password = ''] = /\b[A-Za-z0-9]{25}\b/.exec(stdout) ?? [];
      expect(password).not.toBe('');
      expect(lab.native.state.users).toContain('alice');
      expect(lab.native.asked.some((body) => body.endsWith(password))).toBe(true);
      expect(await left(password)).toEqual([]);
      expect(audit('user create-user').map(({ kind }) => kind)).toEqual(['outcome', 'intent']);
    });

    test('asks before it closes an account, and does it once', async () => {
      expect((await exec('--', 'user', 'deactivate', 'bob')).code).toBe(3);
      expect(lab.native.state.closed).not.toContain('bob');
      const { code, stdout } = await exec('--', 'user', 'deactivate', 'bob', '--yes-i-want-to-do-this');
      expect([code, stdout]).toEqual([0, expect.stringContaining(user('bob'))]);
      expect(lab.native.state.closed).toContain('bob');
      expect(lab.native.asked.filter((body) => /deactivate(-user)? /.test(body))).toHaveLength(1);
    });

    test('a refusal exits with 1 and says why', async () => {
      const { code, stderr } = await exec('--', 'user', 'create-user', 'carol');
      expect([code, stderr]).toEqual([1, expect.stringContaining('exists already')]);
    });

    test('silence exits with 4 for a write, and nothing is sent twice', async () => {
      const before = lab.native.asked.length;
      lab.native.next(/disable-room/, { silent: true });
      const { code, stderr } = await exec(
        '--',
        'federation',
        'disable-room',
        `!small:${server.serverName}`,
        '--yes-i-want-to-do-this',
      );
      expect([code, stderr]).toEqual([4, expect.stringContaining('may have been done')]);
      expect(lab.native.asked.slice(before).filter((body) => /disable-room/.test(body))).toHaveLength(1);
    });

    test('castellan doctor leaves no secret of its questions behind', async () => {
      lab.native.state.tokens.set('tok7Secret', 'may be used 3 more times');
      const { stdout } = await packed.run(['doctor', '--config', lab.room.configFile]);
      expect(stdout).toMatch(/ok +Homeserver's room/);
      expect(stdout).not.toMatch(/no answer[^\n]*registration tokens/);
      expect(await left('tok7Secret')).toEqual([]);
    });

    test('what only some homeservers have is there, with its help', async () => {
      const [words, says, shows] =
        dialect === 'conduit'
          ? [['media', 'list-blocked-media'], undefined, undefined]
          : [['server', 'uptime'], '1.52 hours.', '1.52 hours'];
      const help = await exec('--', ...words, '--help');
      expect([help.code, help.stdout]).toEqual([0, expect.stringContaining(words.join(' '))]);
      if (says === undefined || shows === undefined) return;
      lab.native.next(/uptime/, { text: says });
      expect(await exec('--', ...words)).toMatchObject({ code: 0, stdout: expect.stringContaining(shows) });
    });

    test('the bot beside it goes on to be answered', async () => {
      expect(await lab.room.ask('user list-users')).toContain(user('alice'));
      const both = await Promise.all([
        exec('-o', 'json', '--', 'user', 'list-users'),
        lab.room.ask('user list-users'),
        exec('-o', 'json', '--', 'user', 'list-users'),
      ]);
      expect([both[0].code, both[2].code]).toEqual([0, 0]);
      expect(both[1]).toContain(user('carol'));
    });
  });
});
