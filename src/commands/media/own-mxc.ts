import { parseMxc, serverOf } from '../../core/ids.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';

/** The address of a local file from its media id or its MXC. Throws Problem for another server's. */
export function ownMxc(typed: string, botId: string): string {
  const serverName = serverOf(botId);
  const mxc = parseMxc(typed.startsWith('mxc:') ? typed : `mxc://${serverName}/${typed}`);
  if (mxc.startsWith(`mxc://${serverName}/`)) return mxc;
  throw new Problem('usage', say`${code(mxc)} is another server's file; this works for files of ${code(serverName)}.`);
}
