import { z } from 'zod';
import { once } from '../../core/once.ts';

/** How far a task of Synapse's scheduler is. */
export const taskState = once(() => z.enum(['scheduled', 'active', 'complete', 'failed', 'cancelled']));

/** What `GET …/v1/scheduled_tasks` answers (Admin API, "Scheduled tasks"); `result`: what such a task leaves behind. */
export function scheduledTasks<State extends z.ZodType, Result extends z.ZodType>(state: State, result: Result) {
  return z.looseObject({
    scheduled_tasks: z.array(
      z.looseObject({
        id: z.string(),
        action: z.string(),
        status: state,
        timestamp_ms: z.number(),
        resource_id: z.string().nullish(),
        result: result.nullish(),
        error: z.string().nullish(),
      }),
    ),
  });
}
