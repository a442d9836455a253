import { Problem } from '../../core/problem.ts';
import { code, say, type Text } from '../../core/text.ts';
import type { HttpRequest } from '../../http.ts';
import { endpointOf } from './endpoint.ts';
import { folded, type RequestReadings, requestReadings } from './request-readings.ts';

/** What no command, list, relay or raw request may do, judged on the request as it is about to leave. */
export interface NeverList {
  /** Throws `Problem('never')`. `alsoRoom`: names that the admin room has beside those of the options. */
  check(request: HttpRequest, alsoRoom?: readonly string[]): void;
  /** Whole user ids, folded, that could no longer act as server admins after this request. */
  disarms(request: HttpRequest): readonly string[];
  readonly adminRoomNames: () => readonly string[];
}

export interface NeverListOptions {
  readonly botId: string;
  /** The admin room's id, and the aliases it had at the start; those of later are asked for (`admin-room-names.ts`). */
  readonly adminRoomNames: () => readonly string[];
  /** Where the admin API lies. */
  readonly adminPath: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** What of ours a request names, anywhere in it. */
interface Named {
  readonly bot: boolean;
  readonly room: boolean;
}

/** With these values a field of `PUT v2/users/{bot}` takes nothing from the bot. */
const harmlessFields: Readonly<Record<string, (value: unknown) => boolean>> = {
  displayname: () => true,
  avatar_url: () => true,
  admin: (value) => value === true,
  deactivated: (value) => value === false,
  locked: (value) => value === false,
};

function onlyHarmless(fields: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => harmlessFields[name]?.(value) ?? false);
}

/**
 * All the writes of the admin API that may name the bot or the admin room. Everything else that names them is
 * refused, so that an endpoint nobody thought of here is no way round.
 */
const permitted: readonly (readonly [shape: RegExp, when?: (fields: Fields, named: Named) => boolean])[] = [
  [/^PUT v2\/users\/\{bot\}$/, onlyHarmless],
  [/^PUT v1\/users\/\{bot\}\/admin$/, ({ admin }) => admin === true],
  [/^PUT v1\/suspend\/\{bot\}$/, ({ suspend }) => suspend === false],
  [/^DELETE v1\/users\/\{bot\}\/shadow_ban$/],
  [/^(POST|DELETE) v1\/users\/\{bot\}\/override_ratelimit$/],
  [/^POST v2\/users\/\{bot\}\/devices$/],
  [/^PUT v2\/users\/\{bot\}\/devices\/[^/]+$/],
  [/^PUT v1\/experimental_features\/\{bot\}$/],
  [/^POST v1\/users\/\{bot\}\/_allow_cross_signing_replacement_without_uia$/],
  [/^DELETE v1\/users\/\{bot\}\/media$/],
  [/^POST v1\/user\/\{bot\}\/media\/quarantine$/],
  [/^POST v1\/room\/\{room\}\/media\/quarantine$/],
  [/^POST v1\/quarantine_media\/\{room\}$/],
  [/^POST v1\/join\/[^/]+$/],
  [/^POST v1\/rooms\/[^/]+\/make_room_admin$/],
  [/^PUT v1\/rooms\/\{room\}\/block$/, ({ block }) => block === false],
  [/^DELETE v1\/rooms\/\{room\}\/forward_extremities$/],
  // The bot may take over a room's people, and people's messages in the admin room may be redacted.
  [/^DELETE v[12]\/rooms\/[^/]+$/, (_, named) => !named.room],
  [/^POST v1\/user\/[^/]+\/redact$/, (_, named) => !named.bot],
  [/^(POST|PUT) v1\/send_server_notice(\/[^/]+)?$/],
];

/** State that may be set in the admin room. */
const permittedState = new Set(['m.room.name', 'm.room.topic', 'm.room.avatar', 'm.room.pinned_events']);

