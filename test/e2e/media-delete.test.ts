import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { writeDatabase } from '../homeserver/write-database.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jobEnd, jobIn } from './run-job.ts';

/** The smallest pictures there are. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const jpeg = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
);
const day = 24 * 60 * 60_000;
const hour = 60 * 60_000;

describeWithSynapse('the media commands that delete', () => {
  let server: Synapse;
  let other: Synapse;
  let proxy: Scripted;
  let room: AdminRoom;
  let alice: TestClient;
  let bob: TestClient;
  let dave: TestClient;
  let gallery: string;

  beforeAll(async () => {
    [server, other] = await Promise.all([
      startSynapse({ federation: true, serverName: 'one.test' }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    proxy = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: proxy.url });
    // Once a minute the server writes down what was looked at meanwhile; what a test has made older must stay so.
    for (const table of ['local_media_repository', 'remote_media_cache'])
      writeDatabase(
        server,
        `CREATE TRIGGER keep_age_${table} BEFORE UPDATE OF last_access_ts ON ${table}
         WHEN NEW.last_access_ts > OLD.last_access_ts AND NEW.created_ts = OLD.created_ts
         BEGIN SELECT RAISE(IGNORE); END`,
      );
    alice = await registerUser(server, 'alice');
    bob = await registerUser(server, 'bob');
    dave = await registerUser(other, 'dave');
    await room.admin.liftLimits(alice.userId);
    await (await registerUser(other, 'boss', { admin: true })).liftLimits(dave.userId);
    gallery = await alice.createRoom({ preset: 'public_chat', name: 'Gallery' });
    await dave.join(gallery, [server.serverName]);
    await bob.join(gallery);
  });
  afterAll(async () => {
    await room?.close();
    await proxy?.close();
    await Promise.all([server?.stop(), other?.stop()]);
  });
  beforeEach(() => {
    proxy.handlers.length = 0;
  });

  const idOf = (mxc: string) => mxc.split('/').at(-1) ?? '';
  const canDownload = (mxc: string) =>
    bob.download(mxc).then(
      () => true,
      () => false,
    );
  /** Whether the file lies in the media store of our server. */
  function onDisk(mxc: string): boolean {
    const id = idOf(mxc);
    if (mxc.startsWith(`mxc://${server.serverName}/`))
      return existsSync(join(server.dataDir, 'media', 'local_content', id.slice(0, 2), id.slice(2, 4), id.slice(4)));
    const [row] = server.queryDatabase('SELECT filesystem_id AS id FROM remote_media_cache WHERE media_id = ?', id);
    if (row === undefined) return false;
    const file = String(row.id).slice(4);
    const remote = join(server.dataDir, 'media', 'remote_content');
    return readdirSync(remote, { recursive: true }).some((path) => String(path).endsWith(file));
  }
  /** In the store and to be had, or neither. */
  async function isThere(mxc: string): Promise<boolean> {
    const there = onDisk(mxc);
    expect(await canDownload(mxc), mxc).toBe(there);
    return there;
  }
  async function upload(as: TestClient, bytes: Buffer = png, type = 'image/png'): Promise<string> {
    // No two are alike: the server quarantines all files of the same content together.
    return as.upload(Buffer.concat([bytes, randomBytes(16)]), type);
  }
  async function show(as: TestClient, content: Record<string, unknown>): Promise<string> {
    const event = await as.send(gallery, { msgtype: 'm.image', body: 'a picture', ...content });
    await alice.waitForEvent(gallery, ({ event_id }) => event_id === event);
    return event;
  }
  /** A picture of the other server, shown in the room and copied to ours. */
  async function remoteCopy(): Promise<string> {
    const mxc = await upload(dave);
    await show(dave, { url: mxc });
    await bob.download(mxc);
    return mxc;
  }
  /** As if the file had come and been looked at so long ago. */
  function age(mxc: string, ms: number): void {
    const table = mxc.startsWith(`mxc://${server.serverName}/`) ? 'local_media_repository' : 'remote_media_cache';
    const at = Date.now() - ms;
    writeDatabase(
      server,
      `UPDATE ${table} SET created_ts = ?, last_access_ts = ? WHERE media_id = ?`,
      at,
      at,
      idOf(mxc),
    );
  }
  async function job(line: string, word?: string, body?: string): Promise<string> {
    return bodyOf(await jobEnd(room, jobIn(await room.askAndConfirm(line, word, body))));
  }

  describe('delete-media', () => {
    test.each([
      ['media delete-media --mxc', (mxc: string) => mxc],
      ['purge-media', (mxc: string) => mxc],
      ['purge-media --mxc', (mxc: string) => mxc],
      ['media delete --mxc', (mxc: string) => mxc],
      ['media delete -i', idOf],
      ['media delete --media-id', idOf],
      ['media delete --server-name one.test:PORT -i', idOf],
    ])('%s deletes one file, from the disk too', async (typed, named) => {
      const [mxc, kept] = [await upload(alice, jpeg, 'image/jpeg'), await upload(alice)];
      const line = typed.replace('one.test:PORT', server.serverName);
      expect(await isThere(mxc)).toBe(true);
      const plan = await room.ask(`${line} ${named(mxc)} --dry-run`);
      expect(plan).toContain('Delete 1 file');
      expect(plan).toContain('nothing brings them back');
      expect(await isThere(mxc)).toBe(true);
      expect(await job(`${line} ${named(mxc)}`)).toContain('✅');
      expect(await isThere(mxc)).toBe(false);
      expect(await isThere(kept)).toBe(true);
    });

    test.each(['media delete-media --event-id', 'media delete --event-id'])(
      '%s deletes what a message shows, thumbnails and encrypted files too',
      async (line) => {
        const files = await Promise.all(Array.from({ length: 4 }, () => upload(alice)));
        const [url, thumbnail, secret, secretThumbnail] = files;
        const plain = await show(alice, { url, info: { thumbnail_url: thumbnail } });
        const encrypted = await show(alice, {
          file: { url: secret, v: 'v2', iv: '', hashes: {}, key: {} },
          info: { thumbnail_file: { url: secretThumbnail } },
        });
        expect(await job(`${line} '${plain}'`)).toContain('2 of 2 done');
        expect(await Promise.all(files.map(isThere))).toEqual([false, false, true, true]);
        expect(await job(`${line} '${encrypted}'`)).toContain('2 of 2 done');
        expect(await Promise.all(files.map(isThere))).toEqual([false, false, false, false]);
      },
    );

    test('a remote file cannot be deleted singly: it says so and names quarantine', async () => {
      const mxc = await remoteCopy();
      for (const line of [`media delete-media --mxc ${mxc}`, `purge-media ${mxc}`, `media delete --mxc ${mxc}`]) {
        const answer = await room.ask(line);
        expect(answer).toContain('cannot be deleted singly');
        expect(answer).toContain('media quarantine');
      }
      expect(await isThere(mxc)).toBe(true);
    });

    test('what is deleted already is said, and is no success', async () => {
      const mxc = await upload(alice);
      await job(`media delete-media --mxc ${mxc}`);
      expect(await room.ask(`media delete-media --mxc ${mxc}`)).toMatch(
        /^❌ There is nothing to delete: .*no such file here/,
      );
    });

    test.each([
      ['nothing', 'media delete-media', 'is needed'],
      ['two targets', "media delete-media --mxc mxc://one.test/a --event-id '$x'", 'exclude each other'],
      ['an address that is none', 'media delete-media --mxc https://one.test/a', 'is no media address'],
      ['an address of nothing', 'media delete-media --mxc mxc://one.test/', 'is no media address'],
      ['an event that nobody knows', "media delete-media --event-id '$nothing'", 'does not know the event'],
      ['an event id that is none', 'media delete-media --event-id nothing', 'is no event id'],
      ['nothing', 'media delete', 'Say which'],
      ['one file and an age', 'media delete -i abc -d 5', 'not both'],
      ['one file and a size', 'media delete -i abc --size 5', 'not both'],
      ['one file with profiles', 'media delete -i abc --delete-profiles', 'goes with age or size only'],
      ['two files', 'media delete -i abc --mxc mxc://one.test/abc', 'Only one file'],
      ['two times', 'media delete -d 5 -b 2026-01-01', 'Only one time'],
      ['another server', 'media delete -i abc -s two.test', 'cannot be deleted singly'],
    ])('refuses %s: %s', async (_, line, why) => {
      const mxc = await upload(alice);
      expect(await room.ask(line)).toContain(why);
      expect(await isThere(mxc)).toBe(true);
    });

    test('refuses a message without a file, and one that was redacted', async () => {
      const text = await alice.send(gallery, 'only words');
      expect(await room.ask(`media delete-media --event-id '${text}'`)).toContain('shows no file');
      const mxc = await upload(alice);
      const gone = await show(alice, { url: mxc });
      await alice.redact(gallery, gone);
      expect(await room.ask(`media delete-media --event-id '${gone}'`)).toContain('was redacted');
      expect(await isThere(mxc)).toBe(true);
    });
  });

  describe.each(['media delete-media-list', 'purge-media'])('%s with a list', (line) => {
    test('deletes each once, and names what is left out', async () => {
      const files = await Promise.all(Array.from({ length: 3 }, () => upload(alice)));
      const remote = await remoteCopy();
      const plan = await room.askWith(
        line,
        [...files, files[0], remote, `mxc://${server.serverName}/nothing`].join('\n'),
      );
      expect(plan).toContain('Delete 3 files');
      expect(plan).toContain("another server's");
      expect(plan).toContain('no such file here');
      const end = await jobEnd(room, jobIn(await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`)));
      expect(bodyOf(end)).toContain('3 of 3 done');
      expect(await Promise.all(files.map(isThere))).toEqual([false, false, false]);
      expect(await isThere(remote)).toBe(true);
    });

    test('a bad line is named by its number, and nothing is deleted', async () => {
      const mxc = await upload(alice);
      const answer = await room.askWith(line, `${mxc}\nhttps://x.test/a\n\nmxc://\n`);
      expect(answer).toContain('line 2');
      expect(answer).toContain('line 4');
      expect(await isThere(mxc)).toBe(true);
    });
  });

  describe('delete-local', () => {
    let old: string;
    let fresh: string;
    let large: string;

    beforeEach(async () => {
      [old, fresh, large] = await Promise.all([upload(alice), upload(alice), upload(alice, Buffer.alloc(5000), 'x/y')]);
      age(old, 400 * day);
    });
    const there = async () => [await isThere(old), await isThere(fresh), await isThere(large)];

    test.each([
      ['media delete-local -d 365', [false, true, true]],
      ['media delete-local --before-days 365', [false, true, true]],
      ['media delete -d 365', [false, true, true]],
      ['media delete-local -b 2026-01-01', [false, true, true]],
      ['media delete-local --before 2026-01-01T00:00Z', [false, true, true]],
      ['media delete-local -t 1767225600000', [false, true, true]],
      ['media delete-local --before-ts 1767225600000', [false, true, true]],
      ['media delete-local --size 4', [true, true, false]],
      ['media delete --kib 4', [true, true, false]],
      ['media delete-local -d 365 --size 4', [true, true, true]],
      ['media delete-local --size 4000', [true, true, true]],
    ])('%s', async (line, left) => {
      const plan = await room.ask(line);
      expect(plan).toContain('number unknown');
      expect(plan).toContain(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]} ${server.serverName}`);
      expect(await there()).toEqual([true, true, true]);
      const begun = await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]} ${server.serverName}`);
      expect(bodyOf(await jobEnd(room, jobIn(begun)))).toMatch(/✅.*: \d+ files? deleted/s);
      expect(await there()).toEqual(left);
    });

    test('avatars are kept, unless --delete-profiles says otherwise', async () => {
      await alice.request('PUT', `/_matrix/client/v3/profile/${encodeURIComponent(alice.userId)}/avatar_url`, {
        avatar_url: old,
      });
      await job('media delete-local -d 365', server.serverName);
      expect(await isThere(old)).toBe(true);
      age(old, 400 * day);
      const plan = await room.ask('media delete-local -d 365 --all --dry-run');
      expect(plan).toContain('also those in use');
      await job('media delete-local -d 365 --delete-profiles', server.serverName);
      expect(await isThere(old)).toBe(false);
    });

    test.each([
      ['no bound', '', 'Say which'],
      ['two times', '-d 5 -b 2026-01-01', 'exclude each other'],
      ['a time in seconds', '-t 1700000000', 'milliseconds'],
      ['a time to come', '-b 2099-01-01', 'lies in the future'],
      ['no days', '-d 0', 'must be at least 1'],
      ['a size that is none', '--size big', 'is no whole number'],
      ['a size that all files have', '--size 0', 'must be at least 1'],
      ['a negative size', '--size -1', '❌'],
    ])('refuses %s', async (_, flags, why) => {
      expect(await room.ask(`media delete-local ${flags}`)).toContain(why);
      expect(await there()).toEqual([true, true, true]);
    });

    test('a wrong word deletes nothing', async () => {
      expect(await room.askAndConfirm('media delete-local -d 365', 'two.test')).toContain('is not the word');
      expect(await there()).toEqual([true, true, true]);
    });
  });

  describe('purge', () => {
    test.each([
      ['-d 30'],
      ['--before-days 30'],
      [`-b ${new Date(Date.now() - 30 * day).toISOString().slice(0, 10)}`],
      [`--before-ts ${Date.now() - 30 * day}`],
    ])('%s forgets copies that nobody has looked at, and touches nothing of ours', async (flags) => {
      const [old, fresh, ours] = [await remoteCopy(), await remoteCopy(), await upload(alice)];
      age(old, 40 * day);
      age(ours, 40 * day);
      expect(onDisk(old)).toBe(true);
      expect(await job(`media purge ${flags}`, server.serverName)).toMatch(/✅.*: \d+ files? deleted/s);
      expect([onDisk(old), onDisk(fresh), onDisk(ours)]).toEqual([false, true, true]);
    });

    test('a lost answer is asked for again, and what it counted is not known', async () => {
      const old = await remoteCopy();
      age(old, 40 * day);
      let calls = 0;
      proxy.handlers.push(({ path }) => (path.includes('purge_media_cache') && ++calls === 1 ? 'lose' : undefined));
      expect(await job('media purge -d 30', server.serverName)).toContain('0 files deleted by the last of 2 calls');
      expect(onDisk(old)).toBe(false);
    });

    test('killed in the middle it goes on with the same moment, and meanwhile other commands are answered', async () => {
      const old = await remoteCopy();
      age(old, 40 * day);
      const asked: string[] = [];
      const hung = new Promise<void>((resolve) => {
        proxy.handlers.push(({ path }) => {
          if (!path.includes('purge_media_cache')) return undefined;
          asked.push(path);
          if (asked.length > 1) return undefined;
          resolve();
          return 'hang';
        });
      });
      const id = jobIn(await room.askAndConfirm('media purge -d 30', server.serverName));
      await hung;
      expect(await room.ask('user details alice')).toContain('@alice');
      await room.bot().kill();
      await room.start();
      expect(bodyOf(await jobEnd(room, id))).toContain('1 file deleted by the last of 2 calls');
      expect(asked).toEqual([asked[0], asked[0]]);
      expect(onDisk(old)).toBe(false);
    });

    test.each([
      ['no bound', '', 'is needed'],
      ['two bounds', '-d 3 -b 2026-01-01', 'exclude each other'],
      ['a time in seconds', '-t 1700000000', 'milliseconds'],
      ['a time to come', '-b 2099-01-01', 'lies in the future'],
    ])('refuses %s', async (_, flags, why) => expect(await room.ask(`media purge ${flags}`)).toContain(why));
  });

  describe('delete-past-remote-media', () => {
    const line = 'media delete-past-remote-media';
    const sure = '--yes-i-want-to-delete-local-media';

    test.each(['--before', '-b'])('%s forgets old copies, and our own files only with their flag', async (flag) => {
      const [old, fresh, ours] = [await remoteCopy(), await remoteCopy(), await upload(alice)];
      age(old, 40 * day);
      age(ours, 40 * day);
      expect(await room.ask(`${line} 30d ${flag} --dry-run`)).toContain("This server's own files are not touched.");
      await job(`${line} 30d ${flag}`, server.serverName);
      expect([onDisk(old), onDisk(fresh), onDisk(ours)]).toEqual([false, true, true]);
      expect(await room.ask(`${line} 30d ${flag} ${sure} --dry-run`)).toContain(
        'own files last looked at before then are deleted too',
      );
      await job(`${line} 30d ${flag} ${sure}`, server.serverName);
      expect([onDisk(fresh), onDisk(ours)]).toEqual([true, false]);
    });

    test.each(['--after', '-a'])(
      '%s quarantines what has come since, and deletes our own only with their flag',
      async (flag) => {
        const [old, fresh, oursOld, ours] = [
          await remoteCopy(),
          await remoteCopy(),
          await upload(bob),
          await upload(bob),
        ];
        age(old, 2 * day);
        age(oursOld, 2 * day);
        const plan = await room.ask(`${line} 1h ${flag} --dry-run`);
        expect(plan).toContain(fresh);
        expect(plan).not.toContain(old);
        expect(plan).toContain('encrypted rooms');
        expect(await job(`${line} 1h ${flag}`, server.serverName)).toContain('✅');
        expect([await canDownload(old), await canDownload(fresh), await canDownload(ours)]).toEqual([
          true,
          false,
          true,
        ]);
        await job(`${line} 1h ${flag} ${sure}`, server.serverName);
        expect([await isThere(ours), await isThere(oursOld)]).toEqual([false, true]);
      },
    );

    test.each([
      ['a duration without a unit', `30 --before ${sure}`],
      ['a unit that is none', `30x --before ${sure}`],
      ['a negative one', `-5d --before ${sure}`],
      ['no time at all', `0s --before ${sure}`],
      ['no direction', `30d ${sure}`],
      ['both directions', `30d --before --after ${sure}`],
      ['a time in place of a duration', `2026-01-01 --before ${sure}`],
      ['nothing', `--before ${sure}`],
    ])('deletes nothing for %s', async (_, flags) => {
      const [copy, ours] = [await remoteCopy(), await upload(alice)];
      age(copy, 400 * day);
      age(ours, 400 * day);
      const answer = await room.ask(`${line} ${flags}`);
      expect(answer).toMatch(/^❌/);
      expect(answer).not.toContain('!admin confirm');
      expect([onDisk(copy), onDisk(ours)]).toEqual([true, true]);
      age(copy, hour);
      age(ours, hour);
    });
  });
});
