import { join } from 'node:path';
import { openStore } from '../../src/store/open.ts';
import type { AuditAnchor } from '../../src/store/store.ts';
import { type AdminRoom, bodyOf, type RoomEvent } from '../e2e/admin-room.ts';
import { HttpError, loginPassword } from '../homeserver/client.ts';
import { type Account, directRooms, type Scenario } from './scenarios.ts';
import { secretsIn } from './secret-scan.ts';

const path = encodeURIComponent;

/** A scenario that was played to its end, whatever happened in between. */
export interface Round {
  readonly room: AdminRoom;
  readonly scenario: Scenario;
  readonly accounts: readonly Account[];
  /** The commands' events, in order. */
  readonly events: readonly string[];
  /** Passwords that were typed. */
  readonly canaries: readonly string[];
  /** Passwords that the bot sent to the homeserver. */
  readonly made: readonly string[];
}

/** Events of a room from one on, oldest first. */
async function eventsSince({ botAccount }: AdminRoom, roomId: string, eventId?: string): Promise<RoomEvent[]> {
  const events: RoomEvent[] = [];
  for (let from: string | undefined = ''; from !== undefined; ) {
    const query: string = from === '' ? '' : `&from=${path(from)}`;
    const page: { chunk: RoomEvent[]; end?: string } = await botAccount.request(
      'GET',
      `/_matrix/client/v3/rooms/${path(roomId)}/messages?dir=b&limit=50${query}`,
    );
    for (const event of page.chunk) {
      events.unshift(event);
      if (event.event_id === eventId) return events;
    }
    from = page.end;
  }
  return events;
}

const forOf = ({ content }: RoomEvent): string => String(content['dev.castellan.for'] ?? '');

/** The bot's direct messages for these events, oldest first. */
async function directMessages({ room, events }: Round): Promise<RoomEvent[]> {
  const found: RoomEvent[] = [];
  for (const roomId of await directRooms(room)) {
    for (const event of await eventsSince(room, roomId)) {
      if (events.some((id) => forOf(event).startsWith(`${id}#`) || forOf(event).startsWith(`${id}/`)))
        found.push(event);
    }
  }
  return found.sort((a, b) => a.origin_server_ts - b.origin_server_ts);
}

async function logsIn({ server }: AdminRoom, account: Account, password: string): Promise<boolean> {
  try {
    await loginPassword(server, account.localpart, password);
    return true;
  } catch (error) {
    if (error instanceof HttpError && error.status === 403) return false;
    throw error;
  }
}

/** The password that a direct message names for an account. */
function passwordFor({ userId }: Account, message: RoomEvent): string | undefined {
  const after = bodyOf(message).split(userId)[1];
  return after === undefined ? undefined : /\b[a-zA-Z2-9]{25}\b/.exec(after)?.[0];
}

async function accountFaults(round: Round, account: Account, messages: readonly RoomEvent[]): Promise<string[]> {
  const { room } = round;
  const faults: string[] = [];
  const details = await room.admin.admin('GET', `/v2/users/${path(account.userId)}`).catch((error: unknown) => {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  });
  if (details === undefined) return [`${account.userId} is not there`];
  const is = (key: string, wanted: boolean) => {
    if (Boolean(details[key]) !== wanted) faults.push(`${account.userId}: ${key} is ${details[key]}`);
  };
  is('deactivated', account.deactivated ?? false);
  is('admin', account.admin ?? false);
  is('locked', account.locked ?? false);
  if (account.admin) {
    const member = await room.botAccount
      .request('GET', `/_matrix/client/v3/rooms/${path(room.roomId)}/state/m.room.member/${path(account.userId)}`)
      .catch(() => ({}) as Record<string, unknown>);
    if (member.membership !== 'invite') faults.push(`${account.userId} was not invited to the admin room`);
  }
  const delivered = messages.flatMap((message) => passwordFor(account, message) ?? []);
  const { password } = account;
  if (password?.typed !== undefined) {
    if (!(await logsIn(room, account, password.typed))) faults.push(`${account.userId}: the given password is wrong`);
    if (delivered.length > 0) faults.push(`${account.userId}: a password was made though one was given`);
  } else if (password !== undefined) {
    const last = delivered.at(-1);
    if (last === undefined) faults.push(`${account.userId}: no password was delivered`);
    else if (!(await logsIn(room, account, last))) faults.push(`${account.userId}: the delivered password is wrong`);
    for (const one of new Set(delivered.slice(0, -1))) {
      if (one === last) faults.push(`${account.userId}: the same password was delivered twice`);
      else if (await logsIn(room, account, one)) faults.push(`${account.userId}: an earlier password works too`);
    }
  }
  return faults;
}

