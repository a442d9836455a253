import type { Device, Users } from '../users.ts';
import { lacking } from './lacking.ts';
import type { RelayParts } from './parts.ts';

/** Sessions, of which a list tells the names and nothing else. */
export function createRelayDevices({ dialect, commander }: RelayParts): Pick<Users, 'devices' | 'deleteDevices'> {
  const { devices, deleteDevice } = dialect.acts;
  const absent = lacking(dialect, 'users.devices');
  return {
    devices: devices ? async (userId) => (await commander.do(devices(userId))).map(deviceOf) : absent,
    deleteDevices: deleteDevice
      ? async (userId, deviceIds) => {
          for (const deviceId of deviceIds) await commander.do(deleteDevice(userId, deviceId));
        }
      : absent,
  };
}

const deviceOf = (deviceId: string): Device => ({
  deviceId,
  displayName: null,
  lastSeenAt: undefined,
  lastSeenIp: null,
  userAgent: null,
  dehydrated: false,
  raw: { device_id: deviceId },
});
