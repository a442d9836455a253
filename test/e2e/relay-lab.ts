import type { TestClient } from '../homeserver/client.ts';
import { registerUser } from '../homeserver/client.ts';
import type { Synapse } from '../homeserver/synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import type { Version } from './native-homeserver.ts';
import { type DialectName, type ServerUser, startServerUser } from './scripted-server-user.ts';

/** A bot that drives a scripted homeserver through a room of it. */
export interface RelayLab {
  readonly room: AdminRoom;
  readonly native: ServerUser;
  readonly admin: TestClient;
  /** Another account on the real server, for rooms and files that the bot looks at there. */
  readonly other: TestClient;
  close(): Promise<void>;
}

export interface RelayLabOptions {
  readonly version: Version;
  readonly timeout?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** The bot may remove what the homeserver's user says. */
  readonly power?: boolean;
  readonly start?: boolean;
}

let made = 0;

export async function openRelayLab(server: Synapse, dialect: DialectName, options: RelayLabOptions): Promise<RelayLab> {
  made += 1;
  const alias = `admins-${dialect}-${made}`;
  const room = await openAdminRoom(server, { start: false });
  const native = await startServerUser(server, {
    dialect,
    version: options.version,
    alias,
    invite: [room.botAccount.userId, room.admin.userId],
    powers: options.power === false ? {} : { [room.botAccount.userId]: 99 },
  });
  await room.admin.join(native.roomId);
  await room.admin.liftLimits(room.botAccount.userId);
  const other = await registerUser(server, `other-${dialect}-${made}`);
  for (const { userId } of [room.botAccount, room.admin]) native.state.users.add(userId.slice(1).split(':')[0] ?? '');
  room.configure({
    backend: {
      type: 'relay',
      dialect,
      room: native.alias,
      serverUser: native.client.userId,
      timeout: options.timeout ?? '20s',
    },
    ...options.config,
  });
  if (options.start !== false) await room.start();
  return {
    room,
    native,
    admin: room.admin,
    other,
    async close() {
      await room.close();
      await native.stop();
    },
  };
}
