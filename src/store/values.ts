import type { Connection } from './connection.ts';
import type { Store } from './store.ts';

/** Small named values. */
export function createValues({ db, write }: Connection): Store['values'] {
  const get = db.prepare<[string], string>('SELECT value FROM value WHERE name = ?').pluck();
  const set = db.prepare<[string, string]>(
    'INSERT INTO value (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare<[string]>('DELETE FROM value WHERE name = ?');
  return {
    get: (name) => get.get(name),
    set: write((name: string, value: string) => {
      set.run(name, value);
    }),
    delete: write((name: string) => {
      remove.run(name);
    }),
  };
}
