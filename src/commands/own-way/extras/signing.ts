import { z } from 'zod';
import { text } from '../../../core/fields.ts';
import { code, say } from '../../../core/text.ts';
import { extraRead } from './extra-command.ts';

/** Whoever has a signature of the homeserver can speak for it, so that these are for owners, and recorded. */
export const signingExtras = [
  extraRead('server sign-json', {
    flat: ['sign-json'],
    summary: "Sign JSON with the homeserver's own key.",
    cautions: ['Other servers believe what is signed so. The signed JSON stands in this room and in its own.'],
    input: () => z.object({ json: text.describe('What to sign.') }),
    body: { kind: 'text', into: 'json', required: true },
    example: ['Sign', '!admin server sign-json\n```\n{"hello": "world"}\n```'],
    role: 'owner',
    audited: true,
    heading: () => say`Signed by the homeserver:`,
  }),
  extraRead('server hash-and-sign-event', {
    flat: ['hash-and-sign-event'],
    summary: "Put the hash and the homeserver's signature on an event.",
    cautions: [
      'Other servers believe what is signed so. The event is sent nowhere; it stands in this room and its own.',
    ],
    input: () =>
      z.object({
        roomVersion: text.describe('The version of its room, as 11.'),
        event: text.describe('The event, as JSON.'),
      }),
    positionals: ['roomVersion'],
    body: { kind: 'text', into: 'event', required: true },
    example: ['An event', '!admin server hash-and-sign-event 11\n```\n{"type": "m.room.message"}\n```'],
    role: 'owner',
    audited: true,
    heading: ({ roomVersion }) => say`Signed by the homeserver, for a room of version ${code(roomVersion)}:`,
  }),
];
