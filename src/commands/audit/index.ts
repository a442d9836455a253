import type { AnyCommand } from '../define.ts';
import auditExport from './export.ts';
import auditList from './list.ts';
import auditShow from './show.ts';
import auditVerify from './verify.ts';

export const commands: readonly AnyCommand[] = [auditList, auditShow, auditVerify, auditExport];
