import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { secretFields } from '../../src/core/secret-fields.ts';
import { secretsIn, secretsInFiles } from '../crash/secret-scan.ts';
import { loginPassword, registerUser, type TestClient } from '../homeserver/client.ts';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type Scripted, type ScriptedAnswer, startScripted } from '../homeserver/scripted.ts';
import { type Synapse, startSynapse } from '../homeserver/synapse.ts';
import { type AdminRoom, bodyOf, openAdminRoom, type RoomEvent } from './admin-room.ts';
import { emptyDisk, fillDisk } from './fill-disk.ts';
import { changeStore, fromStore } from './store-file.ts';

/** A command line with a secret of ours in it, one that makes a secret, or both. */
interface Play {
  /** SECRET and TOKEN: a fresh canary, with what passwords may hold and with what tokens may. */
  readonly line: string;
  /** The declared fields in which it is typed. */
  readonly types?: readonly string[];
  readonly makes?: true;
  readonly prepare?: (secret: string) => Promise<unknown>;
}

const registration = (id: string, tokens: string) =>
  `appservice register\n\`\`\`\nid: ${id}\nurl: null\nsender_localpart: ${id}\nnamespaces: {}\n${tokens}\n\`\`\``;

describeWithSynapse('secrets of every command', () => {
  let server: Synapse;
  /** Between the bot and all of the homeserver. */
  let between: Scripted;
  let room: AdminRoom;
  let stranger: TestClient;
  /** Where the homeserver's own files lie. */
  let hostFolder: string;
  /** What the operator's command was given. */
  const hookLog = () => join(hostFolder, 'hook.log');
  const typed = new Set<string>();
  const asked: string[] = [];
  let canaries = 0;

  const admin = (path: string, body: unknown, method = 'PUT') => room.admin.admin(method, path, body);
  const idOf = (localpart: string) => `@${localpart}:castellan.test`;
  const login = (secret: string) =>
    JSON.stringify({ type: 'm.login.password', identifier: { type: 'm.id.user', user: 'alice' }, password: secret });
  const setPassword = (secret: string) =>
    admin(`/v1/reset_password/${idOf('alice')}`, { new_password: secret, logout_devices: false }, 'POST');
  const makeToken = (token: string) => admin('/v1/registration_tokens/new', { token }, 'POST');

  /** Every command of the table that takes or makes a secret, in each of its ways. */
  const plays: Readonly<Record<string, readonly Play[]>> = {
    'user create-user': [
      { line: 'user create-user typed-one "SECRET"', types: ['password'] },
      { line: 'user create-user made-one', makes: true },
    ],
    'user create-list': [
      { line: 'user create-list\n```\ntyped-two,"SECRET"\nmade-two,,Two\n```', types: ['accounts'], makes: true },
    ],
    'user reset-password': [
      { line: 'user reset-password alice "SECRET"', types: ['password'] },
      { line: 'user reset-password alice --password="SECRET" -n', types: ['password'] },
      { line: 'user reset-password alice -p "SECRET" --yes-i-want-to-do-this', types: ['password'] },
      { line: 'user reset-password ADMIN "SECRET" -n', types: ['password'] },
      { line: 'user reset-password alice', makes: true },
    ],
    'user reactivate': [
      {
        line: 'user reactivate closed "SECRET"',
        types: ['password'],
        prepare: () => admin(`/v1/deactivate/${idOf('closed')}`, {}, 'POST'),
      },
    ],
    'user modify': [
      { line: 'user modify alice -P "SECRET"', types: ['password'] },
      { line: 'user modify alice -p --no-logout', makes: true },
      { line: 'user modify modified --create -P "SECRET" --yes-i-want-to-do-this', types: ['password'] },
    ],
    'user login': [{ line: 'user login alice', makes: true }],
    'token create': [
      { line: 'token create --token TOKEN', types: ['token'] },
      { line: 'token create --length 40', makes: true },
    ],
    'token issue-many': [{ line: 'token issue-many 3', makes: true }],
    'token details': [
      { line: 'token details TOKEN', types: ['token'], prepare: makeToken },
      { line: 'token details TOKEN', types: ['token'] },
    ],
    'token update': [{ line: 'token update TOKEN --uses 3', types: ['token'], prepare: makeToken }],
    'token delete': [{ line: 'token delete TOKEN', types: ['token'], prepare: makeToken }],
    raw: [
      {
        line: `raw POST v1/reset_password/${idOf('alice')}\n\`\`\`\n{"new_password":"SECRET","logout_devices":false}\n\`\`\``,
        types: ['body'],
      },
      { line: `raw PUT v2/users/${idOf('alice')} -d '{"password":"SECRET","logout_devices":false}'`, types: ['data'] },
      { line: `raw POST v1/users/${idOf('alice')}/login -d '{}'` },
      { line: 'raw GET v1/registration_tokens' },
    ],
    'matrix raw': [
      { line: `matrix raw POST client/v3/login\n\`\`\`\nLOGIN\n\`\`\``, types: ['body'], prepare: setPassword },
      { line: `matrix raw POST client/v3/login -d 'LOGIN'`, types: ['data'], prepare: setPassword },
      { line: 'matrix raw client/v3/account/whoami --token TOKEN', types: ['token'] },
    ],
    'appservice register': [
      { line: registration('typed', 'as_token: TOKEN\nhs_token: hs-TOKEN'), types: ['registration'] },
      { line: registration('half-typed', 'hs_token: TOKEN'), types: ['registration'], makes: true },
    ],
    'matrix login': [
      { line: 'matrix login alice -p "SECRET"', types: ['password'], makes: true, prepare: setPassword },
    ],
  };

  beforeAll(async () => {
    server = await startSynapse({ name: 'secret-canaries' });
    between = await startScripted([], server.url);
    hostFolder = mkdtempSync(join(tmpdir(), 'castellan-host-'));
    const main = join(hostFolder, 'homeserver.yaml');
    writeFileSync(main, 'server_name: castellan.test\n');
    const dropIn = join(hostFolder, 'castellan.yaml');
    const tell = `require('fs').appendFileSync(${JSON.stringify(hookLog())}, JSON.stringify([process.argv, process.env]))`;
    const commands = { check: [process.execPath, '-e', tell] };
    const host = { configFiles: [main, dropIn], dropIn, appserviceDir: hostFolder, commands };
    room = await openAdminRoom(server, { url: between.url, config: { host, secrets: { redactAfter: '1h' } } });
    for (const name of ['alice', 'closed']) await registerUser(server, name);
    stranger = await registerUser(server, 'stranger');
    await room.botAccount.invite(room.roomId, stranger.userId);
    await stranger.join(room.roomId);
  });
  afterAll(async () => {
    await room?.close();
    await between?.close();
    rmSync(hostFolder, { recursive: true, force: true });
    await server?.stop();
  });

  const holdsCanary = (line: string) => /SECRET|TOKEN|LOGIN/.test(line);

  /** A canary has other forms in JSON, in addresses and in base64. */
  function canary(line: string): string {
    canaries += 1;
    const secret = line.includes('TOKEN') ? `Canary.token~${canaries}-_x` : `Kanarienvogel/${canaries}+é=&%41`;
    if (holdsCanary(line)) typed.add(secret);
    return secret;
  }

  /** Types a line with a fresh canary, and says yes where it is asked for one; the answers. */
  async function type(line: string, as = room.admin, secret = canary(line)): Promise<readonly string[]> {
    const said = line
      .replace('LOGIN', login(secret))
      .replaceAll(/SECRET|TOKEN/g, secret)
      .replace('ADMIN', room.admin.userId);
    const eventId = await as.send(room.roomId, `!admin ${said}`);
    if (holdsCanary(line)) asked.push(eventId);
    const answer = bodyOf(await room.answerTo(eventId));
    const code = /confirm ([a-z0-9]{5})/.exec(answer)?.[1];
    if (code === undefined) return [answer];
    const confirmed = await room.ask(`confirm ${code}`);
    const job = /job cancel ([a-z0-9]+)/.exec(confirmed)?.[1];
    if (job === undefined) return [answer, confirmed];
    const report = await room.admin.waitForEvent(room.roomId, ({ content }) => content['dev.castellan.job'] === job);
    return [answer, confirmed, bodyOf(report)];
  }

  const directRoom = (): string =>
    String(
      fromStore(room.dataDir, 'SELECT value FROM value WHERE name = ?', `direct-room:${room.admin.userId}`)[0]?.value,
    );

  /** What was delivered; the passwords and tokens alone. */
  async function delivered(): Promise<readonly string[]> {
    if (directRoom() === 'undefined') return [];
    const messages = (await room.botAccount.messages(directRoom())).filter(
      ({ type: kind }) => kind === 'm.room.message',
    );
    return messages.flatMap((event) =>
      [...bodyOf(event).matchAll(/`+\n?([\w.~-]{16,})\n?`+/g)].map(([, secret = '']) => secret),
    );
  }

  /** Every secret there is: typed, delivered, asked of the server, and in force at the server now. */
  async function secrets(): Promise<readonly string[]> {
    const sent = between.requests.flatMap(({ body }) =>
      [...body.matchAll(/"(?:new_)?password":"((?:[^"\\]|\\.)*)"/g)].map(
        ([, secret = '']) => JSON.parse(`"${secret}"`) as string,
      ),
    );
    const column = (sql: string) => server.queryDatabase(sql).map(({ token }) => String(token));
    const tokens = [...column('SELECT token FROM access_tokens'), ...column('SELECT token FROM registration_tokens')];
    return [...new Set([...typed, ...(await delivered()), ...sent, ...tokens])];
  }

  test('are those that the table says, and each of them is played here', () => {
    const table = commands.filter((command) => secretFields(command).length > 0 || command.makesSecret !== undefined);
    const played = Object.entries(plays).map(([path, each]) => ({
      path,
      types: [...new Set(each.flatMap(({ types = [] }) => types))].sort(),
      makes: each.some(({ makes }) => makes === true),
    }));
    const declared = table.map((command) => ({
      path: command.path,
      types: [...secretFields(command)].sort(),
      makes: command.makesSecret !== undefined,
    }));
    const byPath = (one: { path: string }, other: { path: string }) => one.path.localeCompare(other.path);
    expect(played.sort(byPath)).toEqual(declared.sort(byPath));
  });

  test.each(
    Object.values(plays)
      .flat()
      .map((play) => [play.line, play] as const),
  )('stand in no answer to %s', async (line, { prepare, makes, types }) => {
    const secret = canary(line);
    await prepare?.(secret);
    const before = (await delivered()).length;
    const answers = await type(line, room.admin, secret);
    expect(secretsIn(answers.join('\n'), await secrets())).toEqual([]);
    if (types !== undefined) expect(answers.join('\n')).toContain('held a secret: I am removing it');
    expect((await delivered()).length > before).toBe(makes === true);
    // The write-ahead log too, in which everything stands that was ever written since its last checkpoint.
    expect(secretsInFiles(room.dataDir, await secrets())).toEqual([]);
  });

  test.each([
    ['of a user that nobody has', 'reset-password nobody-here "SECRET"'],
    ['of a command that does not exist', 'user craete-user bob "SECRET"'],
    ['of a flag that does not exist', 'user create-user bob "SECRET" --pasword "SECRET"'],
    ['with a word too many', 'user create-user bob "SECRET" SECRET'],
    ['with a quote left open', 'user create-user bob "SECRET'],
    ['whose name cannot be', 'user create-user "b o b" "SECRET"'],
    ['of an account that exists', 'user create-user alice "SECRET"'],
    ['that is too short a token', 'token create --token "SECRET"'],
    ['in a list with a bad line', 'user create-list\n```\nb o b,"SECRET"\ncarol;SECRET\n```'],
    ['in a list whose quotes do not match', 'user create-list\n```\nbob,"SECRET\n```'],
    ['in a list that is no block', 'user create-list\nbob,SECRET'],
    ['in JSON with a comma too many', 'raw PUT v2/users/@bob:castellan.test\n```\n{"password":"SECRET",}\n```'],
    ['in a JSON string left open', `raw PUT v2/users/@bob:castellan.test -d '{"password":"SECRET'`],
    ['in YAML that cannot be read', registration('broken', 'as_token: TOKEN\n\ths_token: hs-TOKEN')],
    ['in YAML whose quotes do not match', registration('broken', 'as_token: "TOKEN\nhs_token: hs-TOKEN')],
    ['in a registration that cannot be', registration('../broken', 'as_token: TOKEN\nhs_token: TOKEN')],
    ['in a path', 'raw POST v1/login?password=SECRET -d {}'],
    ['that is only looked at', 'user reset-password alice "SECRET" --dry-run'],
  ])('stand in no answer to a command %s', async (_, line) => {
    const answers = await type(line);
    expect(secretsIn(answers.join('\n'), [...typed])).toEqual([]);
  });

  test('stand in no answer to one who may not command', async () => {
    const said = await type('user create-user bob "SECRET"', stranger);
    expect(said[0]).toContain('may not command me');
    expect(secretsIn(said.join('\n'), [...typed])).toEqual([]);
  });

  const echoing: readonly [string, (body: string) => ScriptedAnswer | 'reset'][] = [
    ['repeats the request in its error', (body) => ({ status: 400, body: { errcode: 'M_UNKNOWN', error: body } })],
    ['repeats it in the code of its error', (body) => ({ status: 400, body: { errcode: body, error: 'no' } })],
    ['answers 502 with a page that repeats it', (body) => ({ status: 502, body: `<html><pre>${body}</pre>` })],
    ['answers 500 with what it crashed on', (body) => ({ status: 500, body: { errcode: 'M_UNKNOWN', error: body } })],
    ['cuts its answer short', (body) => ({ status: 200, body: body.slice(0, -1) })],
    ['answers in another shape', (body) => ({ status: 200, body: { name: [body], password: body } })],
    ['breaks the connection', () => 'reset'],
  ];
  test.each(echoing)('stand in no answer where the homeserver %s', async (name, answer) => {
    const isSetting = ({ method, body }: { method: string; body: string }) =>
      method !== 'GET' && body.includes('password"');
    between.handlers.push((request) => (isSetting(request) ? answer(request.body) : undefined));
    try {
      for (const line of [
        `user create-user echo-${name.length} "SECRET"`,
        'user reset-password alice',
        'user reset-password alice "SECRET"',
      ])
        expect(secretsIn((await type(line)).join('\n'), await secrets()), line).toEqual([]);
    } finally {
      between.handlers.length = 0;
    }
  });

  test('stand in no answer, and in no error, where the database cannot be written', async () => {
    fillDisk(room.bot());
    const line = 'user create-user diskless "SECRET"';
    const eventId = await room.admin.send(room.roomId, `!admin ${line.replace('SECRET', canary(line))}`);
    asked.push(eventId);
    const answer = bodyOf(await room.answerTo(eventId));
    expect(answer).toContain('database cannot be written');
    expect(secretsIn(`${answer}\n${room.bot().output()}`, [...typed])).toEqual([]);
    emptyDisk(room.bot());
  });

  test('stand in no file of the bot right after kill −9, in nothing it wrote and in none of its arguments', async () => {
    const known = await secrets();
    expect(known.length).toBeGreaterThan(50);
    const isTyped = (event: string) => room.admin.event(room.roomId, event);
    // What was typed is removed when it is settled.
    for (const eventId of asked) while ('body' in (await isTyped(eventId)).content) await delay(50);
    const arguments_ = readFileSync(`/proc/${room.bot().pid}/cmdline`, 'utf8');
    const hooks = readFileSync(hookLog(), 'utf8');
    expect(hooks).toContain('PATH');
    expect(secretsIn(hooks, known)).toEqual([]);
    await room.bot().kill();
    const files = secretsInFiles(room.dataDir, known);
    expect({ files, output: secretsIn(room.bot().output(), known), arguments: secretsIn(arguments_, known) }).toEqual({
      files: [],
      output: [],
      arguments: [],
    });
    // The scan sees what is there.
    const tokenFile = secretsInFiles(dirname(room.configFile), known);
    expect(tokenFile).toHaveLength(1);
    expect(tokenFile[0]).toMatch(/^token holds/);
    writeFileSync(join(room.dataDir, 'trap'), `x${Buffer.from(`ab${[...typed][0]}`).toString('base64')}`);
    expect(secretsInFiles(room.dataDir, known)).toHaveLength(1);
    writeFileSync(join(room.dataDir, 'trap'), '');
  });

  test('stand in no file of the media store, in no event but the removed ones, and in the direct room alone', async () => {
    const known = await secrets();
    expect(secretsInFiles(join(server.dataDir, 'media'), known)).toEqual([]);
    const removed = new Set(server.queryDatabase('SELECT redacts FROM redactions').map(({ redacts }) => redacts));
    const events = server.queryDatabase('SELECT event_id, room_id, json FROM event_json');
    const holding = events.filter(
      ({ event_id, json }) => !removed.has(event_id) && secretsIn(String(json), known).length > 0,
    );
    expect(new Set(holding.map(({ room_id }) => room_id))).toEqual(new Set([directRoom()]));
    const history: readonly RoomEvent[] = await room.admin.messages(room.roomId);
    expect(secretsIn(JSON.stringify(history), known)).toEqual([]);
  });

  test('stand in the direct room no more once their time there is over', async () => {
    const known = await secrets();
    // The hour is over.
    room.configure({ secrets: { redactAfter: '1s' } });
    changeStore(room.dataDir, "UPDATE due SET at = 0 WHERE kind = 'redact-secret'");
    const direct = directRoom();
    await room.admin.join(direct);
    await room.start();
    const left = async () => secretsIn(JSON.stringify(await room.botAccount.messages(direct)), known);
    expect((await loginPassword(server, 'made-one', (await delivered())[0] ?? '')).userId).toBe(idOf('made-one'));
    while ((await left()).length > 0) await delay(200);
    expect(secretsIn(JSON.stringify(await room.admin.messages(direct)), known)).toEqual([]);
    expect(secretsInFiles(room.dataDir, known)).toEqual([]);
  });
});
