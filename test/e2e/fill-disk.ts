import { execFileSync } from 'node:child_process';
import type { BotProcess } from './bot-process.ts';

/** From now on this process can write no file beyond its first 4 kB, as on a full disk. Linux only. */
export function fillDisk({ pid }: BotProcess): void {
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=4096:unlimited']);
}

/** There is room again. */
export function emptyDisk({ pid }: BotProcess): void {
  execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']);
}
