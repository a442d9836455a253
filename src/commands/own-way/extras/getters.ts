import { z } from 'zod';
import { count, flag, roomId, server, text } from '../../../core/fields.ts';
import { code, say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

/** What is there for whoever works on the homeserver: shown, never read. */
export const getterExtras = [
  extraRead('debug', {
    summary: 'What the homeserver can tell for finding a fault, as it prints it.',
    cautions: ['Without a name that it knows, all names are listed.'],
    input: z.object({
      words: z.array(text).describe('Its name, and what it takes.'),
      lines: text.optional().describe('JSON, where it takes any.'),
      noCache: flag.describe('Of what it asks others: not what it remembers.'),
      map: text.optional().describe('Of the database: which part.'),
      level: count().optional().describe('Of the files of the database: which level.'),
      room: roomId.optional().describe('Of servers: those in this room.'),
      name: server.optional().describe('Of servers: this one.'),
    }),
    positionals: ['words'],
    body: { kind: 'text', into: 'lines', required: false },
    example: ['An event', '!admin debug get-pdu $abc'],
    role: 'admin',
    heading: ({ words }) => say`${code(words.join(' '))}, as the homeserver prints it:`,
  }),
  extraRead('query', {
    summary: 'What the homeserver has stored, as it prints it.',
    cautions: ['Without a name that it knows, all names are listed.'],
    input: z.object({ words: z.array(text).describe('Its name, and what it takes.') }),
    positionals: ['words'],
    example: ['How many accounts?', '!admin query users count-users'],
    role: 'admin',
    heading: ({ words }) => say`${code(words.join(' '))}, as the homeserver prints it:`,
  }),
];
