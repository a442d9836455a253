import type { Device, Users } from '../../homeserver/users.ts';

/** Deletes devices of a local account, with their sessions; resolves to those of its devices that are there after it. */
export async function endDevices(
  users: Users,
  userId: string,
  deviceIds: readonly string[],
): Promise<readonly Device[]> {
  if (deviceIds.length > 0) await users.deleteDevices(userId, deviceIds);
  return users.devices(userId);
}
