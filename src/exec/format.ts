/** What an answer can be written as. */
export const formats = ['human', 'json', 'yaml', 'minified', 'pprint', 'csv'] as const;
export type Format = (typeof formats)[number];
