import { z } from 'zod';
import { formatTime } from '../../core/display.ts';
import { eventId, text } from '../../core/fields.ts';
import { Problem } from '../../core/problem.ts';
import { paragraph, reply } from '../../core/reply.ts';
import { code, commandLine, counted, joined, say, type Text } from '../../core/text.ts';
import type { FoundEvent } from '../../homeserver/room-data.ts';
import type { Asker } from '../asker.ts';
import { type Capabilities, command } from '../define.ts';
import { ifTold } from '../if-told.ts';
import { namedRoom } from '../room/named-room.ts';
import { notTheAdminRoom } from '../room/not-the-admin-room.ts';
import { roomMark } from '../room/room-mark.ts';
import { accountMarks } from './account-marks.ts';
import { whoMayRedact } from './who-may-redact.ts';

const needs = ['users', 'rooms', 'roomData', 'puppets', 'adminRoom', 'isProtected', 'clock'] as const;
type Caps = Pick<Capabilities, (typeof needs)[number]>;

/** State without which a room falls apart; what redacting leaves of these differs from version to version. */
const vital = new Set([
  'm.room.power_levels',
  'm.room.join_rules',
  'm.room.member',
  'm.room.server_acl',
  'm.room.history_visibility',
]);

/** The event. Throws Problem where it is not to be redacted. */
async function redactable(
  asked: string,
  { roomData, adminRoom, isProtected }: Caps,
  asker: Asker,
): Promise<FoundEvent> {
  const event = await roomData.event(asked);
  if (event === undefined) {
    throw new Problem(
      'not-found',
      say`This server does not know the event ${code(asked)}.`,
      say`It may have been purged, or be of a room that nobody of this server is in.`,
    );
  }
  const { sender, type, stateKey, roomId, redaction } = event;
  if (redaction !== undefined) {
    throw new Problem(
      'conflict',
      say`${code(asked)} was redacted already, by ${code(redaction.by)}; there is nothing to do.`,
    );
  }
  if (sender === adminRoom.botId)
    throw new Problem(
      'never',
      say`${code(asked)} was sent by me. I never redact what I said: the audit trail leans on it.`,
    );
  if (stateKey !== undefined) notTheAdminRoom(roomId, adminRoom.roomId, 'redact the state of');
  if (type === 'm.room.create' || type === 'm.room.redaction')
    throw new Problem('conflict', say`${code(asked)} is a ${code(type)}; redacting it would change nothing.`);
  if (asker.role !== 'owner' && sender !== asker.userId && (await isProtected(sender)))
    throw new Problem('forbidden', say`${code(sender)} is an admin: only an owner may redact what it sent.`);
  return event;
}

const kindOf = ({ type, stateKey }: FoundEvent): Text =>
  stateKey === undefined ? say`${code(type)}` : say`state ${code(type)}`;

function cautionOf({ type, stateKey }: FoundEvent): Text {
  if (stateKey === undefined)
    return say`This cannot be undone. Its edits go with it; a file in it can still be fetched: ${commandLine('media delete-media')} removes that.`;
  return vital.has(type)
    ? say`**It is part of the room's state**, on which the room's rules rest. Redacting it takes its content away and cannot be undone.`
    : say`It is part of the room's state: redacting it takes its content away, as if nothing had been set. It cannot be undone, only set anew.`;
}

export default command({
  path: 'user redact-event',
  summary: 'Take back one message, with its edits.',
  cautions: [
    'It is done as its sender, where that is a local account; what others sent is redacted by a member with power in the room.',
    'Members of the room see who redacted it. The server keeps redacted text for some days, and clients may have it already.',
  ],
  input: () =>
    z.object({
      eventId: eventId.describe('Its id, which begins with a $.'),
      reason: text.optional().describe('Why; everybody in the room can read it.'),
    }),
  positionals: ['eventId'],
  examples: [
    ['By its id', "!admin user redact-event '$h29iv0s8n0ei7s6tqhk4g1ylwmbyo9xrq4jmwjj1oXs'"],
    ['With a reason', "!admin user redact-event '$h29iv0s8n0ei7s6tqhk4g1ylwmbyo9xrq4jmwjj1oXs' --reason spam"],
  ],
  danger: 'confirm',
  role: 'moderator',
  needs,

  async plan({ eventId: asked, reason }, caps, asker) {
    const event = await redactable(asked, caps, asker);
    const { sender, roomId } = event;
    const by = await whoMayRedact(event, caps);
    const account = await caps.users.get(sender);
    const room = await caps.rooms.get(roomId);
    const mine = new Set((await ifTold(caps.users.joinedRooms(asker.userId))) ?? []);
    const marks = account === undefined ? [] : accountMarks(account, asker);
    return {
      title: say`Redact ${code(asked)} in ${await namedRoom(caps.rooms, roomId)}.`,
      targets: [
        {
          id: asked,
          note: joined([
            kindOf(event),
            say`sent by ${code(sender)}${marks.length > 0 ? say` (${joined(marks)})` : ''}`,
            say`on ${formatTime(event.sentAt, caps.clock())}`,
          ]),
        },
      ],
      cautions: [
        ...(room === undefined ? [] : [say`The room: ${roomMark(room, await caps.rooms.aliases(roomId), mine)}.`]),
        by === sender
          ? say`It is done as its sender; the room sees that ${code(sender)} took it back${reason === undefined ? '' : ', with the reason'}.`
          : say`It is done as ${by === caps.adminRoom.botId ? say`myself` : code(by)}, who has the power in the room; its members see that${reason === undefined ? '' : ', with the reason'}.`,
        cautionOf(event),
        ...(event.withheld ? [say`The server does not say whether it was redacted before.`] : []),
      ],
      frozen: { by },
    };
  },

  async run({ eventId: asked, reason }, caps, asker, frozen) {
    const event = await redactable(asked, caps, asker);
    const by = await whoMayRedact(event, caps);
    if (frozen !== undefined && frozen !== null && frozen.by !== by) {
      throw new Problem(
        'conflict',
        say`Things have changed since the plan was shown: it would be redacted as ${code(by)} now. Nothing was done.`,
        say`Send the command again if that is meant.`,
      );
    }
    const edits = await caps.puppets.redactEvent(by, event.roomId, asked, reason);
    const now = await caps.roomData.event(asked);
    if (now !== undefined && now.redaction === undefined && !now.withheld) {
      throw new Problem(
        'rejected',
        say`The homeserver said yes, but ${code(asked)} can still be read. It may not count the redaction of ${code(by)}.`,
      );
    }
    const withEdits = edits === 0 ? say`` : say`, with ${counted(edits, 'edit')}`;
    return reply.done(
      say`Redacted ${code(asked)} of ${code(event.sender)} in ${await namedRoom(caps.rooms, event.roomId)}${withEdits}${by === event.sender ? '' : say`, as ${code(by)}`}.`,
      {
        blocks: isFile(event) ? [paragraph(stillThere(event))] : [],
        change: { before: { redacted: false }, after: { redacted: true, edits, by } },
      },
    );
  },

  async settle({ eventId: asked }, { roomData }) {
    const event = await roomData.event(asked);
    if (event === undefined || event.withheld) return 'unknown';
    return event.redaction === undefined ? 'not done' : 'done';
  },
});

const isFile = ({ content }: FoundEvent): boolean =>
  typeof content.url === 'string' && content.url.startsWith('mxc://');

/** Synapse's redaction does not reach the media store. */
function stillThere({ content }: FoundEvent): Text {
  return say`Its file can still be fetched: ${commandLine(`media delete-media --mxc ${String(content.url)}`)} removes it.`;
}
