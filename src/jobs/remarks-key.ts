/** Kept in the store: what is to be said at the end of a job from the command line, a JSON list of sentences. */
export const remarksKey = (id: string): string => `job-remarks:${id}`;
