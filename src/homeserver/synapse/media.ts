import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { Media, MediaRow } from '../media.ts';
import { flag } from './flag.ts';
import type { SynapseHttp } from './http.ts';
import { mxcPath } from './mxc-path.ts';

const admin = '/_synapse/admin/v1';
const part = encodeURIComponent;
/** Below the five minutes after which Node itself gives a silent connection up. */
const atOnceMs = 290_000;

const deleted = once(() => z.looseObject({ deleted_media: z.array(z.string()) }));
const row = once(() =>
  z.looseObject({
    media_id: z.string(),
    media_type: z.string().nullish(),
    media_length: z.number().nullish(),
    upload_name: z.string().nullish(),
    created_ts: z.number(),
    last_access_ts: z.number().nullish(),
    quarantined_by: z.string().nullish(),
    safe_from_quarantine: flag().nullish(),
  }),
);
const page = once(() => z.looseObject({ media: z.array(row()), total: z.number() }));

/** Media by Synapse's admin API (manual, "Edit media"; "User Admin API", list and delete media of a user). */
export function createSynapseMedia(http: SynapseHttp, serverName: string): Media {
  function rowOf(raw: z.output<ReturnType<typeof row>>): MediaRow {
    return {
      mxc: `mxc://${serverName}/${raw.media_id}`,
      name: raw.upload_name ?? null,
      type: raw.media_type ?? null,
      size: raw.media_length ?? undefined,
      createdAt: raw.created_ts,
      lastAccessAt: raw.last_access_ts ?? undefined,
      quarantinedBy: raw.quarantined_by ?? null,
      protected: Boolean(raw.safe_from_quarantine),
      raw,
    };
  }

  return {
    async remove(mxc) {
      const answer = await http.find(deleted(), { method: 'DELETE', path: `${admin}/media/${mxcPath(mxc)}` });
      if (answer === undefined) return 'was gone';
      return answer.deleted_media.includes(mxc.slice(mxc.lastIndexOf('/') + 1)) ? 'removed' : undefined;
    },

    async removeUnused(before, largerThan, keepAvatars) {
      const query = { before_ts: before, size_gt: largerThan, keep_profiles: keepAvatars };
      const request = { method: 'POST' as const, path: `${admin}/media/delete`, query, body: {}, timeoutMs: atOnceMs };
      return (await http.call(deleted(), request)).deleted_media.length;
    },

    async purgeCache(before) {
      const path = `${admin}/purge_media_cache`;
      const query = { before_ts: before };
      const answer = z.looseObject({ deleted: z.number() });
      return (await http.call(answer, { method: 'POST', path, query, body: {}, timeoutMs: atOnceMs })).deleted;
    },

    async ofUser(userId, { from, limit, sort, reverse = false }) {
      // Synapse's own "newest first" has no other way round.
      const backwards = sort === undefined ? !reverse : reverse;
      const query = { from, limit, order_by: sort ?? 'created_ts', dir: backwards ? 'b' : 'f' };
      const answer = await http.call(page(), { method: 'GET', path: `${admin}/users/${part(userId)}/media`, query });
      return { rows: answer.media.map(rowOf), total: answer.total };
    },

    async removeOldestOf(userId, from, limit) {
      const query = { from, limit, order_by: 'created_ts', dir: 'f' };
      const path = `${admin}/users/${part(userId)}/media`;
      return (await http.call(deleted(), { method: 'DELETE', path, query })).deleted_media.length;
    },
  };
}
