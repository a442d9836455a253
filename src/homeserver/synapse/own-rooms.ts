import { z } from 'zod';
import { once } from '../../core/once.ts';
import { Problem } from '../../core/problem.ts';
import { code, say } from '../../core/text.ts';
import type { OwnRooms } from '../own-rooms.ts';
import type { Rooms } from '../rooms.ts';
import type { Users } from '../users.ts';
import type { SynapseHttp } from './http.ts';
import { levelIn, powerLevels, putPowerLevels } from './power-levels.ts';

const done = once(() => z.looseObject({}));

function stillNamed(roomId: string): Problem {
  return new Problem(
    'conflict',
    say`Somebody has removed me from ${code(roomId)} meanwhile, and its power levels still name me.`,
    say`Somebody with power there has to take mine away.`,
  );
}

export interface SynapseOwnRoomsOptions {
  readonly http: SynapseHttp;
  readonly botId: string;
  readonly users: Pick<Users, 'memberships'>;
  readonly rooms: Pick<Rooms, 'makeAdmin'>;
}

/** The bot's own way into rooms and out again, by "Make Room Admin" (Synapse manual, "Room Admin API") and the client API. */
export function createSynapseOwnRooms({ http, botId, users, rooms }: SynapseOwnRoomsOptions): OwnRooms {
  const membership = async (roomId: string) => (await users.memberships(botId)).get(roomId);
  const act = (roomId: string, what: 'join' | 'leave') =>
    http.call(done(), {
      method: 'POST',
      path: `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/${what}`,
      body: {},
      // A second time changes nothing.
      repeatable: true,
    });

  return {
    async place(roomId) {
      return {
        joined: (await membership(roomId)) === 'join',
        level: levelIn(await powerLevels(http, roomId), botId),
      };
    },

    async enter(roomId) {
      await rooms.makeAdmin(roomId, botId);
      if ((await membership(roomId)) !== 'join') await act(roomId, 'join');
    },

    async goBack(roomId, before) {
      const now = await membership(roomId);
      const level = levelIn(await powerLevels(http, roomId), botId);
      const there = now === 'join' || now === 'invite';
      if (level !== before.level) {
        // Only who is in it can give its power up.
        if (!there) throw stillNamed(roomId);
        if (now === 'invite') await act(roomId, 'join');
        await putPowerLevels(http, http.call, roomId, botId, before.level);
      }
      if (!before.joined && there) await act(roomId, 'leave');
    },
  };
}
