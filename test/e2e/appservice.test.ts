import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithSynapse } from '../homeserver/describe-with-synapse.ts';
import { type AdminRoom, openAdminRoom } from './admin-room.ts';
import { type HostLab, openHostLab } from './host-lab.ts';
import { fromStore } from './store-file.ts';

const irc = (more = '') => `id: irc
# The bridge of the office
url: http://127.0.0.1:9999
sender_localpart: ircbot
rate_limited: false
namespaces:
  users:
    - exclusive: true
      regex: "@irc_.*"
  aliases: []
  rooms: []
${more}`;
const withTokens = (id: string, sender: string, regex: string, n = id) =>
  irc(`as_token: as-${n}-0123456789abcdef\nhs_token: hs-${n}-0123456789abcdef\n`)
    .replace('id: irc', `id: ${id}`)
    .replace('ircbot', sender)
    .replace('@irc_.*', regex);

describeWithSynapse('application services', () => {
  let lab: HostLab;
  let room: AdminRoom;
  /** The operator's own, listed in homeserver.yaml. */
  let theirs: string;

  beforeAll(async () => {
    lab = await openHostLab({ name: 'appservice' });
    theirs = join(lab.server.dataDir, 'operator.yaml');
    const claims = (key: string, sign: string) => `${key}: [{ exclusive: true, regex: "${sign}telegram_.*" }]`;
    writeFileSync(
      theirs,
      withTokens('telegram', 'telegrambot', '@telegram_.*')
        .replace('aliases: []', claims('aliases', '#'))
        .replace('rooms: []', claims('rooms', '!')),
    );
    const main = JSON.parse(readFileSync(lab.mainFile, 'utf8'));
    writeFileSync(lab.mainFile, JSON.stringify({ ...main, app_service_config_files: [theirs] }));
    await lab.server.restart();
    room = await openAdminRoom(lab.server, { config: { host: lab.host, secrets: { redactAfter: '1h' } } });
  });
  afterAll(async () => {
    await room?.close();
    await lab?.close();
  });

  const whoami = async (token: string) => {
    const response = await fetch(`${lab.server.url}/_matrix/client/v3/account/whoami`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    return response.ok ? ((await response.json()) as { user_id: string }).user_id : response.status;
  };
  const ircFile = () => join(lab.appserviceDir, 'irc.yaml');
  const tokenIn = (file: string, key: string) =>
    new RegExp(`^${key}: (\\S+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const nothingWritten = () => {
    expect(readdirSync(lab.appserviceDir)).toEqual([]);
    expect(existsSync(lab.dropIn)).toBe(false);
  };

  test.each([
    ['a tab', 'id: irc\nnamespaces:\n\tusers: []', 'a tab'],
    ['no sender_localpart', irc().replace('sender_localpart: ircbot\n', ''), 'sender_localpart'],
    ['no url', irc().replace(/url: .*\n/, ''), 'url'],
    ['a regex that does not compile', irc().replace('@irc_.*', '@irc_(.*'), 'regex'],
    ['a namespace that is not a list', irc().replace('aliases: []', 'aliases: {}'), 'is not a list'],
    ['no namespaces', irc().replace(/namespaces:[\s\S]*rooms: \[\]\n/, ''), 'namespaces'],
    ['an exclusive that is no switch', irc().replace('exclusive: true', 'exclusive: maybe'), 'exclusive'],
    ['an id that would leave the folder', irc().replace('id: irc', 'id: ../x'), 'id'],
    ['an id that is a path', irc().replace('id: irc', 'id: /etc/x'), 'id'],
    ['the same token twice', irc('as_token: same-0123456789\nhs_token: same-0123456789\n'), 'the same as as_token'],
    ['a token that is a number', irc('as_token: 123456789012\nhs_token: abcdefghijkl\n'), 'as_token'],
    ['a list', '- id: irc', 'no list of keys'],
    ['nothing', ' ', ''],
    ['the bot’s own name', irc().replace('@irc_.*', '@castellan.*'), 'my own account'],
    ['an id that is taken', withTokens('telegram', 'x', '@x_.*', 'x'), 'not mine to change'],
    ['a token that is taken', withTokens('x', 'x', '@x_.*', 'telegram'), 'the same `as_token`'],
    [
      'an hs_token that is taken',
      withTokens('x', 'x', '@x_.*').replace('hs-x-', 'hs-telegram-'),
      'the same `hs_token`',
    ],
    ['a name that is taken', withTokens('x', 'telegrambot', '@x_.*'), 'the same `sender_localpart`'],
    ['a namespace that overlaps', withTokens('x', 'x', '@telegram_b.*'), 'claim the same ids'],
    [
      'aliases that overlap',
      irc().replace('aliases: []', 'aliases: [{ exclusive: true, regex: "#telegram_b.*" }]'),
      '(aliases)',
    ],
    [
      'rooms that overlap',
      irc().replace('rooms: []', 'rooms: [{ exclusive: true, regex: "!telegram_b.*" }]'),
      '(rooms)',
    ],
  ])('register refuses %s, removes the message, and writes nothing', async (_, yaml, why) => {
    const eventId = await room.admin.send(room.roomId, `!admin appservice register\n\`\`\`yaml\n${yaml}\n\`\`\``);
    const answer = String((await room.answerTo(eventId)).content.body);
    expect(answer).toContain('❌');
    expect(answer).toContain(why);
    expect(answer).not.toMatch(/(as|hs)-\w+-0123/);
    if (yaml.trim() !== '') {
      expect(answer).toContain('removing it');
      await expect
        .poll(async () => (await room.admin.event(room.roomId, eventId)).content, { timeout: 240_000 })
        .toEqual({});
    }
    nothingWritten();
  });

  test('a namespace that is shared may overlap', async () => {
    const shared = irc().replace('exclusive: true', 'exclusive: false').replace('@irc_.*', '@telegram_b.*');
    const plan = await room.askWith('appservice register --dry-run', shared);
    expect(plan).toContain('@telegram_b.*');
    expect(plan).not.toContain('❌');
    nothingWritten();
  });

  test('registered, its token is accepted after the restart; the operator’s own stay', async () => {
    const plan = await room.askWith('register-appservice', irc());
    expect(plan).toContain('@irc_.*');
    expect(plan).toContain('Tokens that are missing are made');
    const answer = await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`);
    expect(answer).toContain('✅');
    expect(answer).toContain('The secret is in a direct message');
    const file = readFileSync(ircFile(), 'utf8');
    expect(file).toContain('# The bridge of the office');
    expect(statSync(ircFile()).mode & 0o777).toBe(0o600);
    const token = tokenIn(ircFile(), 'as_token');
    expect(token).toMatch(/^[\w-]{86}$/);
    expect(answer).not.toContain(token);
    expect(lab.readDropIn()).toContain(theirs);
    expect(lab.readDropIn()).toContain(ircFile());
    expect(await whoami(token)).toBe(401);
    expect(await room.askAndConfirm('server restart')).toContain('back after');
    expect(await whoami(token)).toBe('@ircbot:castellan.test');
    expect(await whoami('as-telegram-0123456789abcdef')).toBe('@telegrambot:castellan.test');
    const direct = String(
      fromStore(room.dataDir, 'SELECT value FROM value WHERE name = ?', `direct-room:${room.admin.userId}`)[0]?.value,
    );
    await room.admin.join(direct);
    expect(JSON.stringify(await room.admin.messages(direct))).toContain(token);
  });

  test('list and show name both, with their tokens masked', async () => {
    const token = tokenIn(ircFile(), 'as_token');
    for (const line of [
      'appservice list',
      'list-appservices -o json',
      'appservice list-registered -o csv',
      'appservice show irc',
      'appservice show telegram -o json',
    ]) {
      const answer = await room.ask(line);
      expect(answer).not.toContain(token);
      expect(answer).not.toContain('0123456789abcdef');
    }
    expect(await room.ask('appservice list')).toMatch(/irc[\s\S]*telegram|telegram[\s\S]*irc/);
    expect(await room.ask('appservice show irc')).toContain('•••');
    expect(await room.ask('appservice show ircc')).toContain('Perhaps');
  });

  test('the masked configuration holds none of its tokens either', async () => {
    expect(await room.ask('show-config -o json')).not.toContain(tokenIn(ircFile(), 'as_token'));
  });

  test('registered again it shows the difference and replaces', async () => {
    const before = tokenIn(ircFile(), 'as_token');
    const plan = await room.askWith('appservice register', irc().replace('9999', '8888'));
    expect(plan).toContain('Replace');
    expect(plan).toContain('8888');
    expect(plan).toContain('a **new** one is made');
    expect(await room.ask(`confirm ${/confirm ([a-z0-9]{5})/.exec(plan)?.[1]}`)).toContain('Replaced');
    expect(tokenIn(ircFile(), 'as_token')).not.toBe(before);
    expect(lab.readDropIn().match(/irc\.yaml/g)).toHaveLength(1);
    await room.askAndConfirm('server restart');
    expect(await whoami(before)).toBe(401);
    expect(await whoami(tokenIn(ircFile(), 'as_token'))).toBe('@ircbot:castellan.test');
  });

  const codeIn = (plan: string) => /confirm ([a-z0-9]{5})/.exec(plan)?.[1];

  test.each([
    ['replacing it', 'its registration', () => room.askWith('appservice register', irc().replace('9999', '7777'))],
    ['replacing it', 'the list', () => room.askWith('appservice register', irc().replace('9999', '7777'))],
    ['unregistering it', 'its registration', () => room.ask('appservice unregister irc')],
    ['unregistering it', 'the list', () => room.ask('appservice unregister irc')],
  ])('%s is refused where somebody else has changed %s since the plan', async (_, what, ask) => {
    const plan = await ask();
    const path = what === 'the list' ? lab.dropIn : ircFile();
    const changed = `${readFileSync(path, 'utf8')}# changed by hand\n`;
    const other = readFileSync(what === 'the list' ? ircFile() : lab.dropIn, 'utf8');
    writeFileSync(path, changed);
    const answer = await room.ask(`confirm ${codeIn(plan)}`);
    expect(answer).toContain('❌');
    expect(answer).toContain('changed by somebody else');
    expect(readFileSync(path, 'utf8')).toBe(changed);
    expect(readFileSync(what === 'the list' ? ircFile() : lab.dropIn, 'utf8')).toBe(other);
    expect(readdirSync(lab.appserviceDir)).toEqual(['irc.yaml']);
  });

  test('a file of that name that is no registration in use is left alone, also when it came after the plan', async () => {
    const plan = await room.askWith('appservice register', withTokens('xmpp', 'xmppbot', '@xmpp_.*'));
    const path = join(lab.appserviceDir, 'xmpp.yaml');
    writeFileSync(path, 'id: xmpp # of somebody else\n');
    expect(await room.ask(`confirm ${codeIn(plan)}`)).toContain('is there already');
    expect(await room.askWith('appservice register', withTokens('xmpp', 'xmppbot', '@xmpp_.*'))).toContain(
      'take it away first',
    );
    expect(readFileSync(path, 'utf8')).toBe('id: xmpp # of somebody else\n');
    expect(lab.readDropIn()).not.toContain('xmpp');
    rmSync(path);
  });

  test('one in my folder under another name is not mine either', async () => {
    const path = join(lab.appserviceDir, 'by-hand.yaml');
    writeFileSync(path, withTokens('slack', 'slackbot', '@slack_.*'));
    const before = lab.readDropIn();
    writeFileSync(lab.dropIn, `app_service_config_files: ${JSON.stringify([theirs, ircFile(), path])}\n`);
    try {
      expect(await room.ask('appservice list')).toContain('slack');
      expect(await room.ask('appservice unregister slack')).toContain('not mine to change');
      expect(existsSync(path)).toBe(true);
    } finally {
      writeFileSync(lab.dropIn, before);
      rmSync(path);
    }
  });

  test('a file that is not mine is neither replaced nor unregistered', async () => {
    expect(await room.ask('appservice unregister telegram')).toContain('not mine to change');
    expect(await room.ask('unregister-appservice nobody')).toContain('No application service');
    expect(readFileSync(theirs, 'utf8')).toContain('telegram');
  });

  test('unregistered, its token is refused after the restart, and its file is kept', async () => {
    const token = tokenIn(ircFile(), 'as_token');
    expect(await room.askAndConfirm('appservice unregister irc')).toContain('kept as');
    expect(existsSync(ircFile())).toBe(false);
    expect(await whoami(token)).toBe('@ircbot:castellan.test');
    await room.askAndConfirm('server restart');
    expect(await whoami(token)).toBe(401);
    expect(await whoami('as-telegram-0123456789abcdef')).toBe('@telegrambot:castellan.test');
    const [kept = ''] = readdirSync(lab.appserviceDir);
    expect(kept).toMatch(/^irc\.yaml\.unregistered-/);
    expect(readFileSync(join(lab.appserviceDir, kept), 'utf8')).toContain(token);
  });

  test('the tokens are nowhere in the bot’s own files, its output or the room', async () => {
    const [kept = ''] = readdirSync(lab.appserviceDir);
    const token = tokenIn(join(lab.appserviceDir, kept), 'as_token');
    for (const name of readdirSync(room.dataDir, { recursive: true, encoding: 'utf8' })) {
      const path = join(room.dataDir, name);
      if (statSync(path).isFile()) expect(readFileSync(path).includes(token)).toBe(false);
    }
    expect(JSON.stringify(await room.admin.messages(room.roomId))).not.toContain(token);
    expect(room.bot().output()).not.toContain(token);
  });

  test('only an owner may', async () => {
    room.configure({ roles: { [room.admin.userId]: 'admin' } });
    await room.bot().kill();
    await room.start();
    for (const line of [
      'appservice list',
      'appservice show telegram',
      'appservice unregister telegram',
      'server set-config max_upload_size 3M',
    ])
      expect(await room.ask(line)).toContain('owner');
  });
});
