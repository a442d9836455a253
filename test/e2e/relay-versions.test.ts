import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import { column } from './tables.ts';

/** Where the words have changed from version to version. */
describeWithSynapse('the older versions of continuwuity', () => {
  let server: Synapse;
  beforeAll(async () => {
    server = await startSynapse({
      name: 'relay-versions',
      config: { enable_registration: true, enable_registration_without_verification: true },
    });
  });
  afterAll(() => server?.stop());

  describe.each(['0.5', '26.6'] as const)('%s', (version) => {
    let lab: RelayLab;
    const { ask, close } = {
      ask: (line: string) => lab.room.ask(line),
      close: () => lab?.close(),
    };
    beforeAll(async () => {
      lab = await openRelayLab(server, 'continuwuity', { version });
      lab.native.state.users.add('bob');
    });
    afterAll(close);

    test('create, and refuse a name that is taken', async () => {
      expect(await ask('user create-user alice')).toContain('✅ Created');
      lab.native.state.closed.add('closed');
      expect(await ask('user create-user closed')).toMatch(
        /^❌ The homeserver refused: (Username is not available|User .* already exists)/,
      );
    });

    test('reset, list and issue tokens', async () => {
      expect(await ask('user reset-password bob')).toContain('All its sessions were ended');
      expect(column(await ask('user list-users'), 'User')).toContain(`@alice:${server.serverName}`);
      expect(await ask('token create --uses 1')).toContain('✅ Made');
    });

    test('open a closed account again, which they do without a word', async () => {
      // Its name is taken by the client API's word, and the list has it not: it is closed.
      const name = lab.other.userId.slice(1).split(':')[0] ?? '';
      lab.native.state.closed.add(name);
      expect(await ask(`user details ${name}`)).toMatch(/Deactivated\s*\| yes/);
      expect(await ask(`user reset-password ${name}`)).toContain('is deactivated');
      const answer = await ask(`user reactivate ${name}`);
      expect(answer).toContain('is back');
      expect(answer).toContain('Nobody can log in to it yet');
      expect(lab.native.asked.some((body) => body.includes('--convert-to-local-account'))).toBe(true);
      expect(lab.native.state.users).toContain(name);
    });
  });
});
