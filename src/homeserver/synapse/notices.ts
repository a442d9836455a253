import { z } from 'zod';
import { late } from '../../core/late.ts';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import type { Notices } from '../notices.ts';
import type { Users } from '../users.ts';
import type { SynapseHttp } from './http.ts';

const base = '/_synapse/admin/v1/send_server_notice';
const part = encodeURIComponent;
const markKey = 'dev.castellan.notice';
/** Looked at in each room; a notice that has just been sent is among them. */
const lastEvents = 50;

const sent = once(() => z.looseObject({ event_id: z.string() }));
const page = once(() =>
  z.looseObject({
    chunk: z.array(z.looseObject({ sender: z.string(), content: z.record(z.string(), z.unknown()).optional() })),
  }),
);

/** Server notices, by Synapse's admin API (manual, "Server Notices"). */
export function createSynapseNotices(http: SynapseHttp, users: Users, serverName: string): Notices {
  async function isIn(roomId: string, userId: string, mark: string): Promise<boolean> {
    const path = `/_synapse/admin/v1/rooms/${part(roomId)}/messages`;
    const answer = await http.call(page(), { method: 'GET', path, query: { dir: 'b', limit: lastEvents } });
    return answer.chunk.some(({ sender, content }) => sender !== userId && content?.[markKey] === mark);
  }

  return {
    async areEnabled() {
      // Nobody has this id, so that nobody gets the message; the server looks first whether it may send any.
      const nobody = `@nobody-${late.crypto().randomUUID()}:${serverName}`;
      const body = { user_id: nobody, content: { msgtype: 'm.text', body: '' } };
      try {
        return (await http.find(sent(), { method: 'POST', path: base, body })) === undefined;
      } catch (error) {
        if (error instanceof Problem && error.code === 'rejected') return false;
        throw error;
      }
    },

    async send(userId, text, mark) {
      const body = { user_id: userId, content: { msgtype: 'm.text', body: text, [markKey]: mark } };
      await http.call(sent(), { method: 'PUT', path: `${base}/${part(mark)}`, body });
    },

    async arrived(userId, mark) {
      // Synapse forgets the transaction ids of notices when it restarts, so what was sent is looked for.
      for (const [roomId, membership] of await users.memberships(userId)) {
        if (membership !== 'ban' && membership !== 'knock' && (await isIn(roomId, userId, mark))) return true;
      }
      return false;
    },
  };
}
