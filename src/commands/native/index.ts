import type { AnyCommand } from '../define.ts';
import native from './native.ts';

export const commands: readonly AnyCommand[] = [native];
