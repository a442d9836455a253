import { setTimeout as delay } from 'node:timers/promises';
import { say, type Text } from '../../core/text.ts';
import type { UserDetails, Users } from '../../homeserver/users.ts';
import { ifTold } from '../if-told.ts';

export interface DeactivateOptions {
  readonly erase: boolean;
  /** Synapse has no deactivation without leaving: the account is locked instead. */
  readonly noLeaveRooms: boolean;
}

/** How long leaving rooms is watched; it goes on in the server after that. */
const watchMs = 60_000;

/** How many rooms the account is still in once the server has stopped leaving them. */
async function roomsStillJoined(users: Users, userId: string): Promise<number | undefined> {
  const until = performance.now() + watchMs;
  for (let wait = 20; ; wait = Math.min(wait * 2, 2_000)) {
    const rooms = await ifTold(users.joinedRooms(userId));
    if (rooms === undefined) return undefined;
    if (rooms.length === 0 || performance.now() > until) return rooms.length;
    await delay(wait);
  }
}

/**
 * Deactivates and checks that the rooms were left, or does the nearest thing that keeps them. Resolves to the number of
 * rooms that the account should have left and is still in; `undefined` where the homeserver does not tell.
 */
export async function deactivateAccount(
  users: Users,
  { userId }: UserDetails,
  { erase, noLeaveRooms }: DeactivateOptions,
): Promise<number | undefined> {
  if (!noLeaveRooms) {
    await users.deactivate(userId, erase);
    return roomsStillJoined(users, userId);
  }
  if (users.deactivatesInPlace) {
    await users.deactivate(userId, false, true);
    return 0;
  }
  // Locked first: from then on nothing of the rest can be undone by the account itself.
  await users.setLocked(userId, true);
  await users.setPassword(userId, undefined, true);
  const devices = await users.devices(userId);
  if (devices.length > 0)
    await users.deleteDevices(
      userId,
      devices.map(({ deviceId }) => deviceId),
    );
  await users.removeThreepids(userId);
  return 0;
}

/** What must be known before an account is deactivated. */
export const deactivationCautions = {
  leaving: [
    say`It ends all sessions, resets the password, deletes third-party ids (no password reset by mail) and leaves all rooms. Reactivating brings none of that back.`,
  ],
  erasing: say`Erasing: messages stay visible to those who were in the room when they were sent, and are hidden from those who join later.`,
  keeping: [
    say`Synapse cannot deactivate an account and keep its rooms. I do the nearest: the account is **locked**, its sessions end, it gets a random password, its third-party ids are deleted, and it stays in its rooms.`,
  ],
  inPlace: say`It ends all sessions and takes the password away; the account stays in its rooms.`,
  instead: say`Suspending (read-only) and locking are the reversible ways.`,
};

/** The cautions that go with these options. */
export function cautionsOf(
  { erase, noLeaveRooms }: DeactivateOptions,
  { deactivatesInPlace }: Pick<Users, 'deactivatesInPlace'>,
): readonly Text[] {
  if (noLeaveRooms && deactivatesInPlace) return [deactivationCautions.inPlace];
  if (noLeaveRooms) return deactivationCautions.keeping;
  return erase ? [...deactivationCautions.leaving, deactivationCautions.erasing] : deactivationCautions.leaving;
}

/** The same for help pages. */
export const deactivationHelp = [
  'Ends all sessions, resets the password, deletes third-party ids (no password reset by mail) and leaves all rooms; reactivating brings none of that back.',
  'Suspending (read-only) and locking are the reversible ways.',
  'With --erase, messages stay visible to those who were in the room when they were sent, and are hidden from those who join later.',
  'With --no-leave-rooms the account is locked, not deactivated: Synapse has no way to deactivate and keep the rooms.',
];
