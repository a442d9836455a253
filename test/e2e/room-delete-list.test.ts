import { describe, expect, test } from 'vitest';
import { registerUser } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { bodyOf } from './admin-room.ts';
import { DeletionLab, isDeletion, isLook } from './deletion-lab.ts';
import { jobEnd, jobIn, runJob } from './run-job.ts';

const part = encodeURIComponent;

describeWithSynapse('deleting many rooms', () => {
  const lab = new DeletionLab({ name: 'deletions' });

  describe('delete-list', () => {
    test('deletes each room once, one after the other, and names what it leaves out', async () => {
      const one = await lab.makeRoom();
      const two = await lab.makeRoom();
      const list = [
        one.id,
        `#${one.alias}`,
        two.id,
        two.id,
        '!nothing:castellan.test',
        '#nowhere',
        lab.room.roomId,
      ].join('\n');
      const plan = await lab.room.askWith('room delete-list -b', list);
      expect(plan).toContain('Delete 2 rooms from this server and block them');
      expect(plan).toContain('4 targets left out');
      expect(plan).toContain(`the same room as \`${one.id}\``);
      expect(plan).toContain('unknown to this server');
      expect(plan).toContain('the alias leads nowhere');
      expect(plan).toContain('is the admin room');
      const report = bodyOf(await runJob(lab.room, 'room delete-list -b', list, '2'));
      expect(report).toContain('2 of 2 done');
      for (const { id } of [one, two]) {
        expect(await lab.known(id)).toBe(false);
        expect(await lab.blocked(id)).toBe(true);
      }
      const asked = lab.between.requests.filter((request) => isDeletion(request) || isLook(request));
      const [first, ...rest] = asked.map((request) => (isDeletion(request) ? 'order' : 'look'));
      expect(first).toBe('order');
      // The second is ordered only after the first was seen to its end.
      expect(rest.indexOf('order')).toBeGreaterThan(0);
    });

    test('refuses a list of which nothing is left, or with a line that is no room', async () => {
      const none = await lab.room.askWith('room delete-list', `#nowhere\n${lab.room.roomId}`);
      expect(none).toMatch(/^❌ Of these rooms none is left/);
      expect(none).toContain('is the admin room');
      const { id } = await lab.makeRoom();
      expect(await lab.room.askWith('room delete-list', `${id}\nlobby`)).toContain('line 2');
      expect(await lab.room.askWith('room delete-list --no-purge --force-purge', id)).toContain('exclude each other');
      expect(await lab.known(id)).toBe(true);
    });

    test('takes the other flags for each of them, and skips an alias of a server that cannot be asked', async () => {
      const one = await lab.makeRoom();
      const before = await lab.joined(lab.eve);
      const list = `${one.id}\n#far:127.0.0.1:9`;
      expect(await lab.room.askWith('room delete-list -u bob -n Closed --dry-run', list)).toContain(
        'could not be asked where it leads',
      );
      const report = bodyOf(await runJob(lab.room, 'room delete-list --no-purge -u bob -n Closed', list, '1'));
      expect(report).toContain(': done.');
      expect(await lab.known(one.id)).toBe(true);
      expect((await lab.joined(lab.eve)).filter((id) => !before.includes(id))).toHaveLength(1);
    });
  });

  describe('purge-empty', () => {
    test('says so where nothing is old enough, and names what it leaves out', async () => {
      const { id } = await lab.makeRoom();
      for (const who of [lab.bob, lab.eve]) await who.leave(id);
      const answer = await lab.room.ask('room purge-empty');
      expect(answer).toMatch(/^❌ There is no empty room to purge/);
      expect(answer).toContain('younger than 1 day');
      expect(await lab.room.ask('room purge-empty --min-age soon')).toContain('is no duration');
      expect(await lab.known(id)).toBe(true);
    });

    test('purges what nobody here is in, and leaves invited, banned and cut-off rooms and those that filled again', async () => {
      const empty = await lab.makeRoom();
      const invited = await lab.makeRoom();
      const banned = await lab.makeRoom();
      const refilled = await lab.makeRoom();
      const full = await lab.makeRoom();
      const fay = await registerUser(lab.server, 'fay');
      await lab.bob.invite(invited.id, fay.userId);
      await lab.bob.sendState(refilled.id, 'm.room.join_rules', { join_rule: 'public' });
      await runJob(lab.room, 'room moderation ban-list-of-rooms', banned.id, '1');
      for (const { id } of [empty, invited, refilled]) for (const who of [lab.bob, lab.eve]) await who.leave(id);

      const plan = await lab.room.ask('room purge-empty --min-age 0s');
      expect(plan).toContain(empty.id);
      expect(plan).toContain(refilled.id);
      expect(plan).toContain(`\`${invited.id}\`: \`${fay.userId}\` is invited to it, or knocks`);
      expect(plan).toContain(`\`${banned.id}\`: is in my record of banned rooms`);
      expect(plan).not.toContain(full.id);
      const [, code = '', word = ''] = /confirm ([a-z0-9]{5}) (\d+)/.exec(plan) ?? [];
      await lab.api('POST', `/v1/deactivate/${part((await registerUser(lab.server, 'unrelated')).userId)}`, {});
      // What was empty when the plan was shown has somebody in it when its turn comes.
      lab.between.handlers.push(async ({ method, path }) => {
        if (method !== 'GET' || !path.endsWith(`/v1/rooms/${part(refilled.id)}`)) return undefined;
        const real = await lab.api('GET', `/v1/rooms/${part(refilled.id)}`);
        return { status: 200, body: { ...real, joined_local_members: 1 } };
      });
      const report = bodyOf(await jobEnd(lab.room, jobIn(await lab.room.ask(`confirm ${code} ${word}`))));
      expect(report).toContain('somebody of this server is in it');
      expect(await lab.known(empty.id)).toBe(false);
      for (const { id } of [invited, banned, refilled, full]) expect(await lab.known(id)).toBe(true);
    });
  });
});
