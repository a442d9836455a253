import { z } from 'zod';
import { say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

export const serverExtras = [
  extraRead('server uptime', {
    summary: 'Since when the homeserver runs.',
    input: z.object({}),
    example: ['For how long?', '!admin server uptime'],
    role: 'viewer',
    heading: () => say`The homeserver has been running for:`,
  }),
];
