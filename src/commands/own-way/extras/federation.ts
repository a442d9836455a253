import { z } from 'zod';
import { say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

export const federationExtras = [
  extraRead('federation incoming-federation', {
    flat: ['incoming-federation'],
    summary: 'Of which rooms events of other servers are being taken in now, and for how long already.',
    input: z.object({}),
    example: ['What is it working at?', '!admin federation incoming-federation'],
    role: 'viewer',
    heading: () => say`Being taken in:`,
  }),
];