/** One answer to each command, one report to a job, and nothing else from the bot. */
function answerFaults(round: Round, since: readonly RoomEvent[]): string[] {
  const { room, scenario, events } = round;
  const faults: string[] = [];
  const said = since.filter(
    ({ type, sender, content }) =>
      type === 'm.room.message' &&
      sender === room.botAccount.userId &&
      content.msgtype !== 'm.file' &&
      !('m.new_content' in content),
  );
  const reports = said.filter(({ content }) => 'dev.castellan.job' in content);
  const answers = said.filter((event) => !reports.includes(event));
  for (const eventId of events) {
    const mine = answers.filter((event) => forOf(event) === eventId);
    if (mine.length !== 1) faults.push(`${mine.length} answers to one command:\n${mine.map(bodyOf).join('\n--\n')}`);
  }
  if (answers.length !== events.length) faults.push(`${answers.length} answers to ${events.length} commands`);
  if (reports.length !== (scenario.job ? 1 : 0)) faults.push(`${reports.length} reports of a job`);
  const last = [...answers, ...reports].at(-1);
  if (last === undefined || !scenario.answered.test(bodyOf(last))) {
    faults.push(`the answer is not the one expected:\n${last === undefined ? 'none' : bodyOf(last)}`);
  }
  const reactions = since.filter(({ type, sender }) => type === 'm.reaction' && sender === room.botAccount.userId);
  const kinds = reactions.map(({ content }) => JSON.stringify(content['m.relates_to']));
  if (new Set(kinds).size !== kinds.length) faults.push('the same reaction twice');
  return faults;
}

function storeFaults({ room, scenario, events }: Round, since: readonly RoomEvent[]): string[] {
  const store = openStore(join(room.dataDir, 'castellan.db'), { clock: Date.now, readonly: true });
  try {
    const faults: string[] = [];
    const anchors = since.flatMap(({ content }) => (content['dev.castellan.audit'] as AuditAnchor | undefined) ?? []);
    for (const anchor of anchors) {
      if (store.audit.get(anchor.seq)?.hash !== anchor.hash)
        faults.push(`record ${anchor.seq} is not what the room says`);
    }
    const { firstBad } = store.audit.verify(anchors);
    if (firstBad !== undefined) faults.push(`record ${firstBad.seq} of the audit trail is ${firstBad.why}`);
    const records = store.audit.list({ limit: 200, from: 0 }).filter(({ source }) => events.includes(source));
    const outcomes = records.filter(({ kind }) => kind === 'outcome');
    const bad = outcomes.filter(({ outcome }) => !scenario.outcome.split(' or ').includes(String(outcome)));
    for (const { outcome, targets } of bad) faults.push(`audit: ${outcome} for ${targets.join(', ')}`);
    if (outcomes.length !== scenario.outcomes) faults.push(`${outcomes.length} outcomes in the audit trail`);
    const intents = records.filter(({ kind }) => kind === 'intent');
    if (scenario.outcomes > 0 && intents.length === 0) faults.push('no intent in the audit trail');
    return faults;
  } finally {
    store.close();
  }
}

/** Everything that is lost, done twice, or shown to those who should not see it, after a round. */
export async function roundFaults(round: Round): Promise<readonly string[]> {
  const { room, accounts, events, canaries, made } = round;
  const since = await eventsSince(room, room.roomId, events[0]);
  const messages = accounts.some(({ password }) => password !== undefined) ? await directMessages(round) : [];
  const faults = [...answerFaults(round, since), ...storeFaults(round, since)];
  for (const account of accounts) faults.push(...(await accountFaults(round, account, messages)));
  for (const secret of secretsIn(JSON.stringify(since), [...made, ...canaries])) {
    faults.push(`the room's history holds ${secret.slice(0, 6)}…`);
  }
  return faults;
}
