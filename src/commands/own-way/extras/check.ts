import { z } from 'zod';
import { say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

export const checkExtras = [
  extraRead('check check-all-users', {
    summary: 'Read every account in the database, and count those that are broken.',
    input: () => z.object({}),
    example: ['Are all well?', '!admin check check-all-users'],
    role: 'admin',
    heading: () => say`The accounts in its database:`,
  }),
];
