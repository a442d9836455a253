import type { Json } from '../core/json.ts';
import type { Connection } from './connection.ts';
import type { LedgerEntry, Store } from './store.ts';

type Kind = LedgerEntry['kind'];
type Row = Omit<LedgerEntry, 'detail'> & { readonly detail: string };

const fromRow = (row: Row): LedgerEntry => ({ ...row, detail: JSON.parse(row.detail) as Json });

/** Rooms that were banned or cut off from federation, since the homeserver keeps no list of them. */
export function createLedger({ db, clock, write }: Connection): Store['ledger'] {
  const select = 'SELECT kind, room_id AS roomId, at, actor, source, detail FROM ledger';
  const put = db.prepare<[object]>(
    `INSERT OR REPLACE INTO ledger (kind, room_id, at, actor, source, detail)
    VALUES (:kind, :roomId, :at, :actor, :source, :detail)`,
  );
  const get = db.prepare<[Kind, string], Row>(`${select} WHERE kind = ? AND room_id = ?`);
  const list = db.prepare<[Kind], Row>(`${select} WHERE kind = ? ORDER BY at DESC, room_id`);
  const remove = db.prepare<[Kind, string]>('DELETE FROM ledger WHERE kind = ? AND room_id = ?');
  return {
    put: write((entry: Omit<LedgerEntry, 'at'>) => {
      put.run({ ...entry, at: clock(), detail: JSON.stringify(entry.detail) });
    }),
    get(kind, roomId) {
      const row = get.get(kind, roomId);
      return row === undefined ? undefined : fromRow(row);
    },
    list: (kind) => list.all(kind).map(fromRow),
    remove: write((kind: Kind, roomId: string) => {
      remove.run(kind, roomId);
    }),
  };
}