/** The never-list of COMMANDS.md, "Plan and confirm". */
export function createNeverList(options: NeverListOptions): NeverList {
  const bot = folded(options.botId);
  const ownAdminPath = options.adminPath.split('/').filter((part) => part !== '');
  const adminPrefixes = [['_synapse', 'admin'], ownAdminPath.map(folded)];

  function adminTail(path: readonly string[]): readonly string[] {
    const prefix = adminPrefixes.find((parts) => parts.every((part, at) => path[at] === part));
    return path.slice(prefix?.length ?? 0);
  }

  function check(request: HttpRequest, alsoRoom: readonly string[] = []): void {
    const endpoint = endpointOf(request);
    const readings = requestReadings(request);
    if (readings === undefined)
      throw refusal(endpoint, say`its path is encoded so often that nobody can say what it means`);
    if (readings.queryNames.has('access_token'))
      throw refusal(endpoint, say`a token in an address ends up in the server's and its proxies' logs`);
    if (readings.method === 'GET') return;
    const rooms = new Set([...options.adminRoomNames(), ...alsoRoom].map(folded));
    const named = { bot: readings.names.has(bot), room: [...readings.names].some((name) => rooms.has(name)) };
    const another = request.actingAs !== undefined && folded(request.actingAs.userId) !== bot;
    for (const path of readings.paths) {
      const client = clientTail(path);
      if (client !== undefined && another) checkPuppet(endpoint, readings, client, rooms, named);
      else if (client !== undefined) checkClient(endpoint, readings, client, rooms, named);
      else if (named.bot || named.room) checkAdmin(endpoint, readings, adminTail(path), rooms, named);
    }
  }

  function checkAdmin(
    endpoint: string,
    { method, fields }: RequestReadings,
    tail: readonly string[],
    rooms: ReadonlySet<string>,
    named: Named,
  ): void {
    const parts = tail.map((part) => (part === bot ? '{bot}' : rooms.has(part) ? '{room}' : part));
    const shape = `${method} ${parts.join('/')}`;
    const fits = permitted.some(
      ([pattern, when]) => pattern.test(shape) && (!when || (fields !== undefined && when(fields, named))),
    );
    if (!fits) throw named.bot ? againstBot(endpoint) : againstRoom(endpoint);
  }

  /** The bot's own token goes with these, so that its account need not be named. */
  function checkClient(
    endpoint: string,
    { method, fields }: RequestReadings,
    tail: readonly string[],
    rooms: ReadonlySet<string>,
    named: Named,
  ): void {
    const [noun, second = '', third = '', fourth = '', fifth = ''] = tail;
    if (noun === 'logout' || noun === 'delete_devices') throw againstBot(endpoint);
    if (noun === 'devices' && method === 'DELETE') throw againstBot(endpoint);
    if (noun === 'account' && (second === 'deactivate' || second === 'password')) throw againstBot(endpoint);
    if (noun === 'directory' && named.room) throw againstRoom(endpoint);
    if (noun !== 'rooms') return;
    // An unreadable body may name anybody.
    if ((third === 'kick' || third === 'ban') && (fields === undefined || named.bot)) throw againstBot(endpoint);
    if (!rooms.has(second)) return;
    if (third === 'leave' || third === 'forget') throw againstBot(endpoint);
    if (third === 'upgrade') throw againstRoom(endpoint);
    const anothersMembership = fourth === 'm.room.member' && fifth !== '' && fifth !== bot;
    if (third === 'state' && !permittedState.has(fourth) && !anothersMembership) throw againstRoom(endpoint);
  }

  /** With another account's token what is said of "this" account is not said of the bot's. */
  function checkPuppet(
    endpoint: string,
    { fields }: RequestReadings,
    tail: readonly string[],
    rooms: ReadonlySet<string>,
    named: Named,
  ): void {
    const [noun, second = '', third = '', fourth = '', fifth = ''] = tail;
    // In the admin room a puppet could give the bot commands, or confirm them, in somebody else's name.
    const harmless = (noun === 'rooms' && third === 'redact') || (noun === 'user' && second !== bot);
    if (named.room && !harmless) throw againstRoom(endpoint);
    if (noun !== 'rooms' || rooms.has(second)) return;
    if ((third === 'kick' || third === 'ban') && (fields === undefined || named.bot)) throw againstBot(endpoint);
    const itsMembership = third === 'state' && fourth === 'm.room.member' && fifth === bot;
    if (itsMembership && fields?.membership !== 'invite') throw againstBot(endpoint);
  }

  function disarms(request: HttpRequest): readonly string[] {
    const readings = requestReadings(request);
    if (readings === undefined || readings.method === 'GET') return [];
    // Wherever in the path the noun stands: a proxy may serve the admin API under any prefix.
    const found = readings.paths.flatMap((path) => path.flatMap((_, at) => disarmedBy(path.slice(at), readings)));
    return [...new Set(found)];
  }

  return { check, disarms, adminRoomNames: options.adminRoomNames };
}

/** What follows the version in the client API: `/v3`, `/r0`, `/api/v1`, `/unstable`, `/unstable/org.matrix.msc1234`. */
function clientTail(path: readonly string[]): readonly string[] | undefined {
  const start = path.findIndex((part, at) => part === '_matrix' && path[at + 1] === 'client');
  if (start === -1) return undefined;
  const tail = path.slice(start + (path[start + 2] === 'api' ? 4 : 3));
  return tail[0]?.includes('.') ? tail.slice(1) : tail;
}

function disarmedBy([noun, user = '', more]: readonly string[], { method, fields }: RequestReadings): string[] {
  // Where the body cannot be read, what it would set counts as set. Synapse takes 0, null and "" for false here.
  const sets = (name: string, harmless: boolean) =>
    fields === undefined || (Object.hasOwn(fields, name) && fields[name] !== harmless);
  if (noun === 'deactivate') return [user];
  if (noun === 'suspend') return sets('suspend', false) ? [user] : [];
  if (noun === 'account_validity') return typeof fields?.user_id === 'string' ? [folded(fields.user_id)] : [];
  if (noun !== 'users') return [];
  if (more === 'shadow_ban') return method === 'POST' ? [user] : [];
  if (more === 'admin') return sets('admin', true) ? [user] : [];
  if (more !== undefined) return [];
  return sets('admin', true) || sets('deactivated', false) || sets('locked', false) ? [user] : [];
}

function refusal(endpoint: string, why: Text): Problem {
  return new Problem('never', say`${code(endpoint)} is refused: ${why}.`);
}

function againstBot(endpoint: string): Problem {
  const why = say`it would act on the bot's own account, and a bot that has lost its account cannot put that right`;
  return refusal(endpoint, why);
}

function againstRoom(endpoint: string): Problem {
  const why = say`it would act on the admin room, and without that room there is no way to put it right from here`;
  return refusal(endpoint, why);
}
