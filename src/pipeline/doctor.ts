import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Finding } from '../commands/local.ts';
import type { Config } from '../config.ts';
import { formatBytes, formatDuration } from '../core/display.ts';
import { Problem } from '../core/problem.ts';
import { code, counted, joined, say, type Text } from '../core/text.ts';
import { exchange } from '../exchange.ts';
import type { Homeserver, Nouns } from '../homeserver/homeserver.ts';
import type { Host } from '../homeserver/host.ts';
import type { Relay } from '../homeserver/relay/relay.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { readRoomState } from '../matrix/room-state.ts';
import type { Store } from '../store/store.ts';
import { type RoomRisksOptions, roomRisks } from './room-risks.ts';

export interface DoctorOptions {
  readonly config: Config;
  readonly matrix: Matrix;
  readonly homeserver: Homeserver & Partial<Nouns>;
  readonly host: Host;
  readonly store: Store;
  readonly risks: RoomRisksOptions;
  readonly clock: () => number;
  /** Of a homeserver that is driven through a room of its own. */
  readonly relay?: Pick<Relay, 'diagnose'> | undefined;
}

/** Clocks farther apart than this make times in answers wrong; nothing else depends on them. */
const worryingSkewMs = 30_000;
const worryingFreeBytes = 200 * 1024 * 1024;

const well = (what: string, words: Text): Finding => ({ what, state: 'well', words });
const warning = (what: string, words: Text, hint?: Text): Finding => ({
  what,
  state: 'warning',
  words,
  ...(hint && { hint }),
});
const fault = (what: string, words: Text, hint?: Text): Finding => ({
  what,
  state: 'fault',
  words,
  ...(hint && { hint }),
});

/** Looks at everything that the bot depends on; what cannot be looked at is a finding too. */
export async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const checks: readonly (readonly [string, () => Promise<readonly Finding[]>])[] = [
    ['Token', () => token(options)],
    ['Sync', async () => [sync(options)]],
    ['Homeserver', () => server(options)],
    ['Accounts', () => delegated(options)],
    ['Admin API', () => endpoints(options)],
    ["Homeserver's room", () => serverRoom(options)],
    ['Admin flag', () => adminFlag(options)],
    ['Rate limit', () => rateLimit(options)],
    ['Clock', () => clockSkew(options)],
    ['Room', () => room(options)],
    ['Power', () => power(options)],
    ['Name of the room', () => alias(options)],
    ['People in the configuration', () => people(options)],
    ['Store', async () => store(options)],
    ['Host', () => hostFiles(options)],
  ];
  const findings: Finding[] = [];
  for (const [what, check] of checks) {
    try {
      findings.push(...(await check()));
    } catch (error) {
      const why = error instanceof Problem ? error.text : say`the homeserver gave no usable answer.`;
      findings.push(warning(what, say`I could not look at it: ${why}`));
    }
  }
  return findings;
}

async function token({ matrix }: DoctorOptions): Promise<readonly Finding[]> {
  const answer = (await matrix.request('GET', '/_matrix/client/v3/account/whoami')) as { user_id?: unknown };
  if (answer.user_id !== matrix.userId) return [fault('Token', say`it belongs to another account now.`)];
  return [well('Token', say`it is that of ${code(matrix.userId)}, with the device ${code(matrix.deviceId ?? '')}.`)];
}

function sync({ matrix }: DoctorOptions): Finding {
  const health = matrix.health();
  return health.state === 'lost'
    ? fault('Sync', say`no message has come through for a while.`)
    : well('Sync', say`messages come through.`);
}

async function server({ homeserver }: DoctorOptions): Promise<readonly Finding[]> {
  const version = await homeserver.server?.version();
  return [well('Homeserver', say`${homeserver.name} ${version ?? ''} at ${homeserver.serverName}.`)];
}

async function delegated({ homeserver, config }: DoctorOptions): Promise<readonly Finding[]> {
  if ((await homeserver.server?.delegatesAccounts()) !== true)
    return [well('Accounts', say`the homeserver keeps them itself.`)];
  const words = say`they live in a Matrix Authentication Service: passwords, sessions and registration are managed there, with ${code('mas-cli')}.`;
  return config.admins.length === 0
    ? [
        fault(
          'Accounts',
          words,
          say`The homeserver cannot tell who is an admin, so name those who may command in ${code('admins')}.`,
        ),
      ]
    : [warning('Accounts', words)];
}

