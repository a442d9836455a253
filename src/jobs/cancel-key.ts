/** Kept in the store, so that a cancelled job stays cancelled over a stop. */
export const cancelKey = (id: string): string => `job-cancelled:${id}`;
