import type { AnyCommand } from '../define.ts';
import deleteGroup from './delete.ts';

export const commands: readonly AnyCommand[] = [deleteGroup];
