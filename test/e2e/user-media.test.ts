import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom } from './admin-room.ts';
import { attachedFile } from './attached-file.ts';
import { jsonIn } from './json-in.ts';
import { jobEnd, jobIn } from './run-job.ts';
import { column } from './tables.ts';

/** A PNG of one red pixel, of which Synapse makes thumbnails. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);

describeWithSynapse('what an account has uploaded', () => {
  let server: Synapse;
  let proxy: Scripted;
  let room: AdminRoom;
  let made = 0;
  /** A fresh account for every test. */
  let name: string;
  let someone: TestClient;
  let user: string;

  beforeAll(async () => {
    server = await startSynapse({ name: 'user-media' });
    proxy = await startScripted([], server.url);
    room = await openAdminRoom(server, { url: proxy.url });
  });
  afterAll(async () => {
    await room?.close();
    await proxy?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    made += 1;
    name = `someone-${made}`;
    someone = await registerUser(server, name);
    user = someone.userId;
    proxy.handlers.length = 0;
  });

  const idOf = (mxc: string) => mxc.slice(mxc.lastIndexOf('/') + 1);
  /** The last of them is the newest. */
  async function upload(count: number): Promise<string[]> {
    const all: string[] = [];
    for (let at = 0; at < count; at += 1) all.push(await someone.upload(Buffer.from('x'.repeat(at + 1)), 'text/plain'));
    return all;
  }
  const inDatabase = (of = user): string[] =>
    server
      .queryDatabase('SELECT media_id FROM local_media_repository WHERE user_id = ?', of)
      .map((row) => String(row.media_id));
  /** The files of these uploads and their thumbnails, as they lie on the server's disk. */
  function onDisk(mxcs: readonly string[]): string[] {
    const files = readdirSync(join(server.dataDir, 'media'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    // Synapse puts the first letters of the id into the names of folders.
    return files.filter((file) => mxcs.some((mxc) => file.replaceAll('/', '').includes(idOf(mxc))));
  }
  const downloads = async (mxc: string): Promise<boolean> =>
    room.admin.download(mxc).then(
      () => true,
      (error) => {
        expect(error).toMatchObject({ status: 404 });
        return false;
      },
    );
  const planCode = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1] ?? '';
  const isDeletion = ({ method, path }: { method: string; path: string }) =>
    method === 'DELETE' && path.includes('/media?');
  /** Types the name below a plan, and waits for the end of the job. */
  async function typeName(plan: string): Promise<string> {
    return bodyOf(await jobEnd(room, jobIn(await room.ask(`confirm ${planCode(plan)} ${user}`))));
  }

  describe('user media', () => {
    test('lists it, the newest first, page by page', async () => {
      const all = (await upload(5)).toReversed();
      const answer = await room.ask(`user media ${name}`);
      expect(answer).toContain('has uploaded 5 files');
      expect(column(answer, 'File')).toEqual(all);
      expect(column(answer, 'Type')).toEqual(Array(5).fill('text/plain'));
      expect(column(answer, 'Size')).toEqual(['5 B', '4 B', '3 B', '2 B', '1 B']);
      const page = await room.ask(`user media ${name} -l 2 --page 2`);
      expect(column(page, 'File')).toEqual(all.slice(2, 4));
      expect(page).toContain('3–4 of 5');
      expect(page).toContain('--from 4');
      expect(column(await room.ask(`user media ${name} --limit 2 -f 4`), 'File')).toEqual(all.slice(4));
      expect(column(await room.ask(`user media ${name} --all`), 'File')).toEqual(all);
    });

    test.each([
      ['-R', [0, 1, 2]],
      ['--reverse', [0, 1, 2]],
      ['-s created_ts', [0, 1, 2]],
      ['-s created_ts -R', [2, 1, 0]],
      ['--sort media_length', [0, 1, 2]],
      ['-s media_length -r', [2, 1, 0]],
    ])('%s is the order', async (flags, order) => {
      const all = await upload(3);
      const listed = column(await room.ask(`user media ${name} ${flags}`), 'File');
      expect(listed).toEqual(order.map((at) => all[at]));
    });

    test('ties stand in the order of their ids, also the other way round', async () => {
      const all = await Promise.all(Array.from({ length: 4 }, () => someone.upload(Buffer.from('same'), 'text/plain')));
      const byId = all.toSorted();
      expect(column(await room.ask(`user media ${name} -s media_length`), 'File')).toEqual(byId);
      expect(column(await room.ask(`user media ${name} -s media_length -R`), 'File')).toEqual(byId);
    });

    test.each(['upload_name', 'last_access_ts', 'media_type', 'quarantined_by', 'safe_from_quarantine', 'media_id'])(
      'can be sorted by %s',
      async (sort) => {
        await upload(2);
        expect(await room.ask(`user media ${name} --sort ${sort}`)).toContain('1–2 of 2');
      },
    );

    test('a hostile name forges nothing, and what is quarantined is marked', async () => {
      const query = new URLSearchParams({ filename: 'a | b <b>\n!admin help' });
      const answer = await someone.request<{ content_uri: string }>(
        'POST',
        `/_matrix/media/v3/upload?${query}`,
        'evil',
      );
      await room.admin.admin('POST', `/v1/media/quarantine/${answer.content_uri.slice('mxc://'.length)}`, {});
      const listed = await room.ask(`user media ${name}`);
      expect(column(listed, 'File')).toEqual([answer.content_uri]);
      expect(column(listed, 'Type')[0]).toContain('(quarantined)');
      expect(listed).not.toContain('\n!admin help');
    });

    test('is exported whole', async () => {
      const all = await upload(120);
      const eventId = await room.admin.send(room.roomId, `!admin user media ${name} --all -R -o csv`);
      const file = await attachedFile(room, eventId);
      const [head, ...lines] = file.text.trim().split('\r\n');
      expect(head).toContain('mxc,name,type,size');
      expect(lines.map((line) => line.split(',', 1)[0])).toEqual(all);
      const json = await room.ask(`user media ${name} -l 1 -o json`);
      expect(jsonIn(json)).toMatchObject([{ media_id: idOf(all.at(-1) ?? ''), media_length: 120 }]);
    });

    test.each([
      ['user media nobody-here', 'There is no account `@nobody-here:castellan.test`'],
      ['user media @alice:elsewhere.test', 'lives on another server'],
      ['user media NAME', 'has uploaded nothing'],
      ['user media NAME -l 0', 'must be at least 1'],
      ['user media NAME --page 7', 'nothing from'],
      ['user media NAME -s colour', 'it may be `media_id`'],
    ])('%s: %s', async (line, words) => {
      expect(await room.ask(line.replace('NAME', name))).toContain(words);
    });
  });

  describe('user delete-media', () => {
    test('deletes all of it, page after page, and nothing of others', async () => {
      const all = await upload(230);
      const picture = await someone.upload(pixel, 'image/png');
      await someone.request('PUT', `/_matrix/client/v3/profile/${user}/avatar_url`, { avatar_url: picture });
      const other = await room.admin.upload(Buffer.from('of another'), 'text/plain');
      expect(onDisk([...all, picture]).length).toBeGreaterThan(231);

      const plan = await room.ask(`user delete-media ${name}`);
      expect(plan).toContain('Delete 231 files (26.0 KiB)');
      expect(plan).toContain('nothing brings them back');
      expect(plan).toContain('present avatar is among them');
      expect(plan).toContain('media quarantine');
      expect(plan).toContain(`confirm ${planCode(plan)} ${user}`);
      expect(await room.ask(`confirm ${planCode(plan)}`)).toContain('needs its word');
      expect(await room.ask(`confirm ${planCode(plan)} ${name}`)).toContain('is not the word');
      expect(inDatabase()).toHaveLength(231);

      expect(await typeName(plan)).toContain('231 files deleted');
      expect(inDatabase()).toEqual([]);
      expect(onDisk([...all, picture])).toEqual([]);
      for (const mxc of [all[0] ?? '', all[150] ?? '', picture]) expect(await downloads(mxc)).toBe(false);
      expect(await downloads(other)).toBe(true);
      expect(await room.ask(`user delete-media ${name}`)).toContain('has uploaded nothing');
    });

    test('what was uploaded after the plan was shown stays', async () => {
      const before = await upload(2);
      const plan = await room.ask(`user delete-media ${name}`);
      const [after = ''] = await upload(1);
      expect(await typeName(plan)).toContain('2 files deleted');
      expect(inDatabase()).toEqual([idOf(after)]);
      for (const mxc of before) expect(await downloads(mxc)).toBe(false);
      expect(await downloads(after)).toBe(true);
    });

    test('is taken up again after a crash, and when an answer is lost', async () => {
      const all = await upload(150);
      let deletions = 0;
      const hung = new Promise<void>((resolve) => {
        proxy.handlers.push((request) => {
          if (!isDeletion(request)) return undefined;
          deletions += 1;
          if (deletions === 1) return 'lose';
          if (deletions > 2) return undefined;
          resolve();
          return 'hang';
        });
      });
      const job = jobIn(await room.ask(`user delete-media ${name} --yes-i-want-to-do-this`));
      await hung;
      await room.bot().kill();
      expect(inDatabase()).toHaveLength(50);
      await room.start();
      expect(bodyOf(await jobEnd(room, job))).toContain(': done.');
      expect(inDatabase()).toEqual([]);
      expect(onDisk(all)).toEqual([]);
    });

    test('what the server cannot remove is reported, and does not keep the rest', async () => {
      const [first = '', second = ''] = await upload(2);
      const [file = ''] = onDisk([first]);
      // Not even root removes a folder as if it were a file.
      rmSync(file);
      mkdirSync(file);
      writeFileSync(join(file, 'in the way'), '');
      const plan = await room.ask(`user delete-media ${name}`);
      const report = await typeName(plan);
      expect(report).toContain(': failed.');
      expect(report).toContain('1 file deleted; the server could not remove 1 more');
      expect(inDatabase()).toEqual([idOf(first)]);
      expect(await downloads(second)).toBe(false);
    });

    test('ends between two pages when it is cancelled', async () => {
      await upload(150);
      let cancelled: (() => void) | undefined;
      const free = new Promise<void>((resolve) => {
        cancelled = resolve;
      });
      const held = new Promise<void>((resolve) => {
        proxy.handlers.push(async (request) => {
          if (!isDeletion(request)) return undefined;
          resolve();
          await free;
          return undefined;
        });
      });
      const job = jobIn(await room.ask(`user delete-media ${name} --yes-i-want-to-do-this`));
      await held;
      await room.ask(`job cancel ${job}`);
      cancelled?.();
      expect(bodyOf(await jobEnd(room, job))).toContain('cancelled after 100 files deleted');
      expect(inDatabase()).toHaveLength(50);
    });

    test('someone who has become an admin since the plan was shown is left alone', async () => {
      await upload(1);
      const plan = await room.ask(`user delete-media ${name}`);
      await room.admin.admin('PUT', `/v1/users/${user}/admin`, { admin: true });
      expect(await typeName(plan)).toContain('has become a server admin');
      expect(inDatabase()).toHaveLength(1);
    });

    test('works for a locked, suspended and deactivated account, and the plan says what it is', async () => {
      await upload(1);
      await room.admin.admin('PUT', `/v1/suspend/${user}`, { suspend: true });
      await room.admin.admin('PUT', `/v2/users/${user}`, { locked: true });
      await room.admin.admin('POST', `/v1/deactivate/${user}`, {});
      const plan = await room.ask(`user delete-media ${name}`);
      expect(plan).toMatch(/deactivated, locked, suspended/);
      expect(await typeName(plan)).toContain('1 file deleted');
      expect(inDatabase()).toEqual([]);
    });

    test.each([
      ['user delete-media nobody-here', 'There is no account `@nobody-here:castellan.test`'],
      ['user delete-media @alice:elsewhere.test', 'lives on another server'],
      ['user delete-media NAME', 'has uploaded nothing that is still here'],
      ['user delete-media', 'needs `<user>`'],
    ])('%s is refused', async (line, words) => {
      expect(await room.ask(line.replace('NAME', name))).toContain(words);
    });

    test("the bot's own files are left alone", async () => {
      const mxc = await room.botAccount.upload(Buffer.from('a list'), 'text/plain');
      const answer = await room.ask(`user delete-media ${room.botAccount.userId} --yes-i-want-to-do-this`);
      expect(answer).toContain('I never delete the media of my own account');
      expect(await downloads(mxc)).toBe(true);
    });

    test('a dry run deletes nothing', async () => {
      await upload(1);
      expect(await room.ask(`user delete-media ${name} --dry-run`)).toContain('Dry run');
      expect(inDatabase()).toHaveLength(1);
    });
  });
});
