import type { AnyCommand } from '../define.ts';
import deleteReport from './delete.ts';
import listReports from './list.ts';
import showReport from './show.ts';
import reportedUsers from './users.ts';

export const commands: readonly AnyCommand[] = [listReports, reportedUsers, showReport, deleteReport];
