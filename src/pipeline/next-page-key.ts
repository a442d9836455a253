/** The reaction that asks for the next page of a list. */
export const nextPageKey = '⏭';
