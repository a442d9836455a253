import type { AnyCommand } from '../define.ts';
import matrixLogin from './login.ts';
import matrixRaw from './raw.ts';

export const commands: readonly AnyCommand[] = [matrixRaw, matrixLogin];
