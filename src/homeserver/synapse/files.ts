import { z } from 'zod';
import { once } from '../../core/once.ts';
import type { Files } from '../files.ts';
import { flag } from './flag.ts';
import type { SynapseHttp } from './http.ts';
import { mxcPath } from './mxc-path.ts';

const admin = '/_synapse/admin/v1';

const text = once(() => z.string().nullish());
const time = once(() => z.number().nullish());
const info = once(() =>
  z.looseObject({
    media_info: z.looseObject({
      media_origin: text(),
      media_id: z.string(),
      user_id: text(),
      media_type: text(),
      media_length: time(),
      upload_name: text(),
      created_ts: time(),
      last_access_ts: time(),
      quarantined_by: text(),
      safe_from_quarantine: flag().nullish(),
    }),
  }),
);
const usagePage = once(() =>
  z.looseObject({
    users: z.array(
      // Of an account that has only announced uploads the length is null.
      z.looseObject({ user_id: z.string(), displayname: text(), media_count: z.number(), media_length: time() }),
    ),
    total: z.number(),
  }),
);
const done = once(() => z.looseObject({}));

/** Single files and statistics, by Synapse's admin API (manual, "Edit media" and "Users' media usage statistics"). */
export function createSynapseFiles(http: SynapseHttp): Files {
  return {
    async info(mxc) {
      const found = await http.find(info(), { method: 'GET', path: `${admin}/media/${mxcPath(mxc)}` });
      if (found === undefined) return undefined;
      const raw = found.media_info;
      return {
        mxc,
        name: raw.upload_name ?? null,
        type: raw.media_type ?? null,
        size: raw.media_length ?? undefined,
        createdAt: raw.created_ts ?? undefined,
        lastAccessAt: raw.last_access_ts || undefined,
        uploader: raw.user_id ?? null,
        quarantinedBy: raw.quarantined_by ?? null,
        protected: Boolean(raw.safe_from_quarantine),
        raw,
      };
    },

    async setQuarantined(mxc, quarantined) {
      const path = `${admin}/media/${quarantined ? 'quarantine' : 'unquarantine'}/${mxcPath(mxc)}`;
      await http.call(done(), { method: 'POST', path, body: {}, repeatable: true });
    },

    async setProtected(mxc, isProtected) {
      // Only local files can be, so that the server is not named.
      const mediaId = mxcPath(mxc).split('/').at(1) ?? '';
      const path = `${admin}/media/${isProtected ? 'protect' : 'unprotect'}/${mediaId}`;
      await http.call(done(), { method: 'POST', path, body: {}, repeatable: true });
    },

    async usage({ from, limit, sort, reverse, since, until, name }) {
      const falling = sort === 'media_length' || sort === 'media_count';
      const answer = await http.call(usagePage(), {
        method: 'GET',
        path: `${admin}/statistics/users/media`,
        query: {
          from,
          limit,
          order_by: sort,
          dir: falling === reverse ? 'f' : 'b',
          from_ts: since,
          until_ts: until,
          search_term: name,
        },
      });
      const rows = answer.users.map((raw) => ({
        userId: raw.user_id,
        displayname: raw.displayname ?? null,
        files: raw.media_count,
        size: raw.media_length ?? 0,
        raw,
      }));
      return { rows, total: answer.total };
    },
  };
}
