import listRegistered from './appservice/list-registered.ts';
import registerAppservice from './appservice/register.ts';
import showAppserviceConfig from './appservice/show-appservice-config.ts';
import unregisterAppservice from './appservice/unregister.ts';
import auditExport from './audit/export.ts';
import auditList from './audit/list.ts';
import auditShow from './audit/show.ts';
import auditVerify from './audit/verify.ts';
import botBackup from './bot/backup.ts';
import cancel from './bot/cancel.ts';
import botConfig from './bot/config.ts';
import confirm from './bot/confirm.ts';
import botDoctor from './bot/doctor.ts';
import help from './bot/help.ts';
import botStatus from './bot/status.ts';
import whoami from './bot/whoami.ts';
import type { AnyCommand } from './define.ts';
import destination from './federation/destination.ts';
import destinationRooms from './federation/destination-rooms.ts';
import destinations from './federation/destinations.ts';
import disableRoom from './federation/disable-room.ts';
import enableRoom from './federation/enable-room.ts';
import fetchSupportWellKnown from './federation/fetch-support-well-known.ts';
import remoteUserInRooms from './federation/remote-user-in-rooms.ts';
import resetDestination from './federation/reset.ts';
import deleteGroup from './group/delete.ts';
import purgeHistory from './history/purge.ts';
import purgeStatus from './history/purge-status.ts';
import jobCancel from './job/cancel.ts';
import jobList from './job/list.ts';
import jobResume from './job/resume.ts';
import jobShow from './job/show.ts';
import matrixLogin from './matrix/login.ts';
import matrixRaw from './matrix/raw.ts';
import deleteLocalOrOne from './media/delete.ts';
import deleteLocal from './media/delete-local.ts';
import deleteFile from './media/delete-media.ts';
import deleteFileList from './media/delete-media-list.ts';
import deletePastRemoteMedia from './media/delete-past-remote-media.ts';
import getFileInfo from './media/get-file-info.ts';
import listMedia from './media/list.ts';
import { protect, unprotect } from './media/protect.ts';
import purgeMedia from './media/purge.ts';
import quarantine from './media/quarantine.ts';
import mediaStatistics from './media/statistics.ts';
import unquarantine from './media/unquarantine.ts';
import native from './native/native.ts';
import sendNotice from './notice/send.ts';
import raw from './raw/raw.ts';
import deleteReport from './report/delete.ts';
import listReports from './report/list.ts';
import showReport from './report/show.ts';
import reportedUsers from './report/users.ts';
import aliasList from './room/alias/list.ts';
import aliasRemove from './room/alias/remove.ts';
import aliasSet from './room/alias/set.ts';
import aliasWhich from './room/alias/which.ts';
import banListOfRooms from './room/ban-list-of-rooms.ts';
import banRoom from './room/ban-room.ts';
import { block, unblock } from './room/block.ts';
import blockStatus from './room/block-status.ts';
import deleteRoom from './room/delete.ts';
import deleteRoomList from './room/delete-list.ts';
import deleteStatus from './room/delete-status.ts';
import roomDetails from './room/details.ts';
import directoryList from './room/directory/list.ts';
import { publish, unpublish } from './room/directory/publish.ts';
import roomEvent from './room/event.ts';
import roomExists from './room/exists.ts';
import forwardExtremities from './room/forward-extremities.ts';
import roomHierarchy from './room/hierarchy.ts';
import joinRoom from './room/join.ts';
import listBannedRooms from './room/list-banned-rooms.ts';
import listJoinedMembers from './room/list-joined-members.ts';
import listRooms from './room/list-rooms.ts';
import makeRoomAdmin from './room/make-admin.ts';
import roomMedia from './room/media.ts';
import roomMessages from './room/messages.ts';
import powerLevels from './room/power-levels.ts';
import purgeEmpty from './room/purge-empty.ts';
import resolveAlias from './room/resolve.ts';
import searchRooms from './room/search.ts';
import roomState from './room/state.ts';
import timestampToEvent from './room/timestamp-to-event.ts';
import unbanRoom from './room/unban-room.ts';
import viewRoomTopic from './room/view-room-topic.ts';
import adminNotice from './server/admin-notice.ts';
import allowRegistration from './server/allow-registration.ts';
import backgroundUpdates from './server/background-updates.ts';
import clearCaches from './server/clear-caches.ts';
import listFeatures from './server/list-features.ts';
import memoryUsage from './server/memory-usage.ts';
import reloadConfig from './server/reload-config.ts';
import reloadMods from './server/reload-mods.ts';
import restart from './server/restart.ts';
import scheduledTasks from './server/scheduled-tasks.ts';
import setConfig from './server/set-config.ts';
import showConfig from './server/show-config.ts';
import shutdown from './server/shutdown.ts';
import serverStatistics from './server/statistics.ts';
import serverStatus from './server/status.ts';
import serverVersion from './server/version.ts';
import createToken from './token/create.ts';
import deleteToken from './token/delete.ts';
import tokenDetails from './token/details.ts';
import issueMany from './token/issue-many.ts';
import listTokens from './token/list.ts';
import updateToken from './token/update.ts';
import accountData from './user/account-data.ts';
import allowCrossSigningReset from './user/allow-cross-signing-reset.ts';
import available from './user/available.ts';
import counts from './user/counts.ts';
import createList from './user/create-list.ts';
import createUser from './user/create-user.ts';
import deactivate from './user/deactivate.ts';
import deactivateAll from './user/deactivate-all.ts';
import deactivateRegex from './user/deactivate-regex.ts';
import deleteDevice from './user/delete-device.ts';
import deleteMedia from './user/delete-media.ts';
import deleteRoomTag from './user/delete-room-tag.ts';
import userDetails from './user/details.ts';
import userDevices from './user/devices.ts';
import experimentalFeatures from './user/experimental-features.ts';
import { authProvider, findByAuthProvider } from './user/find-by-auth-provider.ts';
import { findByThreepid, threepid } from './user/find-by-threepid.ts';
import forceDemote from './user/force-demote.ts';
import forceJoinAll from './user/force-join-all-local-users.ts';
import forceJoinList from './user/force-join-list-of-local-users.ts';
import forceJoinRoom from './user/force-join-room.ts';
import forceLeaveRoom from './user/force-leave-room.ts';
import getRoomTags from './user/get-room-tags.ts';
import listJoinedRooms from './user/list-joined-rooms.ts';
import listUsers from './user/list-users.ts';
import { lock, unlock } from './user/lock.ts';
import lockList from './user/lock-list.ts';
import login from './user/login.ts';
import logout from './user/logout.ts';
import makeUserAdmin from './user/make-user-admin.ts';
import userMedia from './user/media.ts';
import modify from './user/modify.ts';
import pruneDevices from './user/prune-devices.ts';
import purgeSpammer from './user/purge-spammer.ts';
import pushers from './user/pushers.ts';
import putRoomTag from './user/put-room-tag.ts';
import rateLimit from './user/rate-limit.ts';
import reactivate from './user/reactivate.ts';
import redact from './user/redact.ts';
import redactEvent from './user/redact-event.ts';
import redactStatus from './user/redact-status.ts';
import resetPassword from './user/reset-password.ts';
import revokeUserAdmin from './user/revoke-user-admin.ts';
import { shadowBan, unshadowBan } from './user/shadow-ban.ts';
import { suspend, unsuspend } from './user/suspend.ts';
import suspendList from './user/suspend-list.ts';
import whois from './user/whois.ts';

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
  deactivateRegex,
  reactivate,
  modify,
  shadowBan,
  unshadowBan,
  rateLimit,
  findByThreepid,
  threepid,
  findByAuthProvider,
  authProvider,
  available,
  counts,
  accountData,
  experimentalFeatures,
  allowCrossSigningReset,
  listJoinedRooms,
  forceJoinRoom,
  forceJoinList,
  forceJoinAll,
  forceLeaveRoom,
  forceDemote,
  putRoomTag,
  deleteRoomTag,
  getRoomTags,
  redactEvent,
  makeUserAdmin,
  revokeUserAdmin,
  suspend,
  unsuspend,
  suspendList,
  lock,
  unlock,
  lockList,
  redact,
  redactStatus,
  purgeSpammer,
  login,
  whois,
  userDevices,
  deleteDevice,
  pruneDevices,
  logout,
  pushers,
  userMedia,
  deleteMedia,

  listRooms,
  searchRooms,
  roomDetails,
  listJoinedMembers,
  roomExists,
  deleteRoom,
  deleteRoomList,
  purgeEmpty,
  deleteStatus,
  block,
  blockStatus,
  unblock,
  banRoom,
  banListOfRooms,
  unbanRoom,
  listBannedRooms,
  resolveAlias,
  viewRoomTopic,
  aliasSet,
  aliasRemove,
  aliasWhich,
  aliasList,
  publish,
  unpublish,
  directoryList,
  roomState,
  joinRoom,
  makeRoomAdmin,
  powerLevels,
  roomMessages,
  roomEvent,
  roomHierarchy,
  timestampToEvent,
  forwardExtremities,
  roomMedia,

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

  purgeHistory,
  purgeStatus,

  disableRoom,
  enableRoom,
  remoteUserInRooms,
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

  native,
  sendNotice,
  deleteGroup,

  raw,
  matrixRaw,
  matrixLogin,

  serverVersion,
  listFeatures,
  serverStatus,
  showConfig,
  setConfig,
  reloadConfig,
  allowRegistration,
  restart,
  reloadMods,
  shutdown,
  memoryUsage,
  clearCaches,
  adminNotice,
  backgroundUpdates,
  scheduledTasks,
  serverStatistics,

  registerAppservice,
  unregisterAppservice,
  showAppserviceConfig,
  listRegistered,

  jobList,
  jobShow,
  jobCancel,
  jobResume,

  botStatus,
  botDoctor,
  botConfig,
  botBackup,
  whoami,

  auditList,
  auditShow,
  auditVerify,
  auditExport,
];
