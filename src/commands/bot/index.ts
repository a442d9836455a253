import type { AnyCommand } from '../define.ts';
import botBackup from './backup.ts';
import cancel from './cancel.ts';
import botConfig from './config.ts';
import confirm from './confirm.ts';
import botDoctor from './doctor.ts';
import help from './help.ts';
import botStatus from './status.ts';
import whoami from './whoami.ts';

/** Of one word, and so of no noun. */
export const basics: readonly AnyCommand[] = [help, confirm, cancel];

export const commands: readonly AnyCommand[] = [botStatus, botDoctor, botConfig, botBackup, whoami];
