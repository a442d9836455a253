import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** What few commands need. Each is loaded when the first one does: a start would wait for all of them. */
export const late = {
  crypto: (): typeof import('node:crypto') => require('node:crypto'),
  ipaddr: (): typeof import('ipaddr.js') => require('ipaddr.js'),
  yaml: (): typeof import('yaml') => require('yaml'),
  re2js: (): typeof import('re2js') => require('re2js'),
  refa: (): typeof import('refa') => require('refa'),
  csvParse: (): typeof import('csv-parse/sync') => require('csv-parse/sync'),
  cliTable: (): typeof import('cli-table3') => require('cli-table3'),
  marked: (): typeof import('marked') => require('marked'),
  pino: (): typeof import('pino') => require('pino'),
  csvStringify: (): typeof import('csv-stringify/sync') => require('csv-stringify/sync'),
};
