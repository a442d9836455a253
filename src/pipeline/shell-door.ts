/** In the store, the room of what was asked for on the command line. */
export const shellRoom = 'shell';

/** What stands for the event id of a command from the command line. */
export const shellSource = (id: string): string => `shell:${id}`;

/** Whether a source or an actor is of the command line: no Matrix id begins like this. */
export const isFromShell = (sourceOrActor: string): boolean => sourceOrActor.startsWith('shell:');
