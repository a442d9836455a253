import { commands as appservice } from './appservice/index.ts';
import { commands as audit } from './audit/index.ts';
import { basics, commands as bot } from './bot/index.ts';
import type { AnyCommand } from './define.ts';
import { commands as federation } from './federation/index.ts';
import { commands as group } from './group/index.ts';
import { commands as history } from './history/index.ts';
import { commands as job } from './job/index.ts';
import { commands as matrix } from './matrix/index.ts';
import { commands as media } from './media/index.ts';
import { commands as native } from './native/index.ts';
import { commands as notice } from './notice/index.ts';
import { commands as raw } from './raw/index.ts';
import { commands as report } from './report/index.ts';
import { commands as room } from './room/index.ts';
import { commands as server } from './server/index.ts';
import { commands as token } from './token/index.ts';
import { commands as user } from './user/index.ts';

/** Every command there is. A new one is a file in its noun's folder and a line in that folder's table. */
export const commands: readonly AnyCommand[] = [
  ...basics,
  ...user,
  ...room,
  ...media,
  ...history,
  ...federation,
  ...token,
  ...report,
  ...native,
  ...notice,
  ...group,
  ...raw,
  ...matrix,
  ...server,
  ...appservice,
  ...job,
  ...bot,
  ...audit,
];
