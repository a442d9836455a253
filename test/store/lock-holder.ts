import { takeLock } from '../../src/store/lock.ts';

/** Takes the lock of the store named by the argument, says whether it could, and keeps it while it lives. */
const lock = takeLock(process.argv[2] ?? '');
process.stdout.write(lock === undefined ? 'taken\n' : 'held\n');
setInterval(() => {}, 1_000_000);
