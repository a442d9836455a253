import { parseMxc } from '../../core/ids.ts';

/** "server/media_id" as parts of a path. Throws Problem for what is no MXC: dots would lead to another endpoint. */
export function mxcPath(mxc: string): string {
  return parseMxc(mxc).slice('mxc://'.length).split('/').map(encodeURIComponent).join('/');
}
