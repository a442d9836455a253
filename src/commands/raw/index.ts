import type { AnyCommand } from '../define.ts';
import raw from './raw.ts';

export const commands: readonly AnyCommand[] = [raw];
