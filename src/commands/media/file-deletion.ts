import { serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import type { FileInfo } from '../../homeserver/files.ts';
import type { Capabilities, JobDefinition, Plan, Result } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { inParallel } from '../in-parallel.ts';
import { fileNote } from './quarantine-targets.ts';

const lookingAtOnce = 4;

export type FileDeletionCaps = Pick<Capabilities, 'files' | 'media' | 'adminRoom'>;
export type FileDeletionPlan = Plan<{ files: string[] }>;

/** What deleting these files would do; those of other servers and those that are not there are left out. */
export async function fileDeletionPlan(
  addresses: readonly string[],
  { files, media, adminRoom }: FileDeletionCaps,
): Promise<FileDeletionPlan> {
  const serverName = serverOf(adminRoom.botId);
  const isOurs = (mxc: string) => mxc.startsWith(`mxc://${serverName}/`);
  const isFor = (mxc: string) => isOurs(mxc) || media.removesRemote === true;
  const found = await inParallel(addresses, lookingAtOnce, (mxc) => look(files, mxc));
  const targets: { id: string; note?: Text }[] = [];
  const skipped: { id: string; why: Text }[] = [];
  for (const [at, mxc] of addresses.entries()) {
    const file = found[at];
    const note = file === undefined || file === 'untold' ? undefined : fileNote(file);
    if (file === undefined) skipped.push({ id: mxc, why: say`no such file here` });
    else if (!isFor(mxc)) skipped.push({ id: mxc, why: say`another server's, which cannot be deleted singly` });
    else targets.push({ id: mxc, ...(note === undefined ? {} : { note }) });
  }
  if (targets.length === 0) throw nothingToDelete(addresses, skipped);
  return {
    title: say`Delete ${counted(targets.length, 'file')} from this server.`,
    targets,
    skipped,
    cautions: [
      say`They go from the disk, their thumbnails too; **nothing brings them back**. Messages that show them stay.`,
      say`Clients, and servers whose people have looked at them, may keep copies.`,
    ],
    instead: say`${commandLine('media quarantine --mxc …')} takes them out of everybody's sight and can be undone.`,
    frozen: { files: targets.map(({ id }) => id) },
  };
}

/** What the server knows of it; `untold` where it has no way to say. */
async function look(files: Capabilities['files'], mxc: string): Promise<FileInfo | 'untold' | undefined> {
  const found = await ifTold(files.info(mxc).then((info) => ({ info })));
  return found === undefined ? 'untold' : found.info;
}

function nothingToDelete(
  addresses: readonly string[],
  skipped: readonly { readonly id: string; readonly why: Text }[],
): Problem {
  const reasons = skipped.slice(0, 10).map(({ id, why }) => say`${code(id)}: ${why}`);
  const remote = skipped.some(({ why }) => why.parts.some(({ text }) => text.startsWith('another server')));
  return new Problem(
    addresses.length === 1 && !remote ? 'not-found' : 'conflict',
    say`There is nothing to delete: ${joined(reasons, '; ')}.`,
    remote
      ? say`${commandLine('media quarantine --mxc …')} keeps the copy of another server's file from everybody.`
      : undefined,
  );
}

/** The job of a confirmed plan. */
export function fileDeletionJob(files: readonly string[]): Result {
  const heading =
    files.length === 1 ? say`Deleting ${code(files[0] ?? '')}` : say`Deleting ${counted(files.length, 'file')}`;
  return { job: { items: files.map((target) => ({ target })), heading } };
}

/** One file after the other, each looked for afterwards where the server does not say what became of it. */
export const fileDeletionSteps: JobDefinition<unknown, FileDeletionCaps> = {
  pace: 'other',
  async step({ target }, _input, { files, media }) {
    const removed = await media.remove(target);
    if (removed === 'removed') return { state: 'done' };
    if (removed === 'was gone') return { state: 'skipped', note: 'gone already' };
    const now = await look(files, target);
    if (now !== undefined && now !== 'untold') return { state: 'failed', note: 'the server has not deleted it' };
    return { state: 'done' };
  },
  // A file that is not there any more was there when its step began.
  async settle({ target }, _input, { files }) {
    const now = await look(files, target);
    return now === 'untold' ? 'unknown' : now === undefined ? 'done' : 'not done';
  },
};
