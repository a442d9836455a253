import { userInfo } from 'node:os';
import type { Config } from '../config.ts';
import { serverOf } from '../core/ids.ts';
import { Problem } from '../core/problem.ts';
import { code, say } from '../core/text.ts';
import { takeLock } from '../store/lock.ts';
import { openStore } from '../store/open.ts';
import { storePath } from '../store/store-path.ts';
import { comeIn } from './admin-room.ts';
import { attempt } from './attempt.ts';
import { roomName } from './room-name.ts';
import { serverAt } from './server.ts';
import type { Report } from './settings.ts';

/**
 * Binds the bot to the room its configuration names now, after the old one was upgraded, and notes that in the audit
 * trail. Throws Problem (`conflict` while a bot runs on the store) or RoomRefused.
 */
export async function rebind(config: Config, report: Report): Promise<void> {
  const path = storePath(config.dataDir);
  const lock = takeLock(path);
  if (lock === undefined) {
    throw new Problem('conflict', say`A bot is running on ${code(config.dataDir)}.`, say`Stop it first.`);
  }
  try {
    const server = serverAt(config.homeserverUrl, config.accessToken());
    const { userId } = await attempt('ask who the bot is', () => server.whoami());
    const name = roomName(config.adminRoom ?? '#admins', serverOf(userId));
    const roomId = name.startsWith('!') ? name : await attempt(`look for ${name}`, () => server.resolveAlias(name));
    if (roomId === undefined) throw new Problem('not-found', say`There is no room ${code(name)}.`);
    await comeIn(server, userId, roomId, name, report);
    bind(path, roomId, report);
  } finally {
    lock.release();
  }
}

/** Where the bot keeps the room it is bound to; the same name as in src/matrix/admin-room.ts. */
const boundRoom = 'admin-room';

function bind(path: string, roomId: string, report: Report): void {
  const store = openStore(path, { clock: Date.now });
  try {
    const before = store.values.get(boundRoom);
    if (before === roomId) {
      report(`The bot is bound to ${roomId} already.`);
      return;
    }
    store.audit.append({
      kind: 'note',
      actor: `shell:${userInfo().username}`,
      source: 'shell:init',
      command: 'init --rebind',
      input: {},
      targets: [roomId],
      detail: { before: before ?? null, after: roomId },
    });
    store.values.set(boundRoom, roomId);
    report(`Bound the bot to ${roomId}${before === undefined ? '' : `; it was bound to ${before}`}.`);
  } finally {
    store.close();
  }
}
