import type { AnyCommand } from '../define.ts';
import accountData from './account-data.ts';
import allowCrossSigningReset from './allow-cross-signing-reset.ts';
import available from './available.ts';
import counts from './counts.ts';
import createList from './create-list.ts';
import createUser from './create-user.ts';
import deactivate from './deactivate.ts';
import deactivateAll from './deactivate-all.ts';
import deactivateRegex from './deactivate-regex.ts';
import deleteDevice from './delete-device.ts';
import deleteMedia from './delete-media.ts';
import deleteRoomTag from './delete-room-tag.ts';
import userDetails from './details.ts';
import userDevices from './devices.ts';
import experimentalFeatures from './experimental-features.ts';
import { authProvider, findByAuthProvider } from './find-by-auth-provider.ts';
import { findByThreepid, threepid } from './find-by-threepid.ts';
import forceDemote from './force-demote.ts';
import forceJoinAll from './force-join-all-local-users.ts';
import forceJoinList from './force-join-list-of-local-users.ts';
import forceJoinRoom from './force-join-room.ts';
import forceLeaveRoom from './force-leave-room.ts';
import getRoomTags from './get-room-tags.ts';
import listJoinedRooms from './list-joined-rooms.ts';
import listUsers from './list-users.ts';
import { lock, unlock } from './lock.ts';
import lockList from './lock-list.ts';
import login from './login.ts';
import logout from './logout.ts';
import makeUserAdmin from './make-user-admin.ts';
import userMedia from './media.ts';
import modify from './modify.ts';
import pruneDevices from './prune-devices.ts';
import purgeSpammer from './purge-spammer.ts';
import pushers from './pushers.ts';
import putRoomTag from './put-room-tag.ts';
import rateLimit from './rate-limit.ts';
import reactivate from './reactivate.ts';
import redact from './redact.ts';
import redactEvent from './redact-event.ts';
import redactStatus from './redact-status.ts';
import resetPassword from './reset-password.ts';
import revokeUserAdmin from './revoke-user-admin.ts';
import { shadowBan, unshadowBan } from './shadow-ban.ts';
import { suspend, unsuspend } from './suspend.ts';
import suspendList from './suspend-list.ts';
import whois from './whois.ts';

export const commands: readonly AnyCommand[] = [
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
];
