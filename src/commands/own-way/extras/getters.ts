import { z } from 'zod';
import { choice, count, flag, roomId, server, text } from '../../../core/fields.ts';
import { code, say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

/** What is there for whoever works on the homeserver: shown, never read. */
export const getterExtras = [
  extraRead('debug', {
    summary: 'What the homeserver can tell for finding a fault, as it prints it.',
    cautions: ['Without a name that it knows, all names are listed. Ids and aliases are typed whole.'],
    input: () =>
      z.object({
        words: z.array(text).default([]).describe('Its name, and what it takes.'),
        lines: text.optional().describe('JSON, where it takes any.'),
        noCache: flag.describe('Of what it asks others: not what it remembers.'),
        map: text.optional().describe('Of the database: which part.'),
        level: count().optional().describe('Of the files of the database: which level.'),
        room: roomId.optional().describe('Of servers: those in this room.'),
        name: server.optional().describe('Of servers: this one.'),
        notary: server.optional().describe('Of keys: the server to ask for them.'),
        query: flag.describe('Of keys: ask, also for those that are remembered.'),
        names: flag.describe('Of what it is made of: the names alone.'),
      }),
    positionals: ['words'],
    body: { kind: 'text', into: 'lines', required: false },
    example: ['An event', '!admin debug get-pdu $abc'],
    role: 'admin',
    audited: true,
    heading: ({ words }) => say`${code(words.join(' '))}, as the homeserver prints it:`,
  }),
  extraRead('query', {
    summary: 'What the homeserver has stored, as it prints it.',
    cautions: ['Without a name that it knows, all names are listed. Ids and aliases are typed whole.'],
    input: () =>
      z.object({
        words: z.array(text).default([]).describe('Its name, and what it takes.'),
        overrides: choice(['true', 'false'])
          .optional()
          .describe('Of where servers are: only what overrides, or what does not.'),
        limit: count(1, 1000).optional().describe('Of events: how many.'),
      }),
    positionals: ['words'],
    example: ['How many accounts?', '!admin query users count-users'],
    role: 'admin',
    audited: true,
    heading: ({ words }) => say`${code(words.join(' '))}, as the homeserver prints it:`,
  }),
];
