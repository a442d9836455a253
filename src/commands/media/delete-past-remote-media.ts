import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { duration, exactlyOneOf, flag } from '../../core/fields.ts';
import { serverOf } from '../../core/ids.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, counted, joined, say } from '../../core/text.ts';
import type { FileInfo } from '../../homeserver/files.ts';
import { type Capabilities, command } from '../define.ts';
import { everyRow } from '../every-row.ts';
import { inParallel } from '../in-parallel.ts';
import { sweep } from './sweep.ts';

const lookingAtOnce = 4;

type Caps = Pick<Capabilities, 'files' | 'media' | 'rooms' | 'roomData' | 'users'>;

const frozenPlan = once(() =>
  z.object({
    at: z.number(),
    local: z.boolean(),
    /** After: what is quarantined, and what is deleted. */
    remoteFiles: z.array(z.string()),
    localFiles: z.array(z.string()),
  }),
);

const task = once(() =>
  z.object({
    how: z.enum(['quarantine', 'delete', 'purge', 'delete unused', 'recent', 'recent, local too']),
    at: z.number(),
  }),
);

/** Copies of other servers' files made since then, as far as the messages of rooms name them. */
async function copiesSince({ files, rooms, roomData }: Caps, at: number): Promise<readonly string[]> {
  const named = new Set<string>();
  for await (const { roomId } of everyRow((from, limit) => rooms.list({ from, limit })))
    for (const mxc of (await roomData.media(roomId)).remote) named.add(mxc);
  const found = await inParallel([...named], lookingAtOnce, (mxc) => files.info(mxc));
  return found
    .filter((file): file is FileInfo => file !== undefined && (file.createdAt ?? 0) >= at)
    .filter(({ quarantinedBy }) => quarantinedBy === null)
    .map(({ mxc }) => mxc);
}

/** Local files uploaded since then, by whom they belong to. */
async function uploadsSince({ files, media }: Caps, at: number): Promise<readonly string[]> {
  const found: string[] = [];
  const usage = (from: number, limit: number) =>
    files.usage({ from, limit, sort: 'user_id', reverse: false, since: at });
  for await (const { userId } of everyRow(usage)) {
    for await (const row of everyRow((from, limit) => media.ofUser(userId, { from, limit }))) {
      if (row.createdAt < at) break;
      found.push(row.mxc);
    }
  }
  return found;
}

