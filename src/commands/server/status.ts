import { z } from 'zod';
import { formatBytes, formatTime } from '../../core/display.ts';
import { serverOf } from '../../core/ids.ts';
import { type Cell, reply } from '../../core/reply.ts';
import { code, joined } from '../../core/text.ts';
import { type Capabilities, command } from '../define.ts';

/** What is not to be had here is left out of a status, not made an error of it. */
const orNothing = <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);

export default command({
  path: 'server status',
  summary: 'How the homeserver is doing, at a glance.',
  input: () => z.object({}),
  examples: [['Is all well?', '!admin server status']],
  danger: 'read',
  role: 'viewer',
  needs: ['server', 'users', 'rooms', 'federation', 'maintenance', 'host', 'adminRoom', 'clock'],

  async run(_, caps) {
    const { server, users, rooms, maintenance, host, adminRoom, clock } = caps;
    const began = clock();
    const version = await server.version();
    const answeredIn = clock() - began;
    const [accounts, known, updates, active, metrics, failing] = await Promise.all([
      orNothing(users.list({ from: 0, limit: 1 })),
      orNothing(rooms.list({ from: 0, limit: 1 })),
      orNothing(maintenance.backgroundUpdates()),
      orNothing(maintenance.scheduledTasks({ status: 'active' })),
      orNothing(host.metrics()),
      orNothing(failingServers(caps)),
    ]);
    const pending = host.pending();
    const now = clock();
    const fields: (readonly [string, Cell])[] = [
      ['Server', serverOf(adminRoom.botId)],
      ['Version', version],
      ['Answers in', `${answeredIn} ms`],
      ['Accounts', accounts?.total?.toLocaleString('en')],
      ['Rooms', known?.total?.toLocaleString('en')],
      ['Servers it cannot reach', failing],
      [
        'Background updates',
        updates === undefined
          ? undefined
          : updates.enabled
            ? updates.current.map(({ name }) => name).join(', ') || 'none under way'
            : '⚠️ switched off',
      ],
      ['Tasks under way', active === undefined ? undefined : active.map(({ action }) => action).join(', ') || 'none'],
      ['Memory', metrics?.resident === undefined ? undefined : formatBytes(metrics.resident)],
      ['Running since', metrics?.startedAt === undefined ? undefined : formatTime(metrics.startedAt, now)],
      ['Waiting for a restart', pending.length === 0 ? undefined : joined(pending.map(code), '; ')],
    ];
    // What this server cannot tell is left out.
    return reply.fields(
      fields.filter(([, value]) => value !== undefined),
      {
        server_name: serverOf(adminRoom.botId),
        server_version: version,
        answered_in_ms: answeredIn,
        users: accounts?.total,
        rooms: known?.total,
        failing_destinations: failing,
        background_updates: updates,
        active_tasks: active?.map(({ raw }) => raw),
        resident_bytes: metrics?.resident,
        started_at: metrics?.startedAt,
        pending,
      },
    );
  },
});

/** How many servers cannot be reached; the list is looked at as far as a status may take. */
async function failingServers({ federation }: Pick<Capabilities, 'federation'>): Promise<string> {
  const { rows, total } = await federation.destinations({ from: 0, limit: 500, sort: 'failure_ts', reverse: true });
  const failing = rows.filter((row) => row.failingSince !== undefined).length;
  return `${failing.toLocaleString('en')}${failing === 500 ? ' or more' : ''} of ${(total ?? rows.length).toLocaleString('en')}`;
}
