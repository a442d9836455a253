import { z } from 'zod';
import { count, flag, text } from '../../../core/fields.ts';
import { code, commandLine, counted, say } from '../../../core/text.ts';
import { extraAct, extraRead } from './extra-command.ts';

const path = text.describe("A whole path on the homeserver's machine.");

/** Copies of the database, and of the configuration, on the homeserver's own machine. */
export const backupExtras = [
  extraRead('server verify-backup', {
    summary: 'Whether the files of a backup of the database are all there, in their sizes.',
    cautions: ['What stands in them is not looked at.'],
    input: () => z.object({ backup: count(1).optional().describe('Its number; the newest where left out.') }),
    positionals: ['backup'],
    example: ['The newest', '!admin server verify-backup'],
    role: 'viewer',
    heading: () => say`The homeserver has looked:`,
  }),
  extraAct('server delete-backups', {
    summary: 'Delete backups of the database, all but the newest.',
    input: () => z.object({ keep: count().describe('How many stay; 0 deletes them all.') }),
    positionals: ['keep'],
    example: ['Keep three', '!admin server delete-backups 3'],
    danger: 'typed',
    role: 'owner',
    title: ({ keep }) =>
      keep === 0 ? say`Delete **all** backups of the database.` : say`Delete all backups but the newest ${keep}.`,
    target: (_, serverName) => serverName,
    warns: [say`**Nothing brings them back.**`],
    instead: () => say`${commandLine('server list-backups')} shows them first.`,
    done: (_, said) => say`There ${said === '1' ? 'is' : 'are'} ${counted(Number(said), 'backup')} now.`,
  }),
  extraAct('server checkpoint-database', {
    summary: "Put a copy of the database as it is now on the homeserver's disk.",
    cautions: ['It takes as much of the disk as the database changes from then on. Nothing deletes it by itself.'],
    input: () =>
      z.object({
        map: text.optional().describe('Only this part of it.'),
        path: path.optional(),
      }),
    example: ['Before an upgrade', '!admin server checkpoint-database'],
    danger: 'confirm',
    role: 'owner',
    title: ({ map }) =>
      map === undefined ? say`Copy the database.` : say`Copy the part ${code(map)} of the database.`,
    target: ({ path: where }) => where ?? 'beside the database',
    warns: [
      say`All that the homeserver knows is in it, also what must not be read by anybody: it has to be kept as safe as the database.`,
    ],
    done: (_, said) => say`The copy is at ${code(said)}.`,
  }),
  extraAct('server regenerate-config', {
    summary: "Write the homeserver's configuration anew into a file of its machine.",
    cautions: ['The file has all its secrets in it. Nothing of it is shown here.'],
    input: () =>
      z.object({
        path,
        force: flag.describe('In place of a file that is there, of which a copy is kept.'),
        includeEnv: flag.describe('With what comes from its environment, secrets among it.'),
        stripUnknown: flag.describe('Without keys that it does not know.'),
      }),
    positionals: ['path'],
    example: ['After an upgrade', '!admin server regenerate-config /etc/tuwunel/new.toml'],
    danger: 'confirm',
    role: 'owner',
    title: ({ path: where }) => say`Write the configuration to ${code(where)}.`,
    target: ({ path: where }) => where,
    warns: ({ force }) => [
      say`Secrets stand in that file; the homeserver uses it only where it is told to.`,
      ...(force ? [say`A file that is there is replaced.`] : []),
    ],
    done: (_, said) => say`The configuration is at ${code(said)}.`,
  }),
];
