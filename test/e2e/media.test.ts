import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { jsonIn } from './json-in.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { bodyTable, column } from './tables.ts';

/** The smallest picture there is. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describeWithSynapse('the media commands that read and quarantine', () => {
  let server: Synapse;
  let other: Synapse;
  let room: AdminRoom;
  let alice: TestClient;
  let bob: TestClient;
  let dave: TestClient;
  let gallery: string;
  let picture: string;
  let remote: string;

  beforeAll(async () => {
    [server, other] = await Promise.all([
      startSynapse({ federation: true, serverName: 'one.test' }),
      startSynapse({ federation: true, serverName: 'two.test' }),
    ]);
    room = await openAdminRoom(server);
    alice = await registerUser(server, 'alice');
    bob = await registerUser(server, 'bob');
    dave = await registerUser(other, 'dave');
    gallery = await alice.createRoom({ preset: 'public_chat', name: 'Gallery', room_alias_name: 'gallery' });
    await dave.join(gallery, [server.serverName]);
    await bob.join(gallery);
    picture = await show(alice, 'a | <b>.png');
    remote = await show(dave, 'from afar.png');
    await bob.waitForEvent(gallery, ({ content }) => content.url === remote);
    await bob.download(remote);
  });
  afterAll(async () => {
    await room?.close();
    await Promise.all([server?.stop(), other?.stop()]);
  });

  /** Uploads a picture and shows it in the gallery. */
  async function show(as: TestClient, name: string): Promise<string> {
    const mxc = await as.upload(png, 'image/png', name);
    await as.send(gallery, { msgtype: 'm.image', body: name, url: mxc });
    return mxc;
  }
  const idOf = (mxc: string) => mxc.split('/').at(-1) ?? '';
  const canDownload = (mxc: string) =>
    bob.download(mxc).then(
      () => true,
      () => false,
    );
  const own = async (mxc: string) =>
    (await room.admin.admin('GET', `/v1/media/${mxc.slice('mxc://'.length)}`)).media_info as Record<string, unknown>;
  async function job(line: string): Promise<string> {
    const asksFirst = line.startsWith('media quarantine');
    return bodyOf(await jobEnd(room, jobIn(asksFirst ? await room.askAndConfirm(line) : await room.ask(line))));
  }

  describe('get-file-info', () => {
    test.each(['media get-file-info', 'media details', 'media show'])('%s tells of a local file', async (line) => {
      const told = Object.fromEntries(bodyTable(await room.ask(`${line} ${picture}`)));
      expect(told).toMatchObject({
        File: picture,
        Type: 'image/png',
        Size: `${png.length} B`,
        'Uploaded by': alice.userId,
        Protected: 'no',
      });
    });

    test('and of the copy of a remote one, with the data of the server', async () => {
      expect(jsonIn(await room.ask(`media get-file-info ${remote} -o json`))).toEqual(await own(remote));
    });

    test.each([
      ['nobody has', 'mxc://one.test/nothing', 'has no file `mxc://one.test/nothing`'],
      ['is none', 'https://one.test/x', 'is no media address'],
      ['leads out of its folder', 'mxc://one.test/..', 'is no media address'],
      ['has another path in it', 'mxc://one.test/a/b', 'is no media address'],
    ])('refuses an address that %s', async (_, mxc, why) => {
      expect(await room.ask(`media get-file-info ${mxc}`)).toContain(why);
    });
  });

  describe('list', () => {
    test('-r names the files of a room, ours and theirs', async () => {
      for (const flags of ['-r #gallery', `--room ${gallery}`, '--room-id #gallery']) {
        const answer = await room.ask(`media list ${flags}`);
        expect(answer).toContain('1 local file and 1 remote one');
        expect(column(answer, 'File')).toEqual([picture, remote]);
      }
    });

    test('-u names what an account uploaded, paged and sorted', async () => {
      const more = await Promise.all([1, 2].map((n) => bob.upload(Buffer.alloc(n * 1000), 'text/plain', `${n}.txt`)));
      const largest = column(await room.ask('media list -u bob --sort media_length -R'), 'File');
      expect(largest).toEqual([more[1], more[0]]);
      expect(column(await room.ask('media list --user-id bob -s media_length -l 1 --page 2'), 'File')).toEqual([
        more[1],
      ]);
      expect(column(await room.ask('media list --user bob --all'), 'File').toSorted()).toEqual([...more].toSorted());
    });

    test.each([
      ['neither', '', 'One of --room, --user-id is needed'],
      ['both', '-r #gallery -u bob', 'exclude each other'],
      ['paging of a room', '-r #gallery --page 2', 'go with `--user-id` only'],
      ['sorting of a room', '-r #gallery -s media_id', 'go with `--user-id` only'],
      ['a room that nobody has', '-r #nowhere', 'leads nowhere'],
      ['a user that nobody has', '-u nobody', 'There is no account'],
      ['a remote user', '-u @dave:two.test', 'lives on another server'],
      ['another column', '-u bob -s size', 'media_length'],
    ])('refuses %s', async (_, flags, why) => {
      expect(await room.ask(`media list ${flags}`)).toContain(why);
    });
  });

  describe('statistics', () => {
    test.each(['media statistics', 'list-media'])('%s gives the totals, and who stores most', async (line) => {
      const users = (await room.admin.admin('GET', '/v1/statistics/users/media?order_by=media_length&dir=b')).users as {
        user_id: string;
        media_count: number;
        media_length: number;
      }[];
      const answer = await room.ask(line);
      const files = users.reduce((sum, { media_count }) => sum + media_count, 0);
      expect(answer).toMatch(new RegExp(`^${files} files, .* of ${users.length} accounts\\.`));
      expect(column(answer, 'User')).toEqual(users.map(({ user_id }) => user_id));
    });

    test('is narrowed by name and time, sorted and paged', async () => {
      expect(column(await room.ask('media statistics -n alice'), 'User')).toEqual([alice.userId]);
      expect(
        column(await room.ask('media statistics --since 2020-01-01 --until 2099-01-01 --name bob'), 'User'),
      ).toEqual([bob.userId]);
      expect(await room.ask('media statistics --since 2099-01-01')).toContain('None.');
      expect(await room.ask('media statistics --until 2020-01-01')).toContain('0 files');
      expect(column(await room.ask('media statistics -s user_id'), 'User')).toEqual([alice.userId, bob.userId]);
      expect(column(await room.ask('media statistics -s user_id -r -l 1'), 'User')).toEqual([bob.userId]);
      expect(column(await room.ask('media statistics -s media_count'), 'User')[0]).toBe(bob.userId);
    });

    test('refuses a time in seconds, and an end before the beginning', async () => {
      expect(await room.ask('media statistics --since 1700000000')).toContain('❌');
      expect(await room.ask('media statistics --since 2026-02-01 --until 2026-01-01')).toContain('must lie before');
    });
  });

  describe('quarantine', () => {
    test.each([
      ['-U, its address', () => `-U ${picture}`],
      ['--mxc', () => `--mxc ${picture}`],
      ['-i, its id', () => `-i ${idOf(picture)}`],
      ['-i and -s', () => `-i ${idOf(picture)} -s ${server.serverName}`],
      ['the long names of both', () => `--media-id ${idOf(picture)} --server-name ${server.serverName}`],
    ])('takes one file by %s, and unquarantine gives it back', async (_, flags) => {
      expect(await canDownload(picture)).toBe(true);
      const plan = await room.ask(`media quarantine ${flags()} --dry-run`);
      expect(plan).toContain('1 file');
      expect((await own(picture)).quarantined_by).toBeNull();
      expect(await job(`media quarantine ${flags()}`)).toContain('✅');
      expect((await own(picture)).quarantined_by).toBe(room.botAccount.userId);
      expect(await canDownload(picture)).toBe(false);
      expect(await room.ask(`media quarantine ${flags()}`)).toContain('quarantined already');
      expect(await job(`media unquarantine ${flags()}`)).toContain('✅');
      expect(await canDownload(picture)).toBe(true);
      expect(await room.ask(`media unquarantine ${flags()}`)).toContain('is in quarantine');
    });

    test('takes along what has the same content, as the plan says', async () => {
      const [one, twin] = [await bob.upload('the same words'), await bob.upload('the same words')];
      expect(await room.ask(`media quarantine -U ${one} --dry-run`)).toContain('Files of the same content');
      await job(`media quarantine -U ${one}`);
      expect(await canDownload(twin)).toBe(false);
      await job(`media unquarantine -U ${one}`);
    });

    test('takes the copy of a remote file', async () => {
      expect(await job(`media quarantine -i ${idOf(remote)} -s ${other.serverName}`)).toContain('✅');
      expect(await canDownload(remote)).toBe(false);
      expect(await job(`media unquarantine -U ${remote}`)).toContain('✅');
      expect(await canDownload(remote)).toBe(true);
    });

    test('takes all that the messages of a room name', async () => {
      const plan = await room.ask('media quarantine -r #gallery --dry-run');
      expect(plan).toContain('“Gallery”');
      for (const mxc of [picture, remote]) expect(plan).toContain(mxc);
      expect(await job('media quarantine --room #gallery')).toContain('2 of 2 done');
      for (const mxc of [picture, remote]) expect(await canDownload(mxc)).toBe(false);
      expect(await job('media unquarantine --room-id #gallery')).toContain('2 of 2 done');
      for (const mxc of [picture, remote]) expect(await canDownload(mxc)).toBe(true);
    });

    test('takes all that an account uploaded, and leaves out what is protected', async () => {
      const kept = await show(alice, 'kept.png');
      expect(await room.ask(`media protect ${idOf(kept)}`)).toContain('No quarantine takes');
      const plan = await room.ask('media quarantine -u alice --dry-run');
      expect(plan).toContain('protected');
      await job('media quarantine --user-id alice');
      expect(await canDownload(picture)).toBe(false);
      expect(await canDownload(kept)).toBe(true);
      await job('media unquarantine --user alice');
      expect(await canDownload(picture)).toBe(true);
    });

    test.each([
      ['no target', '', 'is needed'],
      ['two targets', '-u alice -r #gallery', 'exclude each other'],
      ['a server without a file', '-s two.test -u alice', 'goes with `--media-id` only'],
      ['a file that nobody has, to which the server says yes', '-i nothing', 'has no file'],
      ['an address that is none', '-U mxc://x', 'is no media address'],
      ['an id that leads elsewhere', '-i ../../v1', 'is no media address'],
      ['a user that nobody has', '-u nobody', 'There is no account'],
      ['a room that nobody has', '-r #nowhere', 'leads nowhere'],
    ])('and unquarantine refuse %s', async (_, flags, why) => {
      expect(await room.ask(`media quarantine ${flags}`)).toContain(why);
      expect(await room.ask(`media unquarantine ${flags}`)).toContain(why);
      expect(await canDownload(picture)).toBe(true);
    });
  });

  describe('protect', () => {
    test('keeps a file from quarantine, and unprotect gives it free', async () => {
      expect(await room.ask(`media protect ${picture}`)).toContain('✅ No quarantine takes');
      expect((await own(picture)).safe_from_quarantine).toBeTruthy();
      expect(await room.ask(`media protect ${idOf(picture)}`)).toContain('was protected already');
      expect(await room.ask(`media quarantine -U ${picture}`)).toContain('protected');
      expect(await room.ask(`media unprotect ${idOf(picture)}`)).toContain('A quarantine can take');
      expect((await own(picture)).safe_from_quarantine).toBeFalsy();
      expect(await room.ask(`media unprotect ${picture}`)).toContain('was not protected');
    });

    test.each(['protect', 'unprotect'])('%s refuses what is not ours, and what nobody has', async (name) => {
      expect(await room.ask(`media ${name} ${remote}`)).toContain("is another server's file");
      expect(await room.ask(`media ${name} nothing`)).toContain('has no file');
      expect(await room.ask(`media ${name} a/../b`)).toContain('is no media address');
    });
  });
});