export default command({
  path: 'media delete-past-remote-media',
  summary: "Delete the copies of other servers' files, by age.",
  cautions: [
    '`--before 30d`: what nobody has looked at for 30 days. `--after 1h`: what came within the last hour is quarantined, since the server can delete no single copy.',
    "This server's own files are touched only with `--yes-i-want-to-delete-local-media`.",
    'With `--after`, files of encrypted messages are not seen.',
  ],
  input: () =>
    z
      .object({
        duration: duration.describe('How far back, like 30d or 1h.'),
        before: flag.describe('What is older than that.'),
        after: flag.describe('What is younger than that.'),
        yesIWantToDeleteLocalMedia: flag.describe("This server's own files too."),
      })
      .check(exactlyOneOf('before', 'after')),
  positionals: ['duration'],
  short: { b: 'before', a: 'after' },
  examples: [
    ['Not looked at for a month', '!admin media delete-past-remote-media 30d --before --dry-run'],
    ['What has come within the hour', '!admin media delete-past-remote-media 1h --after --dry-run'],
  ],
  danger: 'typed',
  role: 'admin',
  needs: ['files', 'media', 'rooms', 'roomData', 'users', 'adminRoom', 'clock'],

  async plan(input, caps) {
    if (input.duration === 0) throw new Problem('usage', say`No time at all would be everything: nothing was done.`);
    const now = caps.clock();
    const at = now - input.duration;
    const local = input.yesIWantToDeleteLocalMedia;
    const serverName = serverOf(caps.adminRoom.botId);
    const when = say`**${formatTime(at, now)}**`;
    if (input.before) {
      return {
        title: say`Delete the copies of other servers' files last looked at before ${when}; number unknown.`,
        targets: [{ id: serverName }],
        cautions: [
          say`It goes by when a file was last looked at, not by when it came.`,
          local
            ? say`**This server's own files last looked at before then are deleted too**, but for avatars; nothing brings them back.`
            : say`This server's own files are not touched.`,
        ],
        words: [serverName],
        frozen: { at, local, remoteFiles: [], localFiles: [] },
      };
    }
    if (caps.media.removeRecent !== undefined) {
      return {
        title: say`Delete the copies of other servers' files that came after ${when}; number unknown.`,
        targets: [{ id: serverName }],
        cautions: [
          local
            ? say`**This server's own files that came since are deleted too**; nothing brings them back.`
            : say`This server's own files are not touched.`,
        ],
        words: [serverName],
        frozen: { at, local, remoteFiles: [], localFiles: [] },
      };
    }
    const remoteFiles = await copiesSince(caps, at);
    const localFiles = local ? await uploadsSince(caps, at) : [];
    if (remoteFiles.length + localFiles.length === 0)
      throw new Problem('conflict', say`Nothing that is seen here has come since ${when}; there is nothing to do.`);
    return {
      title: joined(
        [
          say`Quarantine the copies of ${counted(remoteFiles.length, 'remote file')} that came after ${when}`,
          ...(local ? [say`, and delete ${counted(localFiles.length, 'local file')} uploaded since`] : []),
        ],
        '',
      ),
      targets: [
        ...remoteFiles.map((id) => ({ id, note: say`quarantine` })),
        ...localFiles.map((id) => ({ id, note: say`**delete**` })),
      ],
      cautions: [
        say`The server can delete no single copy of a remote file: they are **quarantined**, which ${code('media unquarantine')} takes back.`,
        say`What messages of encrypted rooms hold is not seen.`,
        say`The server quarantines every file of the same content with them, also those uploaded here.`,
        ...(local ? [say`**This server's own files are deleted**; nothing brings them back.`] : []),
      ],
      words: [serverName],
      frozen: { at, local, remoteFiles: [...remoteFiles], localFiles: [...localFiles] },
    };
  },

  async run(input, { media }, _asker, frozen) {
    const { at, local, remoteFiles, localFiles } = frozenPlan().parse(frozen);
    if (input.after && media.removeRecent !== undefined) {
      return {
        job: {
          items: [{ target: 'files that came since', data: { how: local ? 'recent, local too' : 'recent', at } }],
          heading: say`Deleting files that came after ${formatTime(at)}`,
        },
      };
    }
    if (input.after) {
      return {
        job: {
          items: [
            ...remoteFiles.map((target) => ({ target, data: { how: 'quarantine', at } })),
            ...localFiles.map((target) => ({ target, data: { how: 'delete', at } })),
          ],
          heading: say`Quarantining ${remoteFiles.length} and deleting ${localFiles.length} files that came after ${formatTime(at)}`,
        },
      };
    }
    return {
      job: {
        items: [
          { target: "copies of other servers' files", data: { how: 'purge', at } },
          ...(local ? [{ target: "this server's own files", data: { how: 'delete unused', at } }] : []),
        ],
        heading: say`Deleting files last looked at before ${formatTime(at)}`,
      },
    };
  },

  job: {
    pace: 'other',
    async step({ target, data }, _input, { files, media }, _asker, step) {
      const { how, at } = task().parse(data);
      if (how === 'purge') return sweep(step, () => media.purgeCache(at));
      if (how === 'recent' || how === 'recent, local too') {
        const count = await media.removeRecent?.(at, how === 'recent, local too');
        return { state: 'done', note: `${counted(count ?? 0, 'file')} deleted` };
      }
      if (how === 'delete unused') return sweep(step, () => media.removeUnused(at, 0, true));
      if ((await files.info(target)) === undefined) return { state: 'skipped', note: 'gone already' };
      if (how === 'delete') {
        await media.remove(target);
        return (await files.info(target)) === undefined
          ? { state: 'done' }
          : { state: 'failed', note: 'the server has not deleted it' };
      }
      await files.setQuarantined(target, true);
      const after = await files.info(target);
      return after?.quarantinedBy === null
        ? { state: 'failed', note: 'the server has not quarantined it' }
        : { state: 'done' };
    },
  },
});
