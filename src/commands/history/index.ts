import type { AnyCommand } from '../define.ts';
import purgeHistory from './purge.ts';
import purgeStatus from './purge-status.ts';

export const commands: readonly AnyCommand[] = [purgeHistory, purgeStatus];
