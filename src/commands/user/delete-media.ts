import { z } from 'zod';
import { formatBytes, formatTime } from '../../core/display.ts';
import { localUser } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, counted, joined, say } from '../../core/text.ts';
import { command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { accountMarks } from './account-marks.ts';
import { localAccount } from './local-account.ts';
import { notTheBot } from './not-the-bot.ts';
import { removeUploads } from './remove-uploads.ts';

const planned = once(() => z.object({ count: z.number(), until: z.number(), admin: z.boolean() }));

export default command({
  path: 'user delete-media',
  summary: 'Delete everything that a local account uploaded.',
  cautions: [
    'The files and their thumbnails are removed from the disk of this server; nothing brings them back.',
    'Avatars and pictures in use are among them. Messages stay, with nothing to show.',
    'Other servers may keep copies of what their users have looked at.',
  ],
  input: () => z.object({ user: localUser.describe('Whose uploads.') }),
  positionals: ['user'],
  examples: [['See what it would do', '!admin user delete-media alice --dry-run']],
  danger: 'typed',
  role: 'admin',
  takesFrom: ({ user }) => [user],
  needs: ['users', 'media', 'adminRoom', 'clock'],

  async plan({ user }, { users, media, adminRoom, clock }, asker) {
    notTheBot(user, adminRoom.botId, 'delete the media of');
    const account = await localAccount(users, user);
    if (media.removeOf !== undefined) {
      const marks = accountMarks(account, asker);
      return {
        title: say`Delete all that ${code(user)} has uploaded; number unknown.`,
        targets: [{ id: user, ...(marks.length > 0 ? { note: joined(marks) } : {}) }],
        cautions: [say`The files are removed from this server's disk; **nothing brings them back**.`],
        words: [user],
        frozen: { count: 0, until: 0, admin: account.admin },
      };
    }
    let files = 0;
    let bytes = 0;
    let until = 0;
    let avatar = false;
    // The oldest first, so that an upload meanwhile shifts nothing.
    const list = (from: number, limit: number) => media.ofUser(user, { from, limit, sort: 'created_ts' });
    for await (const row of everyRow(list)) {
      files += 1;
      bytes += row.size ?? 0;
      until = Math.max(until, row.createdAt);
      avatar ||= row.mxc === account.avatarUrl;
    }
    if (files === 0) {
      throw new Problem(
        'conflict',
        say`${code(user)} has uploaded nothing that is still here; there is nothing to do.`,
      );
    }
    const marks = accountMarks(account, asker);
    return {
      title: say`Delete ${counted(files, 'file')} (${formatBytes(bytes)}): all that ${code(user)} has uploaded.`,
      targets: [{ id: user, ...(marks.length > 0 ? { note: joined(marks) } : {}) }],
      cautions: [
        say`The files and their thumbnails are removed from this server's disk; **nothing brings them back**.`,
        say`Messages that show them stay, with nothing to show; other servers may keep copies.`,
        ...(avatar ? [say`Its present avatar is among them.`] : []),
        say`What it uploads after ${formatTime(until, clock())} is left alone.`,
      ],
      instead: say`${commandLine(`media quarantine --user-id ${user}`)} takes them out of everybody's sight, and can be undone.`,
      words: [user],
      frozen: { count: files, until, admin: account.admin },
    };
  },

  async run({ user }, _caps, _asker, frozen) {
    return {
      job: {
        items: [{ target: user, data: planned().parse(frozen) }],
        heading: say`Deleting the media of ${code(user)}`,
      },
    };
  },

  job: {
    pace: 'purge',
    async step({ target, data }, _input, { users, media, adminRoom }, _asker, step) {
      notTheBot(target, adminRoom.botId, 'delete the media of');
      const { count, until, admin } = planned().parse(data);
      const account = await users.get(target);
      if (account === undefined) return { state: 'skipped', note: 'gone since the plan was shown' };
      if (account.admin && !admin) {
        return { state: 'skipped', note: 'has become a server admin since the plan was shown' };
      }
      if (media.removeOf !== undefined) {
        const gone = await media.removeOf(target);
        return { state: 'done', note: gone === undefined ? 'deleted' : `${counted(gone, 'file')} deleted` };
      }
      const { removed, stuck } = await removeUploads(media, target, { count, until }, step);
      const deleted = `${counted(removed, 'file')} deleted`;
      if (stuck > 0) {
        return {
          state: 'failed',
          note: `${deleted}; the server could not remove ${counted(stuck, 'more', 'more')}, its log says why`,
        };
      }
      if (step.cancelled() && removed < count) {
        return { state: 'failed', note: `cancelled after ${deleted}` };
      }
      return { state: 'done', note: deleted };
    },
  },
});