/** One call of each kind that changes nothing; a homeserver that lacks some still has the others. */
async function endpoints({ homeserver }: DoctorOptions): Promise<readonly Finding[]> {
  const { users, rooms, tokens, reports, federation, files, maintenance } = homeserver;
  const first = { from: 0, limit: 1 };
  const probes: readonly (readonly [string, (() => Promise<unknown>) | undefined])[] = [
    ['accounts', users && (() => users.list(first))],
    ['rooms', rooms && (() => rooms.list(first))],
    ['registration tokens', tokens && (() => tokens.list())],
    ['reports', reports && (() => reports.ofEvents(first))],
    ['federation', federation && (() => federation.destinations(first))],
    ['files', files && (() => files.usage({ ...first, sort: 'user_id', reverse: false }))],
    ['background updates', maintenance && (() => maintenance.backgroundUpdates())],
    ['scheduled tasks', maintenance && (() => maintenance.scheduledTasks({}))],
  ];
  const missing: string[] = [];
  const unanswered: string[] = [];
  const forbidden: Problem[] = [];
  for (const [name, probe] of probes) {
    try {
      if (probe === undefined) missing.push(name);
      else await probe();
    } catch (error) {
      if (error instanceof Problem && error.code === 'unsupported') missing.push(name);
      else if (error instanceof Problem && error.code === 'forbidden') forbidden.push(error);
      else unanswered.push(name);
    }
  }
  const [refused] = forbidden;
  if (refused !== undefined) return [fault('Admin API', refused.text, refused.hint)];
  return [
    ...(missing.length === 0 && unanswered.length === 0 ? [well('Admin API', say`it is all there.`)] : []),
    ...(missing.length === 0 ? [] : [warning('Admin API', say`this homeserver does not have: ${missing.join(', ')}.`)]),
    ...(unanswered.length === 0
      ? []
      : [
          fault(
            'Admin API',
            say`no answer about: ${unanswered.join(', ')}.`,
            say`Look whether a proxy lets ${code('/_synapse/admin')} through, from where I am.`,
          ),
        ]),
  ];
}

async function serverRoom({ relay }: DoctorOptions): Promise<readonly Finding[]> {
  const found = await relay?.diagnose();
  if (found === undefined) return [];
  const what = "Homeserver's room";
  return [found.silence === 'answers' ? well(what, found.words) : fault(what, found.words)];
}

async function adminFlag({ homeserver, matrix }: DoctorOptions): Promise<readonly Finding[]> {
  let is: boolean | undefined;
  try {
    is = await homeserver.users?.isAdmin(matrix.userId);
  } catch (error) {
    // Only admins may ask who is one.
    if (!(error instanceof Problem) || error.code !== 'forbidden') throw error;
  }
  return is === true
    ? [well('Admin flag', say`I am a server admin.`)]
    : [
        fault(
          'Admin flag',
          say`I am no server admin, so that hardly anything works.`,
          say`Run ${code('castellan init')} again, or have an admin make me one.`,
        ),
      ];
}

async function rateLimit({ homeserver, matrix, relay }: DoctorOptions): Promise<readonly Finding[]> {
  // There it is the homeserver's configuration that says so, and nothing tells.
  if (relay !== undefined) return [];
  const limit = await homeserver.accounts?.rateLimit(matrix.userId);
  return limit?.messagesPerSecond === 0
    ? [well('Rate limit', say`it is lifted for me.`)]
    : [
        warning(
          'Rate limit',
          say`it holds for me, so that answers may come late.`,
          say`I lift it at my start, if I am a server admin: start me again.`,
        ),
      ];
}

async function clockSkew({ config, clock }: DoctorOptions): Promise<readonly Finding[]> {
  const before = clock();
  const { headers } = await exchange(`${config.homeserverUrl}/_matrix/client/versions`, {
    signal: AbortSignal.timeout(10_000),
  });
  const date = Date.parse(headers.date ?? '');
  if (Number.isNaN(date)) return [];
  const skew = Math.abs((before + clock()) / 2 - date);
  return skew < worryingSkewMs
    ? [well('Clock', say`mine and the homeserver’s agree.`)]
    : [
        warning(
          'Clock',
          say`mine and the homeserver’s are ${formatDuration(skew)} apart, so that times in my answers are wrong.`,
          say`Let both machines ask a time server.`,
        ),
      ];
}

async function room({ risks }: DoctorOptions): Promise<readonly Finding[]> {
  const found = await roomRisks(risks);
  return found.length === 0
    ? [well('Room', say`it is private, and only admins are in it.`)]
    : found.map((words) => warning('Room', words));
}

async function power({ matrix, risks }: DoctorOptions): Promise<readonly Finding[]> {
  const state = await readRoomState(matrix, risks.roomId);
  const levels = state.get('m.room.power_levels')?.content ?? {};
  const users = levels.users as Readonly<Record<string, number>> | undefined;
  const create = state.get('m.room.create');
  const creator = create?.content.room_version === '12' && create.sender === matrix.userId;
  const mine = creator ? Number.POSITIVE_INFINITY : Number(users?.[matrix.userId] ?? levels.users_default ?? 0);
  const lacking = (['redact', 'invite', 'kick'] as const).filter(
    (key) => mine < Number(levels[key] ?? (key === 'invite' ? 0 : 50)),
  );
  return lacking.length === 0
    ? [well('Power', say`I may remove messages with secrets, invite and remove people.`)]
    : [
        fault(
          'Power',
          say`I may not: ${lacking.join(', ')}.`,
          say`Give me the power level ${code('100')} in this room, or messages with secrets stay in it.`,
        ),
      ];
}

