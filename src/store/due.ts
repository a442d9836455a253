import type { Connection } from './connection.ts';
import type { Due, Store } from './store.ts';

/** What is to be done at a time. */
export function createDue({ db, write }: Connection): Store['due'] {
  const add = db.prepare<[Due]>(
    `INSERT INTO due (key, kind, room_id, target, at) VALUES (:key, :kind, :roomId, :target, :at)
    ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, room_id = excluded.room_id, target = excluded.target, at = excluded.at`,
  );
  const ready = db.prepare<[number], Due>(
    'SELECT key, kind, room_id AS roomId, target, at FROM due WHERE at <= ? ORDER BY at',
  );
  const get = db.prepare<[string], Due>('SELECT key, kind, room_id AS roomId, target, at FROM due WHERE key = ?');
  const next = db.prepare<[], number>('SELECT at FROM due ORDER BY at LIMIT 1').pluck();
  const done = db.prepare<[string]>('DELETE FROM due WHERE key = ?');
  return {
    add: write((due: Due) => {
      add.run(due);
    }),
    get: (key) => get.get(key),
    ready: (now) => ready.all(now),
    next: () => next.get(),
    done: write((key: string) => {
      done.run(key);
    }),
  };
}
