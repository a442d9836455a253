import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { once } from '../core/once.ts';
import type { Content, Matrix } from './matrix.ts';
import { isMissing } from './missing.ts';

/** Account data that names the process which acts for this account. */
export const instanceType = 'dev.castellan.instance';

const instance = once(() => z.object({ id: z.string(), generation: z.int() }));
/** One start of one process: `id` is new with each, `generation` counts them. */
export type Instance = Readonly<z.infer<ReturnType<typeof instance>>>;

/** Writes this process into the account, before the sync begins: the newest acts, whoever acted before sees it and ends. */
export async function claimInstance(matrix: Matrix): Promise<Instance> {
  const path = `/_matrix/client/v3/user/${encodeURIComponent(matrix.userId)}/account_data/${instanceType}`;
  const before = await matrix.request('GET', path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  const known = instance().safeParse(before);
  const claim = { id: randomUUID(), generation: known.success ? known.data.generation + 1 : 1 };
  await matrix.request('PUT', path, claim, { repeatable: true });
  return claim;
}

/**
 * True where this account data, as `sync` hands it over, is the claim of a process that came later. An earlier one may
 * still be seen: Synapse answers the same sync from a cache for two minutes.
 */
export function isOther(claim: Instance, type: string, content: Content): boolean {
  if (type !== instanceType) return false;
  const seen = instance().safeParse(content);
  return seen.success && seen.data.id !== claim.id && seen.data.generation >= claim.generation;
}
