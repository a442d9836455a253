import type { FileInfo, Files } from '../files.ts';
import type { Media } from '../media.ts';
import { conduitFileHeading, conduitFileInfo } from './conduit-file.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';

/** One file at a time, as the server prints what it knows of it. */
export function createRelayFiles({ dialect, commander, recall }: RelayParts): Files {
  const { fileInfo, setBlockedFile } = dialect.acts;
  const absent = (method: string) => lacking(dialect, `files.${method}`);
  return {
    info: fileInfo
      ? async (mxc) => {
          const words = await recall(`file ${mxc}`, () => commander.do(fileInfo(mxc)));
          return words === null ? undefined : infoOf(mxc, words);
        }
      : absent('info'),
    setQuarantined: setBlockedFile
      ? async (mxc, blocked) => void (await commander.do(setBlockedFile(mxc, blocked)))
      : absent('setQuarantined'),
    setProtected: absent('setProtected'),
    usage: absent('usage'),
  };
}

/** `content_type: Some("image/png")`, as Rust prints it; what a file's uploader called it may hold anything. */
function infoOf(mxc: string, words: string): FileInfo {
  if (words.startsWith(conduitFileHeading)) return conduitFileInfo(mxc, words);
  const text = (name: string) =>
    new RegExp(`^\\s*${name}: Some\\(\\s*"([^"\\n]*)",?\\s*\\)`, 'm').exec(words)?.[1] ?? null;
  return {
    mxc,
    name: null,
    type: text('content_type'),
    size: undefined,
    createdAt: undefined,
    lastAccessAt: undefined,
    uploader: null,
    quarantinedBy: null,
    protected: false,
    raw: { mxc, told: words },
  };
}

/** Files and their removal. */
export function createRelayMedia({ dialect, commander, clock }: RelayParts): Media {
  const { acts } = dialect;
  const absent = (method: string) => lacking(dialect, `media.${method}`);
  const { deleteBefore, deleteAfter, deleteOfUser, listMedia } = acts;
  const secondsSince = (time: number) => Math.max(1, Math.round((clock() - time) / 1000));
  return {
    async remove(mxc) {
      await commander.do(acts.deleteFile(mxc));
      return undefined;
    },
    ...(dialect.deletesRemoteFiles ? { removesRemote: true as const } : {}),
    removeUnused: absent('removeUnused'),
    purgeCache: deleteBefore
      ? (before) => commander.do(deleteBefore(secondsSince(before), false))
      : absent('purgeCache'),
    ...(deleteAfter === undefined
      ? {}
      : {
          removeRecent: (after: number, localToo: boolean) => commander.do(deleteAfter(secondsSince(after), localToo)),
        }),
    ...(deleteOfUser === undefined
      ? {}
      : {
          removeOf: async (userId: string) => {
            const count = await commander.do(deleteOfUser(userId));
            return count === 'untold' ? undefined : count;
          },
        }),
    ofUser: listMedia
      ? async (userId, { from, limit }) => {
          const lines = await commander.do(listMedia(userId));
          const rows = lines.map(({ mxc, createdAt = 0, type, name }) => ({
            mxc,
            name,
            type,
            size: undefined,
            createdAt,
            lastAccessAt: undefined,
            quarantinedBy: null,
            protected: false,
            raw: { mxc, name, type },
          }));
          return { rows: rows.slice(from, from + limit), total: rows.length };
        }
      : absent('ofUser'),
    removeOldestOf: absent('removeOldestOf'),
  };
}
