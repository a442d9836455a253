import { z } from 'zod';
import { server } from '../../../core/fields.ts';
import { code, say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

export const federationExtras = [
  extraRead('federation incoming-federation', {
    flat: ['incoming-federation'],
    summary: 'Which events of other servers the homeserver is working on, and for how long.',
    input: () => z.object({}),
    example: ['What keeps it busy?', '!admin federation incoming-federation'],
    role: 'viewer',
    heading: () => say`What it is working on:`,
  }),
  extraRead('federation get-signing-keys', {
    summary: 'With which keys another server signs, as it says itself.',
    input: () => z.object({ server: server.describe('Its name.') }),
    positionals: ['server'],
    example: ['Of matrix.org', '!admin federation get-signing-keys matrix.org'],
    role: 'viewer',
    heading: ({ server: name }) => say`The keys of ${code(name)}:`,
  }),
];
