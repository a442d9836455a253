import { openStore } from '../../src/store/open.ts';

/** Opens the store (1st argument), prints a value of it (2nd), and closes it. */
const [path = '', name = ''] = process.argv.slice(2);
const store = openStore(path, { clock: Date.now });
process.stdout.write(`${store.values.get(name) ?? ''}\n`);
store.close();
