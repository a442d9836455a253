import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { bodyOf } from './admin-room.ts';
import { usage, type Version } from './native-homeserver.ts';
import { openRelayLab, type RelayLab } from './relay-lab.ts';
import { jobEnd, jobIn } from './run-job.ts';
import type { DialectName } from './scripted-server-user.ts';
import { fromStore } from './store-file.ts';
import { column } from './tables.ts';
import { testWhere } from './test-where.ts';

/** What this dialect has; what it lacks is asked for all the same, and has to be refused with the nearest thing. */
export interface Has {
  readonly suspend?: true;
  readonly lock?: true;
  readonly ownPassword?: true;
  readonly endsSessions?: true;
  readonly reactivate?: true;
  readonly joinedRooms?: true;
  readonly ban?: true;
  readonly members?: true;
  readonly topic?: true;
  readonly aliasList?: true;
  readonly setAlias?: true;
  readonly makeAdmin?: true;
  readonly tokens?: 'one limit' | 'both limits';
  readonly registration?: true;
  readonly mediaByAge?: true;
  readonly fileInfo?: true;
  readonly listMedia?: true;
  readonly memory?: true;
  readonly keepRooms?: true;
  readonly names?: true;
  readonly events?: true;
  readonly restart?: true;
  readonly devices?: true;
  readonly deletesRooms?: true;
  readonly blocksMedia?: true;
}

