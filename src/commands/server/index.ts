import type { AnyCommand } from '../define.ts';
import adminNotice from './admin-notice.ts';
import allowRegistration from './allow-registration.ts';
import backgroundUpdates from './background-updates.ts';
import clearCaches from './clear-caches.ts';
import listFeatures from './list-features.ts';
import memoryUsage from './memory-usage.ts';
import reloadConfig from './reload-config.ts';
import reloadMods from './reload-mods.ts';
import restart from './restart.ts';
import scheduledTasks from './scheduled-tasks.ts';
import setConfig from './set-config.ts';
import showConfig from './show-config.ts';
import shutdown from './shutdown.ts';
import serverStatistics from './statistics.ts';
import serverStatus from './status.ts';
import serverVersion from './version.ts';

export const commands: readonly AnyCommand[] = [
  serverVersion,
  listFeatures,
  serverStatus,
  showConfig,
  setConfig,
  reloadConfig,
  allowRegistration,
  restart,
  reloadMods,
  shutdown,
  memoryUsage,
  clearCaches,
  adminNotice,
  backgroundUpdates,
  scheduledTasks,
  serverStatistics,
];
