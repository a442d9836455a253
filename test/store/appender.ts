import { openStore } from '../../src/store/open.ts';

/** Appends to the trail of the store (1st argument) in its own name (2nd), until it and the other (3rd) have 100 records each. */
const [path = '', own = '', other = ''] = process.argv.slice(2);
const store = openStore(path, { clock: Date.now });
const enough = (actor: string) => store.audit.list({ actor, limit: 1, from: 99 }).length > 0;
while (!(enough(own) && enough(other))) {
  store.audit.append({ kind: 'note', actor: own, source: 'shell:1', command: 'bot', input: null, targets: [own] });
}
store.close();
