import type { AnyCommand } from '../define.ts';
import aliasList from './alias/list.ts';
import aliasRemove from './alias/remove.ts';
import aliasSet from './alias/set.ts';
import aliasWhich from './alias/which.ts';
import banListOfRooms from './ban-list-of-rooms.ts';
import banRoom from './ban-room.ts';
import { block, unblock } from './block.ts';
import blockStatus from './block-status.ts';
import deleteRoom from './delete.ts';
import deleteRoomList from './delete-list.ts';
import deleteStatus from './delete-status.ts';
import roomDetails from './details.ts';
import directoryList from './directory/list.ts';
import { publish, unpublish } from './directory/publish.ts';
import roomEvent from './event.ts';
import roomExists from './exists.ts';
import forwardExtremities from './forward-extremities.ts';
import roomHierarchy from './hierarchy.ts';
import joinRoom from './join.ts';
import listBannedRooms from './list-banned-rooms.ts';
import listJoinedMembers from './list-joined-members.ts';
import listRooms from './list-rooms.ts';
import makeRoomAdmin from './make-admin.ts';
import roomMedia from './media.ts';
import roomMessages from './messages.ts';
import powerLevels from './power-levels.ts';
import purgeEmpty from './purge-empty.ts';
import resolveAlias from './resolve.ts';
import searchRooms from './search.ts';
import roomState from './state.ts';
import timestampToEvent from './timestamp-to-event.ts';
import unbanRoom from './unban-room.ts';
import viewRoomTopic from './view-room-topic.ts';

export const commands: readonly AnyCommand[] = [
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
];
