import type { AnyCommand } from './define.ts';

/** The tables by the first word of their commands' names, for a process that runs one command and need not load the rest. */
export const byNoun: ReadonlyMap<string, () => Promise<{ readonly commands: readonly AnyCommand[] }>> = new Map([
  ['appservice', () => import('./appservice/index.ts')],
  ['audit', () => import('./audit/index.ts')],
  ['bot', () => import('./bot/index.ts')],
  ['federation', () => import('./federation/index.ts')],
  ['group', () => import('./group/index.ts')],
  ['history', () => import('./history/index.ts')],
  ['job', () => import('./job/index.ts')],
  ['matrix', () => import('./matrix/index.ts')],
  ['media', () => import('./media/index.ts')],
  ['native', () => import('./native/index.ts')],
  ['notice', () => import('./notice/index.ts')],
  ['raw', () => import('./raw/index.ts')],
  ['report', () => import('./report/index.ts')],
  ['room', () => import('./room/index.ts')],
  ['server', () => import('./server/index.ts')],
  ['token', () => import('./token/index.ts')],
  ['user', () => import('./user/index.ts')],
  ['regtok', () => import('./token/index.ts')],
]);
