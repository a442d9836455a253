import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';

/** "server/media_id" as parts of a path. Throws Problem for what is no MXC. */
export function mxcPath(mxc: string): string {
  const [, server, mediaId] = /^mxc:\/\/([^/]+)\/([^/]+)$/.exec(mxc) ?? [];
  if (server === undefined || mediaId === undefined) throw new Problem('usage', say`${code(mxc)} is no MXC.`);
  return `${encodeURIComponent(server)}/${encodeURIComponent(mediaId)}`;
}