/** Every action of the reference's table through the real bot, on a homeserver of this kind. */
export function describeRelay(dialect: DialectName, version: Version, has: Has): void {
  describeWithSynapse(`${dialect} ${version}, through the bot`, () => {
    let server: Synapse;
    let lab: RelayLab;
    let lobby: string;
    const user = (name: string) => `@${name}:${server.serverName}`;
    const ask = (line: string) => lab.room.ask(line);
    const state = () => lab.native.state;
    const lastAsked = (pattern: RegExp) => lab.native.asked.findLast((body) => pattern.test(body)) ?? '';
    const unsupported = (answer: string) => {
      expect(answer).toMatch(
        /^❌ (\S+ has no way to|This homeserver offers me no way|\S+ does not|\S+ cannot|\S+ takes no|I )/,
      );
      return answer;
    };
    /** A command that begins a job, confirmed; resolves to its report. */
    async function job(line: string, word?: string, body?: string): Promise<string> {
      return bodyOf(await jobEnd(lab.room, jobIn(await lab.room.askAndConfirm(line, word, body))));
    }

    beforeAll(async () => {
      server = await startSynapse({
        name: `relay-${dialect}-${version}`,
        config: {
          room_list_publication_rules: [{ action: 'allow' }],
          alias_creation_rules: [{ action: 'allow' }],
          enable_registration: true,
          enable_registration_without_verification: true,
        },
      });
      lab = await openRelayLab(server, dialect, { version });
      const { other, native } = lab;
      state().users.add(other.userId.slice(1).split(':')[0] ?? '');
      lobby = await other.createRoom({ preset: 'public_chat', name: 'Lobby', topic: 'Come in' });
      for (const name of ['bob', 'carol', 'dora', 'gone', 'stays', 'spam1', 'spam2']) state().users.add(name);
      state().rooms.set(lobby, {
        members: [user('bob'), user('carol'), '@dave:y.org'],
        name: 'Lobby',
        topic: 'Come in',
      });
      state().rooms.set(`!small:${server.serverName}`, { members: [user('bob')], name: 'Small' });
      native.state.files.set(`mxc://${server.serverName}/one`, 'image/png');
      native.state.files.set(`mxc://${server.serverName}/two`, 'image/png');
      native.state.files.set('mxc://y.org/far', 'image/png');
      state().events.set('$said', {
        type: 'm.room.message',
        room_id: lobby,
        sender: user('bob'),
        origin_server_ts: 1,
        content: { body: 'x' },
      });
    });
    afterAll(async () => {
      await lab?.close();
      await server?.stop();
    });

    describe('accounts', () => {
      test('are listed, with who is an admin', async () => {
        const answer = await ask('user list-users');
        expect(column(answer, 'User')).toContain(user('bob'));
        expect(column(await ask('user list-users --admins'), 'User')).toEqual(
          [lab.room.botAccount.userId, lab.admin.userId].toSorted(),
        );
        expect(column(await ask('user list -n car'), 'User')).toEqual([user('carol')]);
        expect(await ask('user details bob')).toContain(user('bob'));
        expect(await ask('user available bob')).toMatch(/^No:/);
      });

      test('are created with a password made here, which goes to the requester and stands in no other room', async () => {
        const answer = await ask('user create-user alice');
        expect(answer).toContain(`✅ Created \`${user('alice')}\``);
        expect(answer).toContain('The secret is in a direct message');
        expect(state().users).toContain('alice');
        const sent = lastAsked(/create-user/);
        const password = sent.split(' ').at(-1) ?? '';
        expect(password).toMatch(/^[A-Za-z0-9]{25}$/);
        expect(answer).not.toContain(password);
        // Both messages in the homeserver's own room are taken away again.
        await lab.native.client.waitForEvent(lab.native.roomId, ({ type, redacts, content }) => {
          return type === 'm.room.redaction' && (redacts ?? content.redacts) !== undefined;
        });
        const left = async () =>
          (await lab.native.client.messages(lab.native.roomId)).filter((event) =>
            JSON.stringify(event.content).includes(password),
          );
        for (let tries = 0; tries < 2000 && (await left()).length > 0; tries++)
          await new Promise((done) => setTimeout(done, 50));
        expect(await left()).toEqual([]);
        expect(await ask('user create-user alice')).toContain(`❌ The account \`${user('alice')}\` exists already`);
      });

      test('that the homeserver refuses are no success', async () => {
        lab.native.next(/create-user/, {
          text:
            dialect === 'conduit'
              ? 'Userid @x:y is not allowed due to historical'
              : failureText('Username is forbidden'),
        });
        const answer = await ask('user create-user forbidden');
        expect(answer).toMatch(/^❌ The homeserver refused/);
        expect(state().users).not.toContain('nobody');
      });

      test('get a new password', async () => {
        const answer = await ask('user reset-password carol');
        expect(answer).toContain(`✅ Set a new password for \`${user('carol')}\``);
        expect(answer).toContain('The secret is in a direct message');
        expect(answer).toContain(has.endsSessions ? 'All its sessions were ended' : 'Its sessions go on');
        expect(answer).not.toMatch(/madebytheserver|conduitmade/);
        expect(await ask('user reset-password nobody')).toContain('❌ There is no account');
        const given = await ask('user reset-password carol GivenPassword1');
        if (has.ownPassword) expect(unsupported(given)).toContain('makes one itself');
        else expect(given).toContain('✅ Set a new password');
      });

      testWhere(has.reactivate)('are opened again', async () => {
        const { userId } = await registerUser(server, 'sleeper');
        state().closed.add('sleeper');
        // The way back is no second account.
        expect(await ask('user create-user sleeper')).toMatch(/❌.*user reactivate/s);
        expect(await ask('user reactivate sleeper')).toContain('is back');
        expect(lastAsked(/reset-password/)).toContain(dialect === 'conduit' ? 'sleeper' : '--convert-to-local-account');
        expect(state().users).toContain('sleeper');
        expect(await ask(`user reactivate ${userId}`)).toContain('is not deactivated');
      });

      test('may have names that nobody could get today', async () => {
        for (const name of ['bridge/one', 'a+b', '_old', '.dotted']) state().users.add(name);
        expect(await ask('user reset-password dora')).toContain('✅');
        for (const name of ['bridge/one', 'a+b', '_old', '.dotted'])
          expect(await ask(`user reset-password @${name}:${server.serverName}`)).toContain('✅ Set a new password');
        expect(lastAsked(/\.dotted/)).toMatch(/reset-password/);
      });

      testWhere(has.suspend)('are suspended and let write again', async () => {
        expect(await ask('user suspend bob')).toContain('✅ Suspended');
        expect(state().suspended).toContain('bob');
        expect(await ask('user unsuspend bob')).toContain('can write again');
        expect(state().suspended).not.toContain('bob');
        expect(await ask('user suspend nobody')).toContain('❌ There is no account');
      });

      testWhere(has.lock)('are locked, unlocked and logged out', async () => {
        expect(await ask('user lock bob')).toContain('✅ Locked');
        expect(state().locked).toContain('bob');
        expect(await ask('user unlock bob')).toContain('can use its account again');
        expect(await lab.room.askAndConfirm('user logout bob')).toContain('logged out everywhere');
      });

      testWhere(!has.suspend)(
        'cannot be suspended, locked or logged out, which is said with what is near',
        async () => {
          for (const line of ['user suspend bob', 'user lock bob']) unsupported(await ask(line));
          if (!has.devices) unsupported(await ask('user logout bob'));
        },
      );

      testWhere(has.devices)('have devices, which are deleted one by one and all together', async () => {
        state().devices.set('bob', ['ONE', 'TWO', 'THREE']);
        expect(column(await ask('user devices bob'), 'Device')).toEqual(['ONE', 'TWO', 'THREE']);
        expect(await lab.room.askAndConfirm('user delete-device bob TWO')).toContain('Deleted the device `TWO`');
        expect(state().devices.get('bob')).toEqual(['ONE', 'THREE']);
        expect(await ask('user delete-device bob TWO')).toMatch(/^❌ .* has no device/);
        expect(await lab.room.askAndConfirm('user logout bob')).toContain('2 devices deleted, none is left');
        expect(state().devices.get('bob')).toEqual([]);
        expect(await ask('user logout bob')).toContain('logged in nowhere');
      });

      test('are closed when the exact id is typed again, and not before', async () => {
        const plan = await ask('user deactivate gone');
        expect(plan).toContain(user('gone'));
        const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
        expect(await ask(`confirm ${code} gone`)).toMatch(/^❌/);
        expect(state().users).toContain('gone');
        expect(await ask(`confirm ${code} ${user('gone')}`)).toMatch(/^✅ Deactivated/);
        expect(state().users).not.toContain('gone');
        expect(lastAsked(/deactivate/)).toMatch(dialect === 'conduit' ? /--leave-rooms/ : /deactivate @gone/);
        expect(await ask('user deactivate gone')).toMatch(/^❌/);
      });

      testWhere(has.keepRooms)('are closed and stay in their rooms', async () => {
        expect(await lab.room.askAndConfirm('user deactivate stays -n', user('stays'))).toContain('its rooms are kept');
        expect(lastAsked(/deactivate/)).toMatch(dialect === 'conduit' ? /deactivate-user @stays/ : /--no-leave-rooms/);
      });

      testWhere(!has.keepRooms)('cannot be closed and stay in their rooms where that would do nothing', async () => {
        expect(await lab.room.askAndConfirm('user deactivate stays -n', user('stays'))).toMatch(/^❌/);
        expect(state().users).toContain('stays');
      });

      test('are closed by the list, one after the other, the bot and admins left out', async () => {
        const bot = lab.room.botAccount.userId;
        const report = await job('user deactivate-all', '2', `spam1\n${bot}\nspam2\nnobody\n${lab.admin.userId}`);
        expect(report).toContain('2');
        for (const name of ['spam1', 'spam2']) expect(state().users).not.toContain(name);
        expect(lab.native.asked.filter((body) => body.includes('deactivate') && body.includes(bot))).toEqual([]);
      });

      testWhere(has.makeAdmin)('are made admins', async () => {
        expect(await lab.room.askAndConfirm('user make-user-admin dora')).toContain('is a server admin now');
        expect(lastAsked(/make-user-admin/)).toContain(user('dora'));
      });

      testWhere(dialect === 'tuwunel')(
        'are no admins any more, also where the version has no word for it',
        async () => {
          const name = lab.other.userId.slice(1).split(':')[0] ?? '';
          await lab.native.client.invite(lab.native.roomId, lab.other.userId);
          await lab.other.join(lab.native.roomId);
          state().admins.add(name);
          expect(await lab.room.askAndConfirm(`user revoke-user-admin ${name}`)).toContain('✅');
          expect(state().admins).not.toContain(name);
          lab.native.next(/revoke-admin/, { text: usage("unrecognized subcommand 'revoke-admin'") });
          expect(await lab.room.askAndConfirm(`user revoke-user-admin ${name}`)).toContain('✅');
          expect(await lab.native.client.joinedMembers(lab.native.roomId)).not.toContain(lab.other.userId);
        },
      );

      testWhere(dialect === 'conduit')('are made admins by an invite to its room', async () => {
        const name = lab.other.userId.slice(1).split(':')[0] ?? '';
        expect(await lab.room.askAndConfirm(`user make-user-admin ${name}`)).toContain('is a server admin now');
        await lab.other.join(lab.native.roomId);
        expect(await lab.native.client.joinedMembers(lab.native.roomId)).toContain(lab.other.userId);
        expect(await lab.room.askAndConfirm(`user revoke-user-admin ${name}`)).toContain('✅');
        expect(await lab.native.client.joinedMembers(lab.native.roomId)).not.toContain(lab.other.userId);
      });

      testWhere(has.joinedRooms)('are found in their rooms', async () => {
        const answer = await ask('user list-joined-rooms bob');
        expect(column(answer, 'Room')).toContain(lobby);
        expect(await ask('user list-joined-rooms dora')).toContain('is in no room');
        expect(column(await ask('federation remote-user-in-rooms @dave:y.org'), 'Room')).toEqual([lobby]);
      });

      testWhere(has.joinedRooms)('are brought into a room and out of it, demoted and tagged', async () => {
        expect(await ask(`user force-join-room dora ${lobby}`)).toContain('✅');
        expect(state().rooms.get(lobby)?.members).toContain(user('dora'));
        expect(await ask(`user put-room-tag dora ${lobby} u.work`)).toContain('is tagged');
        expect(column(await ask(`user get-room-tags dora ${lobby}`), 'Tag')).toEqual(['u.work']);
        expect(await ask(`user delete-room-tag dora ${lobby} u.work`)).toContain('✅');
        expect(await lab.room.askAndConfirm(`user force-demote dora ${lobby}`)).toContain('has given up its power');
        expect(await ask(`user force-leave-room dora ${lobby}`)).toContain('has left');
        expect(state().rooms.get(lobby)?.members).not.toContain(user('dora'));
      });

      testWhere(!has.joinedRooms)('are nowhere to be found, which is said', async () => {
        expect(unsupported(await ask('user list-joined-rooms bob'))).toContain('does not tell in which rooms');
      });

      testWhere(has.events)('have one message taken back', async () => {
        expect(await lab.room.askAndConfirm("user redact-event '$said'")).toContain('✅ Redacted');
        expect(lastAsked(/redact-event/)).toContain('$said');
      });
    });

    describe('registration', () => {
      testWhere(has.tokens)('tokens are issued, listed and revoked, and none stands in the room', async () => {
        const answer = await ask('token create --uses 1');
        expect(answer).toContain('✅ Made the registration token');
        const [token = ''] = state().tokens.keys();
        expect(answer).not.toContain(token);
        expect(await ask('token list')).toContain(`${token.slice(0, 4)}…`);
        expect(await ask(`token delete ${token}`)).toContain('✅ Deleted');
        expect(state().tokens.size).toBe(0);
        expect(await ask('token create --max-age 7d')).toContain('✅ Made');
        expect(lastAsked(/token issue/)).toMatch(/--max-age[ =]60480\ds$/);
        const both = await ask('token create --uses 1 --max-age 7d');
        if (has.tokens === 'one limit')
          expect(both).toContain('❌ continuwuity limits a registration token by its uses');
        else expect(both).toContain('✅ Made');
        expect(await ask('token create --token Mine1234')).toContain('❌ This homeserver makes up its tokens itself');
      });

      testWhere(has.tokens)('tokens are minted several at a time', async () => {
        state().tokens.clear();
        const answer = await ask('token issue-many 3');
        expect(answer).toContain('✅ Made 3 registration tokens, each for one account');
        expect(state().tokens.size).toBe(3);
        if (has.tokens === 'one limit') expect(answer).toContain('no end');
        for (const token of state().tokens.keys()) expect(answer).not.toContain(token);
      });

      testWhere(!has.tokens)('tokens are not to be had here, which is said', async () => {
        const answer = await ask('token create --uses 1');
        expect(answer).toContain('❌ This homeserver offers me no way to do `token create`');
        expect(answer).toMatch(dialect === 'conduit' ? /native allow-registration true/ : /native -- --help/);
      });

      testWhere(has.registration)('is looked at, opened and closed', async () => {
        expect(await ask('allow-registration')).toContain('**closed**');
        expect(await lab.room.askAndConfirm('allow-registration true')).toContain('**open**');
        expect(state().registration).toBe(true);
        expect(await lab.room.askAndConfirm('allow-registration false')).toContain('**closed**');
      });

      testWhere(!has.registration)('is no business of the room', async () => {
        unsupported(await ask('allow-registration'));
      });
    });

    describe('rooms', () => {
      test('are listed, most members first', async () => {
        const answer = await ask('room list-rooms');
        expect(column(answer, 'Room').slice(0, 1)).toEqual([lobby]);
        if (has.names) expect(column(answer, 'Name')[0]).toBe('Lobby');
        expect(await ask(`room exists ${lobby}`)).toContain(
          '3 members'.replace('3', String(state().rooms.get(lobby)?.members.length)),
        );
        expect(await ask('room exists !nothing:x.org')).toMatch(/^No: this server does not know/);
      });

      test('are listed past a hundred', async () => {
        for (let n = 0; n < 205; n++)
          state().rooms.set(`!many${n}:x.org`, { members: ['@a:x.org'], name: `Many ${n}` });
        // What was read a moment ago is good until something is changed.
        expect(await ask('user reset-password dora')).toContain('✅');
        expect(await ask('room list-rooms --limit 10 --page 21')).toContain('!many204:x.org');
        if (dialect !== 'conduit') expect(lastAsked(/rooms? list/)).toMatch(/list 3$/);
        for (let n = 0; n < 205; n++) state().rooms.delete(`!many${n}:x.org`);
        expect(await ask('user reset-password dora')).toContain('✅');
      });

      testWhere(has.members)('tell who is in them', async () => {
        expect(column(await ask(`room members ${lobby}`), 'User')).toContain('@dave:y.org');
        expect(column(await ask(`room members ${lobby} --local-only`), 'User')).not.toContain('@dave:y.org');
      });

      testWhere(has.topic)('tell their topic', async () => {
        expect(await ask(`room topic ${lobby}`)).toContain('Come in');
      });

      test('are shut to other servers and opened again', async () => {
        expect(await lab.room.askAndConfirm(`federation disable-room ${lobby}`)).toContain('takes in nothing more');
        expect(state().disabled).toContain(lobby);
        expect(await lab.room.askAndConfirm(`enable-room ${lobby}`)).toContain('takes in again');
        expect(state().disabled).not.toContain(lobby);
      });

      testWhere(has.ban)('are banned, listed and unbanned', async () => {
        const small = `!small:${server.serverName}`;
        const report = await job(`room moderation ban-room ${small}`, small);
        expect(report).toContain('done');
        expect(state().banned).toContain(small);
        if (dialect === 'palpo') expect(report).toContain('leaves the people of this server in it');
        expect(await ask('room moderation list-banned-rooms')).toContain(small);
        expect(await ask(`room moderation unban-room ${small}`)).toContain('Lifted the ban');
        expect(state().banned).not.toContain(small);
      });

      testWhere(has.deletesRooms)('are deleted, and nothing is asked for that it cannot do', async () => {
        const gone = `!gone:${server.serverName}`;
        state().rooms.set(gone, { members: [user('bob'), '@dave:y.org'], name: 'Gone' });
        expect(await job(`room delete ${gone} --block`, gone)).toContain('takes no');
        expect(state().rooms.has(gone)).toBe(true);
        expect(await job(`room delete ${gone}`, gone)).toContain('1 person removed');
        expect(state().rooms.has(gone)).toBe(false);
        expect(lastAsked(/rooms delete/)).toMatch(new RegExp(`rooms delete ${gone}$`));
        expect(await ask('room purge-empty')).toContain('room prune-empty');
      });

      testWhere(has.deletesRooms)(
        'are asked about when the answer to their deletion is lost, and not deleted twice',
        async () => {
          const gone = `!lost:${server.serverName}`;
          state().rooms.set(gone, { members: [user('bob')], name: 'Lost' });
          lab.native.next(/rooms delete/, { panic: true });
          expect(await job(`room delete ${gone}`, gone)).toContain('1 person removed');
          expect(lab.native.asked.filter((body) => body.includes(`rooms delete ${gone}`))).toHaveLength(1);
          const stays = `!stuck:${server.serverName}`;
          state().rooms.set(stays, { members: [], name: 'Stuck' });
          lab.native.next(/rooms delete/, { idle: true, panic: true });
          expect(await job(`room delete ${stays}`, stays)).toContain('the room is still there');
          expect(state().rooms.has(stays)).toBe(true);
          state().rooms.delete(stays);
        },
      );

      testWhere(!has.ban)('cannot be banned, which is said with what is near', async () => {
        const answer = await job(`room moderation ban-room ${lobby}`, lobby);
        expect(answer).toMatch(/no way to|disable-room/);
        expect(state().banned.size).toBe(0);
      });

      test('get and lose an alias', async () => {
        expect(await ask(`room alias set ${lobby} entrance`)).toContain('leads to');
        expect(await ask('room alias which entrance')).toContain(lobby);
        if (has.aliasList)
          expect(column(await ask('room alias list'), 'Alias')).toContain(`#entrance:${server.serverName}`);
        if (!has.setAlias) state().aliases.set('entrance', lobby);
        const removed = await ask('room alias remove entrance');
        if (has.setAlias) {
          expect(removed).toContain('✅ Removed');
          expect(await ask('room alias remove entrance')).toContain('leads nowhere');
        } else expect(removed).toContain('✅ Removed');
        expect(await ask(`room alias set ${lobby} admins`)).toContain('❌');
      });

      testWhere(has.setAlias)('get into the directory and out of it', async () => {
        expect(await ask(`room directory publish ${lobby}`)).toContain('is in the public directory now');
        expect(state().published).toContain(lobby);
        expect(column(await ask('room directory list'), 'Room')).toContain(lobby);
        expect(await ask(`room directory unpublish ${lobby}`)).toContain('is out of the public directory');
      });
    });

    describe('files', () => {
      test('are deleted, also those of other servers', async () => {
        const one = `mxc://${server.serverName}/one`;
        const report = await job(`media delete-media --mxc ${one}`);
        expect(report).toContain('done');
        expect(state().files).not.toContain(one);
        await job('media delete-media-list', undefined, `mxc://${server.serverName}/two\nmxc://y.org/far`);
        expect(state().files.size).toBe(0);
        if (has.fileInfo) expect(await ask(`media delete-media --mxc ${one}`)).toContain('❌');
      });

      testWhere(has.mediaByAge)('are deleted by age and by who uploaded them', async () => {
        const report = await job('media delete-past-remote-media 30d --before', server.serverName);
        expect(report).toContain('7');
        expect(lastAsked(/before|older/)).toMatch(/2592\d\d\ds/);
        expect(await job('media delete-past-remote-media 1h --after', server.serverName)).toContain('7 files deleted');
        expect(await job('user delete-media bob', user('bob'))).toContain('3 files deleted');
      });

      testWhere(has.blocksMedia)('are blocked and unblocked as if in quarantine, and purged by account', async () => {
        const bad = `mxc://${server.serverName}/bad`;
        state().files.set(bad, 'image/png');
        const told = await ask(`media get-file-info ${bad}`);
        for (const fact of ['image/png', 'a.png', user('bob')]) expect(told).toContain(fact);
        expect(await job(`media quarantine -U ${bad}`)).toContain('done');
        expect(state().blocked).toContain(bad);
        expect(await ask(`media get-file-info ${bad}`)).toContain('the homeserver');
        expect(bodyOf(await jobEnd(lab.room, jobIn(await ask(`media unquarantine -U ${bad}`))))).toContain('done');
        expect(state().blocked).not.toContain(bad);
        expect(await ask(`media quarantine -U mxc://${server.serverName}/none`)).toMatch(/^❌/);
        expect(await job('user delete-media bob', user('bob'))).toContain('deleted');
        expect(state().purged).toEqual([user('bob')]);
        state().files.delete(bad);
      });

      testWhere(has.listMedia)('of an account are listed', async () => {
        state().files.set(`mxc://${server.serverName}/three`, 'image/png');
        expect(await ask('media list -u bob')).toContain(`mxc://${server.serverName}/three`);
      });
    });

    describe('the server', () => {
      test('shows its configuration, no secret in it', async () => {
        const answer = await ask('server show-config');
        expect(answer).toContain('server_name: example.org');
        expect(answer).not.toContain('CANARY');
        expect(await ask('native server show-config --dry-run')).not.toContain('CANARY');
      });

      testWhere(has.memory)('tells its memory and clears its caches', async () => {
        expect(await ask('memory-usage')).toContain('Services:');
        expect(await lab.room.askAndConfirm('server clear-caches')).toContain('✅ Emptied');
        expect(await lab.room.askAndConfirm('clear-database-caches 5')).toContain('✅ Emptied');
        if (dialect === 'conduit') expect(lastAsked(/clear-/)).toMatch(/clear-database-caches 5$/);
      });

      testWhere(!has.memory)('does not tell its memory, which is said', async () => {
        unsupported(await ask('memory-usage'));
      });

      testWhere(has.restart)('reads its configuration again and restarts', async () => {
        expect(await ask('server reload-config')).toContain('✅');
        expect(await lab.room.askAndConfirm('server restart')).toContain('restarts now');
      });

      test('tells its version without its room', async () => {
        const before = lab.native.asked.length;
        expect(await ask('server version')).toMatch(/\(by its admin room\) /);
        expect(lab.native.asked).toHaveLength(before);
      });

      test('registers, lists and unregisters a bridge, whose tokens stand nowhere afterwards', async () => {
        const yaml =
          'id: irc\nurl: null\nas_token: "CANARYas"\n\nhs_token: "CANARYhs"\nsender_localpart: ircbot\nnamespaces: {}';
        const line = 'appservice register';
        const answer = await lab.room.askAndConfirm(line, undefined, yaml);
        expect(answer).toContain('✅ Registered `irc`');
        expect(state().appservices.get('irc')).toContain('CANARYas');
        expect(column(await ask('appservice list'), 'Id')).toEqual(['irc']);
        if (dialect === 'conduit') unsupported(await ask('appservice show irc'));
        else {
          const shown = await ask('appservice show irc');
          expect(shown).toContain('ircbot');
          expect(shown).not.toContain('CANARY');
        }
        expect(await lab.room.askAndConfirm('appservice unregister irc')).toContain('✅ Unregistered');
        expect(state().appservices.size).toBe(0);
      });

      test('gets any text by native, and the answer is shown as it came', async () => {
        const line = dialect === 'conduit' ? 'list-rooms' : `${dialect === 'palpo' ? 'room' : 'rooms'} list`;
        expect(await lab.room.askAndConfirm(`native ${line}`)).toContain(lobby);
        expect(await lab.room.askAndConfirm('native no such thing')).toContain('❌ The homeserver says that it failed');
        const bot = lab.room.botAccount.userId;
        const kill = dialect === 'conduit' ? `deactivate-user ${bot}` : `users deactivate ${bot}`;
        expect(await lab.room.askAndConfirm(`native ${kill}`)).toContain('is refused');
        expect(lab.native.asked.some((body) => body.includes(kill))).toBe(false);
      });
    });

    describe('what it lacks', () => {
      const devices = has.devices ? [] : ['user devices bob'];
      const deletion = has.deletesRooms ? [] : ['room delete {room}'];
      test.each([
        ...devices,
        ...deletion,
        'user find-by-threepid email a@x.org',
        'user shadow-ban bob',
        'user whois bob',
        'user redact bob',
        'room forward-extremities {room}',
        'room hierarchy {room}',
        'media statistics',
        'federation destinations',
        'history purge {room} --before-days 30',
        'report list',
        'notice send @bob:castellan.test hello',
        'raw GET /_synapse/admin/v1/server_version',
        'server background-updates',
      ])('is said, with what it has: %s', async (line) => {
        const before = lab.native.asked.length;
        const writes = /create|reset|deactivate|suspend|lock|issue|ban-room|delete|register/;
        const first = await ask(line.replace('{room}', lobby));
        const code = /confirm ([a-z0-9]{5})/.exec(first)?.[1];
        const answer = code === undefined ? first : await ask(`confirm ${code} ${lobby}`);
        const said = answer.includes('job cancel') ? bodyOf(await jobEnd(lab.room, jobIn(answer))) : answer;
        expect(said).toMatch(/no way to|does not tell|takes no|cannot/);
        expect(said).not.toContain('✅');
        // Nothing of it has been tried.
        expect(lab.native.asked.slice(before).filter((body) => writes.test(body))).toEqual([]);
        // A second paragraph, with what to do in place of it.
        expect(said.split('\n\n').length).toBeGreaterThan(1);
      });
    });

    test('every change stands in the audit log, how it was begun and how it ended', () => {
      const records = fromStore(
        lab.room.dataDir,
        "SELECT command, json_extract(record, '$.kind') AS kind, json_extract(record, '$.source') AS source FROM audit",
      );
      const begun = records.filter(({ kind }) => kind === 'intent');
      const ended = new Set(
        records.filter(({ kind }) => kind === 'outcome').map(({ command, source }) => `${command} ${source}`),
      );
      for (const { command, source } of begun) expect(ended).toContain(`${command} ${source}`);
      const commands = new Set(begun.map(({ command }) => command));
      for (const command of [
        'user create-user',
        'user reset-password',
        'user deactivate',
        'user make-user-admin',
        'federation disable-room',
        'room alias remove',
        'media delete-media',
        'appservice register',
        'appservice unregister',
        'native',
        ...(has.suspend ? ['user suspend', 'user unsuspend', 'user lock', 'user unlock', 'user logout'] : []),
        ...(has.reactivate ? ['user reactivate'] : []),
        ...(has.tokens ? ['token create', 'token delete', 'token issue-many'] : []),
        ...(has.registration ? ['server allow-registration'] : []),
        ...(has.memory ? ['server clear-caches'] : []),
      ])
        expect(commands).toContain(command);
    });

    function failureText(message: string): string {
      const shown = dialect === 'palpo' ? `Public(\n    "${message}",\n)` : message;
      return `Command failed with error:\n\`\`\`\n${shown}\n\`\`\``;
    }
  });
}
