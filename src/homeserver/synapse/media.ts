import { z } from 'zod';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { Media } from '../media.ts';
import type { SynapseHttp } from './http.ts';

const deleted = z.looseObject({ deleted_media: z.array(z.string()) });

/** Media by Synapse's admin API ("Edit media", delete a specific local media). */
export function createSynapseMedia(http: SynapseHttp): Media {
  return {
    async remove(mxc) {
      const [, server, mediaId] = /^mxc:\/\/([^/]+)\/([^/]+)$/.exec(mxc) ?? [];
      if (server === undefined || mediaId === undefined) throw new Problem('usage', say`${code(mxc)} is no MXC.`);
      const path = `/_synapse/admin/v1/media/${encodeURIComponent(server)}/${encodeURIComponent(mediaId)}`;
      await http.find(deleted, { method: 'DELETE', path });
    },
  };
}
