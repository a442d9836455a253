import { z } from 'zod';
import { once } from '../../core/once.ts';

/** A yes or no of Synapse: true and false, or 1 and 0 in older answers. */
export const flag = once(() => z.union([z.boolean(), z.literal([0, 1])]));
