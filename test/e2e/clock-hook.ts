/**
 * Loaded into the bot's process before the program (`node --import`): its clock is off by as many milliseconds as the
 * file named in the environment says at the time.
 */

import { readFileSync } from 'node:fs';

const file = process.env.CASTELLAN_CLOCK_FILE ?? '';
const real = Date.now;
Date.now = () => real() + Number(readFileSync(file, 'utf8'));
