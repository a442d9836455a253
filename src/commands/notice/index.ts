import type { AnyCommand } from '../define.ts';
import sendNotice from './send.ts';

export const commands: readonly AnyCommand[] = [sendNotice];
