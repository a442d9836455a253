import type { AnyCommand } from '../define.ts';
import jobCancel from './cancel.ts';
import jobList from './list.ts';
import jobResume from './resume.ts';
import jobShow from './show.ts';

export const commands: readonly AnyCommand[] = [jobList, jobShow, jobCancel, jobResume];
