import type { AnyCommand } from '../define.ts';
import deleteLocalOrOne from './delete.ts';
import deleteLocal from './delete-local.ts';
import deleteFile from './delete-media.ts';
import deleteFileList from './delete-media-list.ts';
import deletePastRemoteMedia from './delete-past-remote-media.ts';
import getFileInfo from './get-file-info.ts';
import listMedia from './list.ts';
import { protect, unprotect } from './protect.ts';
import purgeMedia from './purge.ts';
import quarantine from './quarantine.ts';
import mediaStatistics from './statistics.ts';
import unquarantine from './unquarantine.ts';

export const commands: readonly AnyCommand[] = [
  getFileInfo,
  listMedia,
  mediaStatistics,
  deleteFile,
  deleteFileList,
  deleteLocalOrOne,
  deleteLocal,
  deletePastRemoteMedia,
  purgeMedia,
  quarantine,
  unquarantine,
  protect,
  unprotect,
];
