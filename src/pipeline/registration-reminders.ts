import type { Local } from '../commands/local.ts';
import { Problem } from '../core/problem.ts';
import { commandLine, say, type Text, wordsOf } from '../core/text.ts';
import type { Host, Restarted } from '../homeserver/host.ts';
import type { Due, Store } from '../store/store.ts';
import type { DueOptions } from './due.ts';
import type { Tell } from './tell.ts';

const dayMs = 24 * 60 * 60_000;
const closeKey = 'close registration';
const remindKey = 'remind of registration';

/** Keeps in the store when registration is to be closed, or that it stands open. */
export function createReminders(options: {
  readonly store: Store;
  readonly roomId: string;
  readonly clock: () => number;
  readonly wake: () => void;
}): Local['reminders'] {
  const { store, roomId, clock, wake } = options;
  return {
    ofRegistration(open, asker) {
      store.due.done(closeKey);
      store.due.done(remindKey);
      if (open === undefined) return;
      const { closeInMs } = open;
      store.due.add(
        closeInMs === undefined
          ? { key: remindKey, kind: 'remind-registration', roomId, target: asker.userId, at: clock() + dayMs }
          : { key: closeKey, kind: 'close-registration', roomId, target: asker.userId, at: clock() + closeInMs },
      );
      wake();
    },
  };
}

/** Does what they keep. */
export function createRegistrationReminders(options: {
  readonly host: Host;
  readonly store: Store;
  readonly botId: string;
  readonly tell: Tell;
  readonly clock: () => number;
}): Pick<DueOptions, 'closeRegistration' | 'remindOfRegistration'> {
  const { host, store, botId, tell, clock } = options;
  const isOpen = async () =>
    (await host.config()).options.some(({ key, value }) => key === 'enable_registration' && value === true);

  function record(kind: 'intent' | 'outcome', { target }: Due, source: string, ended?: Restarted): void {
    store.audit.append({
      kind,
      actor: botId,
      source,
      command: 'server allow-registration',
      input: { allow: 'false', askedBy: target },
      targets: ['enable_registration'],
      ...(ended === undefined
        ? {}
        : {
            outcome:
              ended.state === 'back'
                ? 'done'
                : ended.state === 'away' || ended.state === 'not seen'
                  ? 'unknown'
                  : 'failed',
          }),
    });
  }

  return {
    async closeRegistration(due) {
      const source = `due ${due.key} ${due.at}`;
      let ended = host.outcomeOf(source);
      if (ended === undefined) {
        if (!(await isOpen())) return;
        const { fingerprint } = await host.config();
        record('intent', due, source);
        const change = { enable_registration: false, enable_registration_without_verification: null };
        try {
          ended = await host.restart(source, { options: change, seen: fingerprint });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          ended = { state: 'not begun', why: wordsOf(error.text), undone: [] };
        }
        record('outcome', due, source, ended);
      }
      tell(due, closed(ended));
      // It stays open: that is not forgotten.
      if (ended.state !== 'back')
        store.due.add({ ...due, key: remindKey, kind: 'remind-registration', at: clock() + dayMs });
    },

    async remindOfRegistration(due) {
      if (!(await isOpen())) return;
      tell(due, say`🔔 Registration is still **open**. ${commandLine('server allow-registration false')} closes it.`);
      store.due.add({ ...due, at: clock() + dayMs });
    },
  };
}

function closed(ended: Restarted): Text {
  if (ended.state === 'back') {
    return say`🔒 Registration is **closed** again, as was asked for. The homeserver was back after ${(ended.ms / 1_000).toFixed(1)} s.`;
  }
  const why = 'why' in ended ? ended.why : '';
  return say`⚠️ Registration was to be closed now, and I could not see that it is. ${why} Please look: ${commandLine('server allow-registration false')}.`;
}
