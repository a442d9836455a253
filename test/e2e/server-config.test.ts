import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { type HostLab, openHostLab } from './host-lab.ts';

/** Secrets as an operator has them in homeserver.yaml; Synapse starts with all of them. */
const planted = {
  macaroon_secret_key: 'planted-macaroon',
  form_secret: 'planted-form',
  turn_shared_secret: 'planted-turn',
  turn_uris: ['turn:turn.example.org'],
  recaptcha_private_key: 'planted-captcha',
  password_config: { enabled: true, pepper: 'planted-pepper' },
  email: { smtp_host: '127.0.0.1', smtp_user: 'synapse', smtp_pass: 'planted-mail', notif_from: 'x@example.org' },
  extra_well_known_client_content: { 'org.example': 'the same as planted-form' },
};

describeWithSynapse('the homeserver’s configuration', () => {
  let lab: HostLab;
  let room: AdminRoom;

  beforeAll(async () => {
    lab = await openHostLab({
      config: planted,
      name: 'server-config',
      dropInText: '# mine, and I explain it\nmax_avatar_size: 10M # for phones\n',
    });
    room = await openAdminRoom(lab.server, { config: { host: lab.host } });
  });
  afterAll(async () => {
    await room?.close();
    await lab?.close();
  });
  afterEach(() => lab.instead.clear());

  const registers = async (): Promise<number> => {
    const response = await fetch(`${lab.server.url}/_matrix/client/v3/register`, { method: 'POST', body: '{}' });
    return response.status;
  };

  test('show-config shows what is in force, from which file, without a secret', async () => {
    const all = await room.ask('server show-config -o json');
    expect(all).toContain('castellan.test');
    expect(all).not.toContain(lab.server.sharedSecret);
    expect(all).toContain('"registration_shared_secret": "•••"');
    const one = await room.ask('show-config max_avatar_size');
    expect(one).toContain('10M');
    expect(one).toContain('50-castellan.yaml');
    expect(await room.ask('server show-config max_avatar_sise')).toContain('max_avatar_size');
  });

  test('none of the secrets in its files is shown, in whatever form', async () => {
    for (const line of [
      'show-config',
      'show-config -o json',
      'show-config -o csv',
      ...Object.keys(planted).map((key) => `server show-config ${key}`),
    ]) {
      const eventId = await room.admin.send(room.roomId, `!admin ${line}`);
      const answer = await room.answerTo(eventId);
      expect(JSON.stringify(answer)).not.toContain('planted');
    }
  });

  test('set-config writes one key, keeps the comments, and is in force after a restart', async () => {
    const plan = await room.ask('server set-config max_upload_size 3M --dry-run');
    expect(plan).toContain('3M');
    expect(plan).toContain('server restart');
    expect(lab.readDropIn()).not.toContain('max_upload_size');
    const answer = await room.askAndConfirm('server set-config max_upload_size 3M');
    expect(answer).toContain('✅');
    expect(lab.readDropIn()).toBe('# mine, and I explain it\nmax_avatar_size: 10M # for phones\nmax_upload_size: 3M\n');
    const limit = async () => (await room.admin.request('GET', '/_matrix/client/v1/media/config'))['m.upload.size'];
    expect(await limit()).toBe(50 * 1024 * 1024);
    expect(await room.ask('server status')).toContain('max_upload_size');
    const back = await room.askAndConfirm('server restart');
    expect(back).toMatch(/back after \d+\.\d s, version 1\./);
    expect(await limit()).toBe(3 * 1024 * 1024);
    expect(await room.ask('server status')).not.toContain('max_upload_size');
  });

  test.each([
    ['server_name other.test', 'not for a message'],
    ['database x', 'not for a message'],
    ['media_store_path /tmp', 'not for a message'],
    ['registration_shared_secret abcdef', 'secret'],
    ['turn_shared_secret abcdef', 'secret'],
    ['macaroon_secret_key abcdef', 'secret'],
    ['recaptcha_private_key abcdef', 'secret'],
    ['listeners x', 'not for a message'],
    ['enable_registration true', 'allow-registration'],
    ['enable_registration_without_verification true', 'allow-registration'],
    ['presence "[1, 2]"', 'no list'],
    ['presence 2026-01-31', 'no list'],
    ['rc_login 5', 'whole section'],
    ['../etc 5', 'no top-level key'],
  ])('set-config %s is refused, and nothing is written', async (words, why) => {
    const before = lab.readDropIn();
    expect(await room.ask(`server set-config ${words}`)).toContain(why);
    expect(lab.readDropIn()).toBe(before);
  });

  test('a key that Synapse does not know is said to be one', async () => {
    const plan = await room.ask('server set-config max_uplod_size 3M --dry-run');
    expect(plan).toContain('knows no such key');
    expect(plan).toContain('max_upload_size');
    expect(await room.askAndConfirm('server set-config max_uplod_size 3M')).toContain('✅');
    expect(lab.readDropIn()).toContain('max_uplod_size: 3M\n');
  });

  test('a value that keeps Synapse from starting is put back before any restart', async () => {
    const before = lab.readDropIn();
    const { restart } = lab.runs;
    const answer = await room.askAndConfirm('server set-config max_upload_size lots');
    expect(answer).toContain('❌');
    expect(answer).toContain('put everything back');
    expect(lab.readDropIn()).toBe(before);
    expect(lab.runs.restart).toBe(restart);
  });

  test('a drop-in that somebody changes after the plan was shown is left alone', async () => {
    const plan = await room.ask('server set-config max_upload_size 4M');
    writeFileSync(lab.dropIn, `${lab.readDropIn()}max_image_pixels: 20M\n`);
    const answer = await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    expect(answer).toContain('somebody else');
    expect(lab.readDropIn()).toContain('max_image_pixels: 20M');
    expect(lab.readDropIn()).not.toContain('4M');
  });

  test('a file that is not YAML keeps everything from being changed or restarted, and its place is named', async () => {
    const whole = readFileSync(lab.mainFile, 'utf8');
    const { restart, reload } = lab.runs;
    writeFileSync(lab.mainFile, `server_name: x\nthing:\n\tsecretish: 1\n`);
    try {
      expect(await room.ask('server set-config max_upload_size 5M')).toContain('line 3');
      const refused = await room.ask('server restart');
      expect(refused).toContain('would not start again');
      expect(refused).toContain('tab');
      expect(refused).not.toContain('secretish');
      expect(await room.ask('server reload-config')).toContain('Nothing was reloaded');
    } finally {
      writeFileSync(lab.mainFile, whole);
    }
    expect(lab.runs).toMatchObject({ restart, reload });
    expect(await room.ask('server version')).toContain('Synapse');
  });

  test('registration opens with a token and closes again, by restarts', async () => {
    expect(await room.ask('allow-registration')).toContain('closed');
    expect(await room.ask('allow-registration true')).toContain('spammers');
    await room.askAndConfirm('server set-config registration_requires_token true');
    const plan = await room.ask('allow-registration true --dry-run');
    expect(plan).toContain('a registration token');
    expect(await registers()).toBe(403);
    expect(await room.askAndConfirm('allow-registration true')).toContain('open');
    expect(await registers()).toBe(401);
    expect(await room.ask('allow-registration')).toContain('a registration token');
    expect(await room.askAndConfirm('allow-registration false')).toContain('closed');
    expect(await registers()).toBe(403);
    expect(await room.ask('allow-registration false')).toContain('already');
  });

  test('with --force it opens to anybody, and with --for it closes by itself', async () => {
    await room.askAndConfirm('server set-config registration_requires_token false');
    const opened = await room.askAndConfirm('allow-registration true --force --for 1s');
    expect(opened).toContain('open');
    const told = await room.admin.waitForEvent(room.roomId, (event) =>
      String(event.content.body).includes('Registration is **closed** again'),
    );
    expect(told.sender).toBe(room.botAccount.userId);
    expect(await registers()).toBe(403);
    expect(lab.readDropIn()).not.toContain('without_verification');
  });

  test('a restart that does not come up gets the old file back, and says so', async () => {
    // What only the start itself finds out: the check is taken away.
    room.configure({ host: { ...lab.host, commands: { ...(lab.host.commands as object), check: ['true'] } } });
    await room.bot().kill();
    await room.start();
    const before = lab.readDropIn();
    await room.askAndConfirm('server set-config max_upload_size poison');
    expect(lab.readDropIn()).toContain('poison');
    const answer = await room.askAndConfirm('server restart');
    expect(answer).toContain('did not come up');
    expect(answer).toContain('max_upload_size');
    expect(answer).toContain('runs again');
    expect(lab.readDropIn()).toBe(before);
    expect(await room.ask('server version')).toContain('Synapse');
  });

  test.each(['while the new files fail', 'before the command was run'])(
    'the bot killed %s: the way back is gone, with the homeserver down',
    async (when) => {
      const before = lab.readDropIn();
      await room.askAndConfirm('server set-config max_upload_size poison');
      const killed = Promise.withResolvers<void>();
      lab.instead.set('restart', async () => {
        lab.instead.delete('restart');
        await room.bot().kill();
        killed.resolve();
        if (when === 'while the new files fail') await lab.server.restart();
        else await lab.server.stop({ keepData: true });
      });
      const plan = await room.ask('server restart');
      const yes = await room.admin.send(room.roomId, `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
      await killed.promise;
      const starting = room.start();
      await starting;
      const answer = String((await room.answerTo(yes)).content.body);
      expect(answer).toContain('did not come up');
      expect(lab.readDropIn()).toBe(before);
      expect(await room.ask('server version')).toContain('Synapse');
    },
  );

  test('the bot killed while the homeserver restarts: it tells when it is back, once', async () => {
    const killed = Promise.withResolvers<void>();
    lab.instead.set('restart', async () => {
      lab.instead.delete('restart');
      await room.bot().kill();
      await lab.server.restart();
      killed.resolve();
    });
    const { restart } = lab.runs;
    const plan = await room.ask('allow-registration true --force --for 1h');
    const yes = await room.admin.send(room.roomId, `!admin confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    await killed.promise;
    await room.start();
    const answer = String((await room.answerTo(yes)).content.body);
    expect(answer).toContain('back after');
    expect(answer).toContain('Registration is **open**');
    expect(lab.runs.restart).toBe(restart + 1);
    expect(await room.askAndConfirm('allow-registration false')).toContain('closed');
  });

  test('a restart command that fails is told with what it said, and one that does nothing is no success', async () => {
    lab.instead.set('restart', async () => {
      throw new Error(`sudo: a password is required ${lab.server.sharedSecret}`);
    });
    const failed = await room.askAndConfirm('server restart');
    expect(failed).toContain('not restarted');
    expect(failed).toContain('a password is required');
    expect(failed).not.toContain(lab.server.sharedSecret);
    lab.instead.set('restart', async () => undefined);
    expect(await room.askAndConfirm('server restart')).toContain('never stopped answering');
  });

  test('reload-mods restarts, reload-config reloads, and neither takes a strange path', async () => {
    const { reload, restart } = lab.runs;
    const answer = await room.ask('server reload-config');
    expect(answer).toContain('✅');
    expect(answer).toContain('all else takes `!admin server restart`');
    expect(lab.runs.reload).toBe(reload + 1);
    expect(await room.ask(`server reload-config ${lab.dropIn}`)).toContain('✅');
    expect(lab.runs.reload).toBe(reload + 2);
    expect(await room.ask('server reload-config /etc/passwd')).toContain('none of the homeserver');
    expect(lab.runs.reload).toBe(reload + 2);
    expect(await room.askAndConfirm('server reload-mods')).toContain('back after');
    expect(lab.runs.restart).toBe(restart + 1);
  });

  test('clear-caches empties them, and leaves the file as it was', async () => {
    const before = lab.readDropIn();
    const answer = await room.askAndConfirm('clear-database-caches');
    expect(answer).toMatch(/had [\d,]+ entries, and then [\d,]+/);
    expect(lab.readDropIn()).toBe(before);
  });

  test('memory-usage, status, features, tasks, updates and statistics tell what the server says', async () => {
    expect(await room.ask('memory-usage')).toContain('getEvent');
    expect(await room.ask('server status')).toContain('castellan.test');
    expect(await room.ask('server list-features')).toMatch(/✅|❌/);
    expect(await room.ask('server list-features -e -c')).toContain(', ');
    expect(await room.ask('server scheduled-tasks')).toContain('task');
    expect(await room.ask('server background-updates')).toContain('Background updates are on');
    expect(await room.ask('server background-updates --disable')).toContain('halted');
    expect(await room.ask('server background-updates')).toContain('switched off');
    expect(await room.ask('server background-updates --enable')).toContain('go on');
    expect(await room.ask('server background-updates --run regenerate_directory')).toContain('begun');
    expect(await room.ask('server background-updates --run nonsense')).toContain('regenerate_directory');
    expect(await room.ask('server statistics')).toContain('Accounts');
    expect(await room.ask('server statistics users')).toContain('stor');
    expect(await room.ask('server statistics rooms')).toContain('PostgreSQL');
  });

  test('shutdown says its last words, stops the server, and tells when it is back', async () => {
    const plan = await room.ask('server shutdown');
    const code = /confirm ([a-z0-9]{5})/.exec(plan)?.[1];
    expect(await room.ask(`confirm ${code}`)).toContain('needs its word');
    const stopped = Promise.withResolvers<void>();
    lab.instead.set('stop', async () => {
      await lab.server.stop({ keepData: true });
      stopped.resolve();
    });
    const yes = await room.admin.send(room.roomId, `!admin confirm ${code} castellan.test`);
    await stopped.promise;
    expect(lab.server.pid).toBeUndefined();
    await lab.server.restart();
    expect(String((await room.answerTo(yes)).content.body)).toContain('was stopped');
    const history = await room.admin.messages(room.roomId);
    expect(history.some((event) => String(event.content.body).includes('is being stopped now'))).toBe(true);
    expect(existsSync(lab.dropIn)).toBe(true);
  });

  test('without a host the answers name the key to set', async () => {
    room.configure({ host: undefined });
    await room.bot().kill();
    await room.start();
    expect(await room.ask('server show-config')).toContain('host.configFiles');
    expect(await room.ask('server set-config max_upload_size 3M')).toContain('host.');
    expect(await room.ask('server restart')).toContain('host.');
    expect(await room.ask('server shutdown --yes-i-want-to-do-this')).toContain('host.commands.stop');
    expect(await room.ask('server memory-usage')).toContain('host.metricsUrl');
    expect(await room.ask('appservice list')).toContain('host.configFiles');
    expect(await room.ask('server status')).toContain('castellan.test');
  });
});
