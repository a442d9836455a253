import { z } from 'zod';
import { say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

export const federationExtras = [
  extraRead('federation incoming-federation', {
    flat: ['incoming-federation'],
    summary: 'Which events of other servers the homeserver is working on, and for how long.',
    input: z.object({}),
    example: ['What keeps it busy?', '!admin federation incoming-federation'],
    role: 'viewer',
    heading: () => say`What it is working on:`,
  }),
];
