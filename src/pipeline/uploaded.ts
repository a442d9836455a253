import { formatBytes } from '../core/display.ts';
import { Problem } from '../core/problem.ts';
import type { Attachment } from '../core/shorten.ts';
import { code, say } from '../core/text.ts';
import { MatrixFault, NoAnswer } from '../http.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Due } from '../store/store.ts';

/** Uploads stand in the media store for a day. */
const attachmentLifeMs = 24 * 60 * 60_000;

/** A file's message; the file is in the media store when this returns. Throws Problem where it cannot be put there. */
export async function uploaded(matrix: Matrix, { filename, mimetype, content }: Attachment) {
  const size = typeof content === 'string' ? Buffer.byteLength(content) : content.size;
  const url = await matrix.upload(content, mimetype, filename).catch(async (error) => {
    throw await uploadProblem(matrix, error, filename, size);
  });
  return { msgtype: 'm.file', body: filename, filename, url, info: { mimetype, size }, 'm.mentions': {} } as const;
}

/** The end of an upload's life. */
export function mediaDue(url: string, roomId: string, now: number): Due {
  return { key: `media ${url}`, kind: 'delete-media', roomId, target: url, at: now + attachmentLifeMs };
}

/** What the person can do about a file that the homeserver did not take. */
async function uploadProblem(matrix: Matrix, error: unknown, filename: string, size: number): Promise<unknown> {
  const fault = error instanceof MatrixFault;
  const silence = error instanceof NoAnswer;
  if (!fault && !silence) return error;
  if (silence && (error.kind === 'stopped' || error.kind === 'refused')) return error;
  // Synapse says 413 to what is somewhat too large, and breaks the connection of what is far too large.
  const limit = await largestUpload(matrix);
  if (error.status === 413 || (limit !== undefined && size > limit)) {
    const most = limit === undefined || size <= limit ? '' : `, which is ${formatBytes(limit)}`;
    return new Problem(
      'rejected',
      say`The file ${code(filename)} has ${formatBytes(size)}, more than may be uploaded here${most}.`,
      say`Ask for less: with a filter, or in parts with ${code('--limit')} and ${code('--page')}. Or let the homeserver, and a proxy before it, take more (${code('max_upload_size')}).`,
    );
  }
  return new Problem(
    fault && error.status < 500 ? 'rejected' : 'unavailable',
    say`The file ${code(filename)} of the answer could not be uploaded: ${fault ? error.reason : 'no usable answer came.'}`,
    say`Send the command again.`,
  );
}

/** In bytes; `undefined` where the homeserver does not say (Client-Server API, "GET /_matrix/client/v1/media/config"). */
async function largestUpload(matrix: Matrix): Promise<number | undefined> {
  try {
    const options = { timeoutMs: 10_000 };
    const answer = await matrix.request('GET', '/_matrix/client/v1/media/config', undefined, options);
    const { 'm.upload.size': most }: Record<string, unknown> = { ...(answer as object) };
    return typeof most === 'number' ? most : undefined;
  } catch {
    return undefined;
  }
}
