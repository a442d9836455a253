import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/commands/index.ts';
import { flagsOf } from '../src/core/flags.ts';
import { type AdminRoom, openAdminRoom } from './e2e/admin-room.ts';
import { registerUser } from './homeserver/client.ts';
import { describeWithSynapse } from './homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from './homeserver/synapse.ts';

/** Examples name plans, jobs and events that nobody has; any other ❌ is a fault. */
const unknownHere = /^❌ (There is no (plan with the code|job)|This server does not know the event) `/;

const examples = commands.flatMap((command) => {
  const takesDryRun = flagsOf(command).some(({ longs }) => longs.includes('dry-run'));
  const creates = command.path.startsWith('user create-');
  return command.examples.map(([title, line]) => ({
    name: `${command.path}: ${title}`,
    line:
      takesDryRun && (command.danger === 'typed' || creates) && !line.includes('--dry-run')
        ? line.replace(/$/m, ' --dry-run')
        : line,
    creates,
  }));
});

describeWithSynapse('every example in the help', () => {
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    // The server of the examples, whose ids therefore are its own.
    server = await startSynapse({
      name: 'examples',
      serverName: 'example.org',
      config: { room_list_publication_rules: [{ action: 'allow' }] },
    });
    room = await openAdminRoom(server);
    await room.admin.createRoom({ preset: 'public_chat', name: 'Lobby', room_alias_name: 'lobby' });
  });
  afterAll(async () => {
    await room?.close();
    await server?.stop();
  });

  async function works(line: string): Promise<void> {
    const answer = await room.ask(line);
    if (!unknownHere.test(answer)) expect(answer).not.toMatch(/^❌/);
    expect(answer).not.toMatch(/Usage: |There is no command/);
    const yes = /send `(!admin confirm [a-z0-9]{5})`/.exec(answer)?.[1];
    if (yes !== undefined) expect(await room.ask(yes)).not.toMatch(/^❌/);
  }

  const rows = (creates: boolean) =>
    examples.filter((example) => example.creates === creates).map(({ name, line }) => [name, line] as const);

  describe('that makes accounts works while there are none', () => {
    test.each(rows(true))('%s', (_, line) => works(line));
  });

  describe('works where there is what it names', () => {
    beforeAll(async () => {
      for (const name of ['alice', 'bob', 'carol']) await registerUser(server, name);
    });
    test.each(rows(false))('%s', (_, line) => works(line));
  });
});
