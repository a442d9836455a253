import cancel from './bot/cancel.ts';
import confirm from './bot/confirm.ts';
import help from './bot/help.ts';
import botStatus from './bot/status.ts';
import whoami from './bot/whoami.ts';
import type { AnyCommand } from './define.ts';
import destination from './federation/destination.ts';
import destinationRooms from './federation/destination-rooms.ts';
import destinations from './federation/destinations.ts';
import fetchSupportWellKnown from './federation/fetch-support-well-known.ts';
import resetDestination from './federation/reset.ts';
import jobCancel from './job/cancel.ts';
import jobList from './job/list.ts';
import jobShow from './job/show.ts';
import sendNotice from './notice/send.ts';
import deleteReport from './report/delete.ts';
import listReports from './report/list.ts';
import showReport from './report/show.ts';
import reportedUsers from './report/users.ts';
import roomDetails from './room/details.ts';
import roomExists from './room/exists.ts';
import listJoinedMembers from './room/list-joined-members.ts';
import listRooms from './room/list-rooms.ts';
import searchRooms from './room/search.ts';
import adminNotice from './server/admin-notice.ts';
import serverVersion from './server/version.ts';
import createToken from './token/create.ts';
import deleteToken from './token/delete.ts';
import tokenDetails from './token/details.ts';
import issueMany from './token/issue-many.ts';
import listTokens from './token/list.ts';
import updateToken from './token/update.ts';
import createList from './user/create-list.ts';
import createUser from './user/create-user.ts';
import deactivate from './user/deactivate.ts';
import deactivateAll from './user/deactivate-all.ts';
import userDetails from './user/details.ts';
import listJoinedRooms from './user/list-joined-rooms.ts';
import listUsers from './user/list-users.ts';
import { lock, unlock } from './user/lock.ts';
import makeUserAdmin from './user/make-user-admin.ts';
import resetPassword from './user/reset-password.ts';
import revokeUserAdmin from './user/revoke-user-admin.ts';
import { suspend, unsuspend } from './user/suspend.ts';

/** Every command there is. A new one is a file in its noun's folder and a line here. */
export const commands: readonly AnyCommand[] = [
  help,
  confirm,
  cancel,

  createUser,
  createList,
  resetPassword,
  listUsers,
  userDetails,
  deactivate,
  deactivateAll,
  listJoinedRooms,
  makeUserAdmin,
  revokeUserAdmin,
  suspend,
  unsuspend,
  lock,
  unlock,

  listRooms,
  searchRooms,
  roomDetails,
  listJoinedMembers,
  roomExists,

  fetchSupportWellKnown,
  destinations,
  destination,
  destinationRooms,
  resetDestination,

  listTokens,
  tokenDetails,
  createToken,
  issueMany,
  updateToken,
  deleteToken,

  listReports,
  reportedUsers,
  showReport,
  deleteReport,

  sendNotice,

  serverVersion,
  adminNotice,

  jobList,
  jobShow,
  jobCancel,

  botStatus,
  whoami,
];
