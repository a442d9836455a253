import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { counted } from '../../core/text.ts';
import type { Redaction, RedactionOrder, Redactions } from '../../homeserver/redactions.ts';
import type { Step } from '../define.ts';
import { type LeftIn, leftIn, type Redacted } from './redacted.ts';

const firstLookMs = 200;
const longestLookMs = 2_000;
/** Looking costs the homeserver something too: it rests so many times as long as it took. */
const restPerLook = 4;
/** Said when nothing has moved for so long. */
const stillMs = 20_000;

const isOpen = ({ state }: Redaction) => state === 'scheduled' || state === 'active';

/** What a step keeps of the redaction it follows. */
const kept = once(() =>
  z.object({
    /** In the order in which the homeserver goes through them, with what could be read there, and how far it will come. */
    rooms: z.array(z.object({ roomId: z.string(), readable: z.number(), due: z.number() })),
    /** Redactions of this account that were there before ours was ordered. */
    before: z.array(z.string()).nullable(),
    following: z.string().nullable(),
  }),
);
type Kept = z.output<ReturnType<typeof kept>>;

/** How far a redaction has come. */
interface Place {
  /** The room it is in now. */
  room: number;
  /** Redacted in the rooms before that one. */
  earlier: number;
}

/**
 * Has the homeserver redact what a local account wrote, in its own name, and follows that to its end, over restarts of the
 * bot and of the homeserver, without ever ordering it twice. The rooms themselves have the last word.
 */
export async function followRedaction(
  redactions: Redactions,
  userId: string,
  order: RedactionOrder,
  step: Pick<Step, 'kept' | 'keep' | 'says' | 'wait' | 'cancelled'>,
): Promise<Redacted> {
  if (step.kept === undefined) step.keep(await atFirst());
  const { rooms } = known();
  if (rooms.length === 0) return judged(undefined, undefined);
  const redactionId = await underWay();
  if (redactionId === undefined) return judged(undefined, 'cancelled before it was begun');
  const ended = await itsEnd(redactionId);
  if (ended === 'left') {
    return judged(undefined, 'cancelled, but the homeserver goes on with it by itself', redactionId);
  }
  return judged(ended, whyNot(ended), redactionId);

  function known(): Kept {
    return kept().parse(step.kept);
  }

  /** Without the rooms that have nothing any more: a single one that is gone would end the homeserver's work. */
  async function atFirst(): Promise<Kept> {
    const found: Kept['rooms'] = [];
    for (const roomId of order.rooms) {
      const { readable, total } = await redactions.written(userId, roomId);
      const due = readable.filter(({ nth }) => nth > total - order.limit).length;
      if (readable.length > 0) found.push({ roomId, readable: readable.length, due });
    }
    return { rooms: found, before: null, following: null };
  }

  /** The redaction to follow; ordered here where it was not. `undefined`: cancelled before that. */
  async function underWay(): Promise<string | undefined> {
    const { following, before } = known();
    if (following !== null) return following;
    let all = await redactions.ofUser(userId);
    // After a stop or a lost answer: one that was not there before is ours.
    const ours = before && all.find(({ redactionId }) => !before.includes(redactionId));
    if (ours) return follow(ours.redactionId);
    for (let wait = firstLookMs; all.some(isOpen); wait = Math.min(wait * 2, longestLookMs)) {
      step.says('It waits for another redaction of this account, which somebody else began, to end.');
      if (step.cancelled()) return undefined;
      await step.wait(wait);
      all = await redactions.ofUser(userId);
    }
    step.keep({ rooms, before: all.map(({ redactionId }) => redactionId), following: null });
    try {
      return follow(await redactions.start(userId, { ...order, rooms: rooms.map(({ roomId }) => roomId) }));
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'conflict') throw error;
      // Somebody was faster, and theirs is not ours: all of it is looked at anew.
      step.keep({ rooms, before: null, following: null });
      throw new Problem('unavailable', error.text);
    }
  }

  function follow(redactionId: string): string {
    step.keep({ rooms, before: null, following: redactionId });
    return redactionId;
  }

  /** `left`: the job was cancelled, which does not stop the homeserver. `undefined`: it has forgotten the redaction. */
  async function itsEnd(redactionId: string): Promise<Redaction | undefined | 'left'> {
    const place: Place = { room: 0, earlier: 0 };
    let moved = '';
    let still = 0;
    for (let wait = firstLookMs; ; wait = Math.min(wait * 2, longestLookMs)) {
      const began = performance.now();
      const now = (await redactions.ofUser(userId)).find((one) => one.redactionId === redactionId);
      if (now === undefined || !isOpen(now)) return now;
      const progress = await howFar(now, place);
      still = progress === moved ? still + wait : 0;
      moved = progress;
      step.says(
        still < stillMs
          ? progress
          : `${progress} Nothing has moved for a while: back from a restart, the homeserver takes some minutes to go on.`,
      );
      if (step.cancelled()) return 'left';
      await step.wait(Math.max(wait, (performance.now() - began) * restPerLook));
    }
  }

  async function howFar({ state, refused }: Redaction, place: Place): Promise<string> {
    if (state === 'scheduled') return 'It waits for its turn at the homeserver.';
    let here = 0;
    for (let room = rooms[place.room]; room !== undefined; room = rooms[++place.room]) {
      const { readable } = await redactions.written(userId, room.roomId);
      here = Math.max(0, room.readable - readable.length);
      if (here + readable.filter(({ eventId }) => refused.has(eventId)).length < room.due) break;
      place.earlier += here;
      here = 0;
    }
    const all = rooms.reduce((sum, { due }) => sum + due, 0);
    const at = Math.min(place.room + 1, rooms.length);
    return [
      `${(place.earlier + here).toLocaleString('en')} of ${counted(all, 'message')} redacted`,
      `room ${at.toLocaleString('en')} of ${rooms.length.toLocaleString('en')}`,
      `${refused.size.toLocaleString('en')} refused.`,
    ].join(', ');
  }

  async function judged(
    ended: Redaction | undefined,
    stopped: string | undefined,
    redactionId?: string,
  ): Promise<Redacted> {
    const refused = ended?.refused ?? new Map<string, string>();
    const left: LeftIn[] = [];
    let redacted = 0;
    for (const { roomId, readable } of rooms) {
      const written = await redactions.written(userId, roomId);
      redacted += Math.max(0, readable - written.readable.length);
      const here = leftIn(roomId, written, order.limit, refused);
      if (here !== undefined) left.push(here);
    }
    return { redacted, rooms: rooms.length, left, refused, stopped, redactionId };
  }
}

function whyNot(ended: Redaction | undefined): string | undefined {
  if (ended?.state === 'failed')
    return `the homeserver gave up: ${ended.error?.split('\n', 1)[0] ?? 'it does not say why'}`;
  if (ended?.state === 'cancelled') return 'it was called off on the homeserver';
  return undefined;
}
