import { fileURLToPath } from 'node:url';
import { type AdminRoom, type AdminRoomOptions, openAdminRoom } from '../e2e/admin-room.ts';
import type { TestClient } from '../homeserver/client.ts';
import { registerUser } from '../homeserver/client.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';

/** The program as it is shipped. */
export const builtMain = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A real Synapse, a running bot, an admin who asks it, and an admin account for calls made by hand. */
export interface BenchLab {
  readonly server: Synapse;
  readonly room: AdminRoom;
  readonly raw: TestClient;
  close(): Promise<void>;
}

export async function openBenchLab(name: string, options: AdminRoomOptions = {}): Promise<BenchLab> {
  // Passwords cost what they cost an operator; the tests' own setting is cheaper.
  const server = await startSynapse({ name: `bench-${name}`, config: { bcrypt_rounds: 12 } });
  const room = await openAdminRoom(server, {
    ...options,
    config: { logLevel: 'info', ...options.config },
    bot: { main: builtMain, ...options.bot },
  });
  const raw = await registerUser(server, 'raw', { admin: true });
  return {
    server,
    room,
    raw,
    async close() {
      await room.close();
      await server.stop();
    },
  };
}