async function alias({ matrix, config, risks }: DoctorOptions): Promise<readonly Finding[]> {
  const name = config.adminRoom ?? `#${config.backend.type === 'relay' ? 'castellan' : 'admins'}:${matrix.serverName}`;
  if (name.startsWith('!')) return [];
  const found = (await matrix
    .request('GET', `/_matrix/client/v3/directory/room/${encodeURIComponent(name)}`)
    .catch(() => undefined)) as { room_id?: unknown } | undefined;
  return found?.room_id === risks.roomId
    ? [well('Name of the room', say`${code(name)} leads here.`)]
    : [
        warning(
          'Name of the room',
          say`${code(name)} does not lead here; I stay in this room.`,
          say`If the other one is meant: ${code('castellan init --rebind')} on my machine.`,
        ),
      ];
}

async function people({ config, homeserver }: DoctorOptions): Promise<readonly Finding[]> {
  const named = [...new Set([...config.admins, ...Object.keys(config.roles)])];
  const strange: string[] = [];
  for (const userId of named) {
    const ours = userId.endsWith(`:${homeserver.serverName}`);
    const account = ours ? await homeserver.users?.get(userId) : undefined;
    if (account === undefined || account.deactivated) strange.push(userId);
  }
  if (named.length === 0) return [];
  return strange.length === 0
    ? [well('People in the configuration', say`${counted(named.length, 'account')}, all of which exist.`)]
    : [
        warning(
          'People in the configuration',
          say`${joined(strange.map(code))}: no such active account here.`,
          say`Whoever registers such a name would have what ${code('admins')} and ${code('roles')} give it: take it out.`,
        ),
      ];
}

function store({ config, store: kept, clock }: DoctorOptions): readonly Finding[] {
  const { bavail, bsize } = statfsSync(config.dataDir);
  const free = bavail * bsize;
  const waiting = kept.outbox.unsent().length;
  const due = kept.due.next();
  return [
    free > worryingFreeBytes
      ? well('Store', say`${counted(kept.audit.count(), 'audit record')}, ${formatBytes(free)} free on its disk.`)
      : fault(
          'Store',
          say`only ${formatBytes(free)} are free on its disk; when it is full I refuse everything that changes something.`,
        ),
    ...(waiting > 100
      ? [warning('Store', say`${counted(waiting, 'message waits', 'messages wait')} to be sent.`)]
      : []),
    ...(due !== undefined && clock() - due > 60 * 60_000
      ? [warning('Store', say`something has been due for ${formatDuration(clock() - due)}; see the log.`)]
      : []),
  ];
}

async function hostFiles({ config, host }: DoctorOptions): Promise<readonly Finding[]> {
  const { host: settings } = config;
  if (settings === undefined)
    return [
      well(
        'Host',
        say`nothing is configured under ${code('host')}; restarts, configuration and bridges are not mine then.`,
      ),
    ];
  const findings: Finding[] = [];
  for (const [name, argv] of Object.entries(settings.commands)) {
    if (argv !== undefined && !isRunnable(argv[0] ?? '')) {
      findings.push(
        fault('Host', say`${code(`host.commands.${name}`)}: ${code(argv[0] ?? '')} is not there or cannot be run.`),
      );
    }
  }
  for (const [name, path] of [
    ['dropIn', settings.dropIn && dirname(settings.dropIn)],
    ['appserviceDir', settings.appserviceDir],
  ] as const) {
    if (path !== undefined && path !== '' && !isWritableFolder(path)) {
      findings.push(fault('Host', say`${code(`host.${name}`)}: I cannot write to ${code(path)}.`));
    }
  }
  if (settings.dropIn !== undefined && !existsSync(settings.dropIn)) {
    findings.push(
      warning(
        'Host',
        say`${code(settings.dropIn)} is not there yet: the homeserver takes notice of it only from its next restart on.`,
      ),
    );
  }
  if (settings.configFiles.length > 0) {
    const { faults, notes } = await host.check();
    findings.push(...faults.map((words) => fault('Host', words)), ...notes.map((words) => warning('Host', words)));
    if (settings.dropIn !== undefined) {
      await host.mayChange([]).catch((error) => {
        if (!(error instanceof Problem)) throw error;
        if (faults.length === 0) findings.push(fault('Host', error.text, error.hint));
      });
    }
  }
  if (settings.metricsUrl !== undefined) {
    await host.metrics().catch((error) => {
      if (!(error instanceof Problem)) throw error;
      findings.push(warning('Host', error.text, error.hint));
    });
  }
  return findings.length === 0 ? [well('Host', say`its files and commands are as they should be.`)] : findings;
}

function isRunnable(program: string): boolean {
  const places = program.includes('/')
    ? [program]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  return places.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    } catch {
      return false;
    }
  });
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
