import type { AnyCommand } from '../define.ts';
import allowRegistration from './allow-registration.ts';
import * as appservices from './appservices.ts';
import { clearCaches, clearDatabaseCaches, clearServiceCaches } from './clear-caches.ts';
import { extras } from './extras/extras.ts';
import { reloadConfig, restart, shutdown } from './restarts.ts';
import { listFeatures, memoryUsage, showConfig } from './server-reads.ts';

/**
 * What is done through the operator's files and hooks on Synapse, and by the homeserver itself where it can be asked:
 * the same names, another way.
 */
export const ownWays: readonly AnyCommand[] = [
  appservices.list,
  appservices.register,
  appservices.show,
  appservices.unregister,
  allowRegistration,
  clearCaches,
  clearDatabaseCaches,
  clearServiceCaches,
  ...extras,
  listFeatures,
  memoryUsage,
  reloadConfig,
  restart,
  showConfig,
  shutdown,
];

/** The table with these in place of their namesakes. */
export function withOwnWays(commands: readonly AnyCommand[]): readonly AnyCommand[] {
  const paths = new Set(ownWays.map(({ path }) => path));
  return [...commands.filter(({ path }) => !paths.has(path)), ...ownWays];
}
