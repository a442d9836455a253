import { type Attempt, createHttp } from '../../http.ts';
import type { Homeserver, Nouns } from '../homeserver.ts';
import { createWellKnown } from '../public/well-known.ts';

import { createSynapseAccounts } from './accounts.ts';
import { createSynapseDeletions } from './deletions.ts';
import { createSynapseDirectory } from './directory.ts';
import { createSynapseFederation } from './federation.ts';
import { createSynapseFiles } from './files.ts';
import { createSynapseHttp, usualAdminPath } from './http.ts';
import { createSynapseMaintenance } from './maintenance.ts';
import { createSynapseMedia } from './media.ts';
import { createNeverList } from './never-list.ts';
import { createSynapseNotices } from './notices.ts';
import { createSynapseOwnRooms } from './own-rooms.ts';
import { createSynapsePuppets } from './puppets.ts';
import { createSynapsePurges } from './purges.ts';
import { createSynapseRaw } from './raw.ts';
import { createSynapseRedactions } from './redactions.ts';
import { createRefuseDelegated } from './refuse-delegated.ts';
import { createSynapseReports } from './reports.ts';
import { createSynapseRoomData } from './room-data.ts';
import { createSynapseRooms } from './rooms.ts';
import { createSynapseServer } from './server.ts';
import { createSynapseSessions } from './sessions.ts';
import { createSynapseTokens } from './tokens.ts';
import { createSynapseUsers } from './users.ts';

export interface SynapseOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Where a worker serves the media part of the admin API; `baseUrl` unless told. */
  readonly mediaUrl?: string | undefined;
  readonly token: string;
  /** The part of ids after the first colon, port included. */
  readonly serverName: string;
  /** Whose token it is. */
  readonly botId: string;
  /** Every alias and id of the admin room, as they are at the moment of asking. */
  readonly adminRoomNames: () => readonly string[];
  /** Where the admin API lies, without a trailing slash; `/_synapse/admin` unless told. */
  readonly adminPath?: string;
  /** True in a closed network: other servers may then have private addresses. */
  readonly allowPrivateAddresses?: boolean;
  /** Milliseconds for one call; 60,000 unless told. */
  readonly timeoutMs?: number;
  /** Stops every call under way and every later one. */
  readonly signal?: AbortSignal;
  /** Hears how each call ended. */
  readonly heard?: (attempt: Attempt) => void;
}

/** All but what only a room of the homeserver's own, or its machine, reaches. */
export type SynapseNouns = Omit<Nouns, 'host' | 'native' | 'extras' | 'upkeep' | 'appservices'>;

/** The backend for a homeserver that speaks Synapse's admin API. */
export function createSynapse(options: SynapseOptions): Homeserver & SynapseNouns {
  const { baseUrl, token, serverName, botId, adminRoomNames, signal, heard } = options;
  const { adminPath = usualAdminPath, timeoutMs = 60_000 } = options;
  const never = createNeverList({ botId, adminRoomNames, adminPath });
  const httpTo = (url: string, as: string | null = token) =>
    createSynapseHttp({
      http: createHttp({
        baseUrl: url,
        ...(as === null ? {} : { token: as }),
        patienceMs: timeoutMs,
        ...(signal ? { signal } : {}),
        ...(heard ? { heard } : {}),
      }),
      botId,
      never,
      adminPath,
      timeoutMs,
    });
  const http = httpTo(baseUrl);
  const mediaHttp = httpTo(options.mediaUrl ?? baseUrl);
  const server = createSynapseServer(http);
  const users = createSynapseUsers({ http, serverName, delegatesAccounts: server.delegatesAccounts });
  const rooms = createSynapseRooms(http, serverName);
  const refuseDelegated = createRefuseDelegated(server.delegatesAccounts);
  return {
    name: 'Synapse',
    serverName,
    users,
    accounts: createSynapseAccounts({ http, refuseDelegated }),
    sessions: createSynapseSessions({ http, refuseDelegated }),
    rooms,
    ownRooms: createSynapseOwnRooms({ http, botId, users, rooms }),
    puppets: createSynapsePuppets({ http, botId, delegatesAccounts: server.delegatesAccounts }),
    roomData: createSynapseRoomData(http, mediaHttp, serverName, botId),
    deletions: createSynapseDeletions(http, serverName),
    redactions: createSynapseRedactions(http),
    directory: createSynapseDirectory(http, serverName),
    purges: createSynapsePurges(http),
    files: createSynapseFiles(mediaHttp),
    media: createSynapseMedia(mediaHttp, serverName),
    server,
    maintenance: createSynapseMaintenance(http),
    federation: createSynapseFederation(http),
    raw: createSynapseRaw(http, httpTo(baseUrl, null)),
    notices: createSynapseNotices(http, users, serverName),
    reports: createSynapseReports(http, botId),
    tokens: createSynapseTokens(http, server.delegatesAccounts),
    wellKnown: createWellKnown(options.allowPrivateAddresses ? { mayAsk: () => true } : {}),
  };
}
