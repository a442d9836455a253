import { z } from 'zod';
import { commandLine, counted, say } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

export const serverExtras = [
  extraRead('server uptime', {
    summary: 'Since when the homeserver runs.',
    input: () => z.object({}),
    example: ['For how long?', '!admin server uptime'],
    role: 'viewer',
    heading: () => say`The homeserver has been running for:`,
  }),
  extraAct('server backup-database', {
    summary: 'Let the homeserver back up its database while it runs.',
    cautions: ['It has to be told where in its own configuration (`database_backup_path`).'],
    input: () => z.object({}),
    example: ['Back it up', '!admin server backup-database'],
    danger: 'confirm',
    role: 'admin',
    title: () => say`Back up the homeserver's database.`,
    target: () => 'database',
    warns: [say`It then deletes its oldest backups, down to the number that it is told to keep.`],
    done: (_, backups) =>
      say`The homeserver has ${counted(Number(backups), 'backup')} now; ${commandLine('server list-backups')} shows them.`,
  }),
  extraRead('server list-backups', {
    summary: "The backups of the homeserver's database.",
    input: () => z.object({}),
    example: ['Which are there?', '!admin server list-backups'],
    role: 'viewer',
    heading: () => say`Its backups:`,
  }),
  extraRead('server build-info', {
    summary: 'Of which source, with what and for which machine the homeserver was built.',
    input: () => z.object({}),
    example: ['Which build?', '!admin server build-info'],
    role: 'viewer',
    heading: () => say`How it was built:`,
  }),
  extraAct('server reload-mods', {
    summary: 'Load the modules of the homeserver anew while it runs, where it was built with such.',
    input: () => z.object({}),
    example: ['Load them again', '!admin server reload-mods'],
    danger: 'confirm',
    role: 'admin',
    title: () => say`Load the modules of the homeserver anew.`,
    target: () => 'modules',
    warns: [say`It may not come back, where one of them is broken; then it has to be started again on its machine.`],
    done: () => say`The homeserver begins to load its modules anew.`,
  }),
];
