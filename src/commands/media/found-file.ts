import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { FileInfo, Files } from '../../homeserver/files.ts';

/** The file, or a refusal: the server says yes to whatever is done to one that it does not have. */
export async function foundFile(files: Files, mxc: string): Promise<FileInfo> {
  const found = await files.info(mxc);
  if (found !== undefined) return found;
  throw new Problem('not-found', say`This server has no file ${code(mxc)}, of its own or as a copy.`);
}
