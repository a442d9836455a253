import type { RoomEvent } from '../../matrix/matrix.ts';
import { repliesTo } from './reply-of.ts';
import { secretCommand } from './secret-commands.ts';

/**
 * Takes away what is answered to a command with a secret after nobody waits for it any more: it came too late, or the
 * bot was killed before it came.
 */
export interface SecretWatch {
  /** This command was sent by this process, which removes it and its answer itself. */
  owns(commandId: string): void;
  /** This command of the bot's was given up, and may be answered yet. */
  owes(commandId: string): void;
  /** Every event of the server's room, in order. */
  see(event: RoomEvent): void;
  /** What an earlier process has left, the oldest event first; `mayRemoveAnswers`: whether answers can be removed too. */
  catchUp(events: readonly RoomEvent[], mayRemoveAnswers: boolean): void;
}

export interface SecretWatchOptions {
  readonly botId: string;
  readonly serverUser: string;
  readonly prefix: string;
  readonly answers: 'reply' | 'order';
  readonly remove: (eventId: string) => void;
  /**
   * Removes it when nobody can be waiting for it any more. Of what another process with the bot's account asks, such as
   * `castellan exec`, which may be gone before the answer comes.
   */
  readonly removeLater?: ((eventId: string) => void) | undefined;
}

/** With these words Conduit, whose answers do not say what they answer, tells a password. */
const tellsPassword =
  /^(Created user with user_id: @\S+ and password: |Successfully reset the password for user @\S+: )/;

export function createSecretWatch(options: SecretWatchOptions): SecretWatch {
  const { botId, serverUser, prefix, remove, removeLater } = options;
  const byReply = options.answers === 'reply';
  /** Commands that may be answered yet; parts of an answer among them, which the next part answers. */
  const owed = new Set<string>();
  const own = new Set<string>();
  /** Commands of another process, and parts of what they are answered with. */
  const others = new Set<string>();

  const isMessage = ({ type, stateKey }: RoomEvent) => type === 'm.room.message' && stateKey === undefined;
  const holdsSecret = ({ redacted, content }: RoomEvent) => {
    if (redacted) return true;
    const [line = ''] = String(content.body).split('\n', 1);
    return line.startsWith(prefix) && secretCommand(line.slice(prefix.length).trim().split(/\s+/)) !== undefined;
  };

  function take(event: RoomEvent): boolean {
    if (byReply) {
      if (!repliesTo(event).some((id) => owed.has(id))) return false;
      owed.add(event.eventId);
      return true;
    }
    const oldest = owed.values().next().value;
    if (oldest === undefined || !tellsPassword.test(String(event.content.body))) return false;
    owed.delete(oldest);
    return true;
  }

  function isOthers(event: RoomEvent): boolean {
    if (!byReply) return others.size > 0 && tellsPassword.test(String(event.content.body));
    if (!repliesTo(event).some((id) => others.has(id))) return false;
    others.add(event.eventId);
    return true;
  }

  return {
    owns: (commandId) => void own.add(commandId),
    owes: (commandId) => void owed.add(commandId),
    see(event) {
      if (!isMessage(event) || event.redacted) return;
      if (event.sender === botId && removeLater !== undefined && !own.has(event.eventId) && holdsSecret(event)) {
        others.add(event.eventId);
        removeLater(event.eventId);
      }
      if (event.sender !== serverUser) return;
      if (take(event)) remove(event.eventId);
      else if (isOthers(event)) removeLater?.(event.eventId);
    },
    catchUp(events, mayRemoveAnswers) {
      for (const event of events.filter(isMessage)) {
        // What was removed held a secret: nothing else is.
        if (event.sender === botId && holdsSecret(event)) {
          owed.add(event.eventId);
          if (!event.redacted) remove(event.eventId);
        } else if (event.sender === serverUser) {
          if (event.redacted) owed.delete(owed.values().next().value ?? '');
          else if (take(event) && mayRemoveAnswers) remove(event.eventId);
        }
      }
    },
  };
}
