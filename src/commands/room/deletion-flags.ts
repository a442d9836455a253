import type { z } from 'zod';
import { atMostOneOf, flag, localUser, text } from '../../core/fields.ts';
import { once } from '../../core/once.ts';
import type { DeletionOrder } from '../../homeserver/deletions.ts';

const usualName = 'Content Violation Notification';
const usualMessage = 'Sharing illegal content on this server is not permitted and rooms in violation will be blocked.';

/** The flags of every command that deletes rooms. */
export const deletionFlags = once(() => ({
  newRoomUserId: localUser
    .optional()
    .describe('Who makes a new room for the people of this server; an account of this server, registered or not.'),
  roomName: text.optional().describe(`Name of that new room; otherwise “${usualName}”.`),
  message: text.optional().describe(`What is said in that new room; otherwise “${usualMessage}”.`),
  block: flag.describe('Also keep the people of this server from joining it again.'),
  noPurge: flag.describe('Only take the people of this server out; its history stays in the database.'),
  forcePurge: flag.describe('Purge it even if somebody of this server cannot be taken out.'),
  v1: flag.describe('By one blocking request, as older servers did; nothing is told until it has ended.'),
}));

export const deletionShort = { u: 'newRoomUserId', n: 'roomName', m: 'message', b: 'block' } as const;

type Flags = z.output<z.ZodObject<ReturnType<typeof deletionFlags>>>;
type Check = Parameters<z.ZodObject['check']>[0];

/** Of a command's input: which of {@link deletionFlags} go together. */
export const deletionChecks: readonly Check[] = [
  atMostOneOf('noPurge', 'forcePurge'),
  (payload) => {
    const { newRoomUserId, roomName, message } = payload.value as Flags;
    const given = [...(roomName === undefined ? [] : ['--room-name']), ...(message === undefined ? [] : ['--message'])];
    const fault = (words: string) => payload.issues.push({ code: 'custom', input: undefined, message: words });
    if (roomName?.trim() === '' || message?.trim() === '') fault(`${given.join(' and ')} must not be empty.`);
    else if (newRoomUserId === undefined && given.length > 0)
      fault(`${given.join(' and ')} belong to a new room: name who makes it with --new-room-user-id.`);
  },
];

export function orderOf({ newRoomUserId, roomName, message, block, noPurge, forcePurge }: Flags): DeletionOrder {
  return {
    block,
    purge: !noPurge,
    forcePurge,
    ...(newRoomUserId === undefined
      ? {}
      : { newRoom: { creator: newRoomUserId, name: roomName ?? usualName, message: message ?? usualMessage } }),
  };
}
