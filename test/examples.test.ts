import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/commands/index.ts';
import { flagsOf } from '../src/core/flags.ts';
import { readHtml } from './core/html.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './e2e/admin-room.ts';
import { type HostLab, openHostLab } from './e2e/host-lab.ts';
import { backgroundUpdatesDone } from './homeserver/background-updates.ts';
import { loginPassword, registerUser } from './homeserver/client.ts';
import { describeWithSynapse } from './homeserver/describe-with-synapse.ts';
import { masterKey } from './homeserver/master-key.ts';
import { testPassword } from './homeserver/register-user.ts';
import type { Synapse } from './homeserver/synapse.ts';
import { deviceWasSeen } from './homeserver/write-database.ts';

/** Examples name plans, jobs, events, files and servers that nobody has here; any other ❌ is a fault. */
const unknownHere = new RegExp(
  `^❌ (${[
    'There is no (plan with the code|job|report) `',
    'This server does not know the event `',
    'There is no empty room',
    'This server has never sent anything to `',
    'There is no address for `',
    'This server has no file `',
    'Nothing of .* is in quarantine',
    'There is nothing to (do\\.|delete: )',
    'Nothing that is seen here has come since',
    'The server knows no purge `',
    'Synapse has had no communities',
    'The federation of .* is not disabled',
    'No account here logs in as `',
    'This homeserver offers me no way to do `native`',
  ].join('|')})`,
);

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
  let lab: HostLab;
  let server: Synapse;
  let room: AdminRoom;

  beforeAll(async () => {
    // The server of the examples, whose ids therefore are its own.
    lab = await openHostLab({
      name: 'examples',
      serverName: 'example.org',
      config: {
        room_list_publication_rules: [{ action: 'allow' }],
        registration_requires_token: true,
        server_notices: { system_mxid_localpart: 'notices' },
      },
    });
    server = lab.server;
    const irc = join(lab.appserviceDir, 'irc.yaml');
    const tokens = 'as_token: abcdefghijkl\nhs_token: mnopqrstuvwx';
    writeFileSync(irc, `id: irc\nurl: null\nsender_localpart: irc\nnamespaces: {}\n${tokens}\n`);
    writeFileSync(lab.dropIn, `app_service_config_files: [${JSON.stringify(irc)}]\n`);
    await server.restart();
    room = await openAdminRoom(server, { config: { host: lab.host } });
    await room.admin.createRoom({
      preset: 'public_chat',
      name: 'Lobby',
      room_alias_name: 'lobby',
      power_level_content_override: { users: { [room.admin.userId]: 100, '@alice:example.org': 100 } },
    });
  });
  afterAll(async () => {
    await room?.close();
    await lab?.close();
  });

  /** Devices, one of them unused for long, keys, a file, a message, a token and a deactivated account. */
  async function somethingToLookAt(): Promise<void> {
    const bob = '@bob:example.org';
    for (const device_id of ['ABCDEFGHIJ', 'OLDPHONE']) {
      await room.admin.admin('POST', `/v2/users/${bob}/devices`, { device_id });
    }
    deviceWasSeen(server, bob, 'ABCDEFGHIJ', Date.now());
    deviceWasSeen(server, bob, 'OLDPHONE', Date.now() - 400 * 86_400_000);
    const alice = await loginPassword(server, 'alice', testPassword);
    await alice.upload('a picture', 'image/png');
    await alice.request('POST', '/_matrix/client/v3/keys/device_signing/upload', {
      master_key: masterKey(alice.userId),
    });
    await room.admin.admin('POST', '/v1/registration_tokens/new', { token: 'Lobby-2026' });
    await registerUser(server, 'dora');
    await room.admin.admin('POST', '/v1/deactivate/@dora:example.org', { erase: false });
    await alice.send(await alice.join('#lobby:example.org'), 'hello');
  }

  /** Says it, and holds the answer to what clients show (readHtml). */
  async function ask(line: string): Promise<string> {
    const answer = await room.answerTo(await room.admin.send(room.roomId, line));
    expect(answer.content.format).toBe('org.matrix.custom.html');
    readHtml(String(answer.content.formatted_body));
    return bodyOf(answer);
  }

  async function works(line: string): Promise<void> {
    const answer = await ask(line);
    if (!unknownHere.test(answer)) expect(answer).not.toMatch(/^❌/);
    expect(answer).not.toMatch(/Usage: |There is no command/);
    const yes = /send `(!admin confirm [a-z0-9]{5})`/.exec(answer)?.[1];
    if (yes !== undefined) expect(await ask(yes)).not.toMatch(/^❌/);
  }

  const rows = (creates: boolean) =>
    examples.filter((example) => example.creates === creates).map(({ name, line }) => [name, line] as const);

  describe('that makes accounts works while there are none', () => {
    test.each(rows(true))('%s', (_, line) => works(line));
  });

  describe('works where there is what it names', () => {
    beforeAll(async () => {
      for (const name of ['alice', 'bob', 'carol']) await registerUser(server, name);
      await somethingToLookAt();
      await backgroundUpdatesDone(server);
    });
    test.each(rows(false))('%s', (_, line) => works(line));
  });
});
