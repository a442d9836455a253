import { z } from 'zod';
import type { Json } from '../core/json.ts';
import { once } from '../core/once.ts';
import { type Role, roles } from '../core/roles.ts';

/** What a stored plan or job holds besides its input. */
export interface Frozen {
  /** The command's own. */
  readonly own: Json;
  /** What it acts on, for the audit trail; cut to the first hundred. */
  readonly targets: readonly string[];
  readonly count: number;
  /** The command's message holds a typed secret, to be redacted when all is settled. */
  readonly heldSecret: boolean;
  /** Of a job: its name for people. */
  readonly heading?: string;
  /** Of a job: when it was asked for, in epoch ms by the homeserver's clock. */
  readonly since?: number;
  /** Of a job from the command line: the role it was asked for with. */
  readonly role?: Role;
}

const shape = once(() =>
  z.object({
    own: z.json(),
    targets: z.array(z.string()),
    count: z.number(),
    heldSecret: z.boolean(),
    heading: z.string().optional(),
    since: z.number().optional(),
    role: z.enum(roles).optional(),
  }),
);

/** Reads what `store` gave back. */
export function frozenOf(stored: Json): Frozen {
  const { heading, since, role, ...rest } = shape().parse(stored);
  return {
    ...rest,
    own: rest.own as Json,
    ...(heading === undefined ? {} : { heading }),
    ...(since === undefined ? {} : { since }),
    ...(role === undefined ? {} : { role }),
  };
}

export const mostNamed = 100;
