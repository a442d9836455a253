/**
 * Loaded into the bot's process before the program (`node --import`): it dies by SIGKILL `before` or `after` a file is
 * put in place of another, as the file named in the environment says at the time; of any other word it takes no notice.
 */

import fs, { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const file = process.env.CASTELLAN_DIE_FILE ?? '';
const real = fs.renameSync;

function dieIf(moment: string): void {
  if (readFileSync(file, 'utf8') !== moment) return;
  process.kill(process.pid, 'SIGKILL');
  // Nothing more is done until it is dead.
  for (;;);
}

fs.renameSync = (from, to) => {
  dieIf('before');
  real(from, to);
  dieIf('after');
};
syncBuiltinESMExports();
