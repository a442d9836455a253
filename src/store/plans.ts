import type { Connection } from './connection.ts';
import type { NewPlan, PlanRow, PlanState, Store } from './store.ts';

interface Row extends Omit<PlanRow, 'input' | 'frozen' | 'word' | 'messageId'> {
  readonly input: string;
  readonly frozen: string;
  readonly word: string | null;
  readonly messageId: string | null;
}

/** The plans with what the transactions of an act do to them. */
export interface Plans {
  readonly noun: Store['plans'];
  /** Throws where the code is in use, by an old plan too. */
  add(plan: NewPlan): void;
  /** True once for the first event to ask, and again for that same event; never after the plan's time. */
  claim(code: string, eventId: string): boolean;
  shownBy(code: string, messageId: string): void;
}

/** Plans waiting for a yes. */
export function createPlans({ db, clock, write }: Connection): Plans {
  const select = `SELECT code, requester, room_id AS roomId, source, command, input, frozen, word, expires_at AS expiresAt,
    state, message_id AS messageId FROM plan`;
  const get = db.prepare<[string], Row>(`${select} WHERE code = ?`);
  const byMessage = db.prepare<[string], Row>(`${select} WHERE message_id = ?`);
  const open = db.prepare<[], Row>(`${select} WHERE state = 'open' ORDER BY seq`);
  const close = db.prepare<[PlanState, string]>("UPDATE plan SET state = ? WHERE code = ? AND state = 'open'");
  const add = db.prepare<[object]>(
    `INSERT INTO plan (code, requester, room_id, source, command, input, frozen, word, expires_at, state)
    VALUES (:code, :requester, :roomId, :source, :command, :input, :frozen, :word, :expiresAt, 'open')`,
  );
  const claim = db.prepare<{ code: string; eventId: string; now: number }>(
    `UPDATE plan SET state = 'claimed', claimed_by = :eventId
    WHERE code = :code AND ((state = 'open' AND expires_at > :now) OR (state = 'claimed' AND claimed_by = :eventId))`,
  );
  const shownBy = db.prepare<[string, string]>('UPDATE plan SET message_id = ? WHERE code = ?');

  return {
    noun: {
      get: (code) => toPlan(get.get(code)),
      byMessage: (eventId) => toPlan(byMessage.get(eventId)),
      open: () => open.all().map(fromRow),
      close: write((code: string, state: 'cancelled' | 'expired') => close.run(state, code).changes === 1),
    },
    add: write((plan: NewPlan) => {
      add.run({
        ...plan,
        input: JSON.stringify(plan.input),
        frozen: JSON.stringify(plan.frozen),
        word: plan.word ?? null,
      });
    }),
    claim: write((code: string, eventId: string) => claim.run({ code, eventId, now: clock() }).changes === 1),
    shownBy: write((code: string, messageId: string) => {
      shownBy.run(messageId, code);
    }),
  };
}

function toPlan(row: Row | undefined): PlanRow | undefined {
  return row === undefined ? undefined : fromRow(row);
}

function fromRow(row: Row): PlanRow {
  return {
    ...row,
    input: JSON.parse(row.input),
    frozen: JSON.parse(row.frozen),
    word: row.word ?? undefined,
    messageId: row.messageId ?? undefined,
  };
}
