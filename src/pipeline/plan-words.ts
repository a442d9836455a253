/** The words any of which confirms a plan; stored in one column, a line each. */
export const planWords = (stored: string): readonly string[] => stored.split('\n');

export const storedWords = (words: readonly string[]): string => words.join('\n');
