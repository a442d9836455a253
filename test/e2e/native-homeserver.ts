/** A homeserver as its own admin room shows it: what the scripted server user answers from. */
export interface NativeState {
  readonly serverName: string;
  /** Localparts of open accounts. */
  readonly users: Set<string>;
  readonly closed: Set<string>;
  readonly admins: Set<string>;
  readonly rooms: Map<string, { members: string[]; name: string; topic?: string }>;
  readonly banned: Set<string>;
  readonly disabled: Set<string>;
  /** Localpart of an alias to a room. */
  readonly aliases: Map<string, string>;
  readonly published: Set<string>;
  readonly files: Map<string, string>;
  readonly tokens: Map<string, string>;
  readonly appservices: Map<string, string>;
  readonly suspended: Set<string>;
  readonly locked: Set<string>;
  registration: boolean;
  /** "user room" to tags. */
  readonly tags: Map<string, Set<string>>;
  readonly events: Map<string, Record<string, unknown>>;
  /** Of localparts. */
  readonly devices: Map<string, string[]>;
  /** Files that nobody may have. */
  readonly blocked: Set<string>;
  /** Accounts whose files were purged. */
  readonly purged: string[];
}

export type Version = '0.5' | '26.6' | '26.8' | '1.9' | '0.10' | '0.4';

/** What is said: an answer, and a message of its own before it that answers nothing. */
export interface Said {
  readonly text: string;
  readonly side?: string;
}

export function nativeState(serverName: string): NativeState {
  return {
    serverName,
    users: new Set(),
    closed: new Set(),
    admins: new Set(),
    rooms: new Map(),
    banned: new Set(),
    disabled: new Set(),
    aliases: new Map(),
    published: new Set(),
    files: new Map(),
    tokens: new Map(),
    appservices: new Map(),
    suspended: new Set(),
    locked: new Set(),
    registration: false,
    tags: new Map(),
    events: new Map(),
    devices: new Map(),
    blocked: new Set(),
    purged: [],
  };
}

/** The answer of continuwuity, tuwunel and Palpo, in the words of that version (conduit-family.md, sections 1 to 3). */
export function conduwuitAnswer(
  dialect: 'continuwuity' | 'tuwunel' | 'palpo',
  version: Version,
  state: NativeState,
  words: readonly string[],
  block: readonly string[],
): Said {
  const fail = (message: string): Said => ({ text: failure(dialect, message) });
  const say = (text: string, side?: string): Said => (side === undefined ? { text } : { text, side });
  const [category = '', ...rest] = words.filter((word) => !word.startsWith('--'));
  const flags = words.filter((word) => word.startsWith('--'));
  const known =
    dialect === 'palpo'
      ? ['appservice', 'user', 'room', 'federation', 'server', 'media']
      : ['appservices', 'users', 'rooms', 'federation', 'server', 'media', 'token', 'debug', 'query'];
  if (words.includes('--help') || category === 'help') return say(help);
  if (!known.includes(category)) return say(usage(`unrecognized subcommand '${category}'`));
  const noun = category.replace(/s$/, '');
  const [verb = '', one = '', two = '', three = ''] = rest;
  const id = (name: string) => (name.startsWith('@') ? name : `@${name}:${state.serverName}`).toLowerCase();
  const local = (name: string) => id(name).slice(1).split(':')[0] ?? '';
  const line = (roomId: string) => {
    const { members, name } = state.rooms.get(roomId) ?? { members: [], name: roomId };
    return `${roomId}\tMembers: ${members.length}\tName: ${name || roomId}`;
  };
  const sorted = () =>
    [...state.rooms].sort(([, a], [, b]) => b.members.length - a.members.length).map(([roomId]) => roomId);
  const exists = (name: string) => state.users.has(local(name)) || state.closed.has(local(name));

  if (noun === 'user') {
    const user = id(one);
    switch (verb) {
      case 'list-users':
      case 'list':
        return say(
          `Found ${state.users.size} local user account(s):\n\`\`\`\n${[...state.users].map((name) => `@${name}:${state.serverName}`).join('\n')}\n\`\`\``,
        );
      case 'create-user':
      case 'create': {
        if (exists(one))
          return fail(
            version === '26.6' || version === '26.8' ? 'Username is not available.' : `User ${user} already exists`,
          );
        state.users.add(local(one));
        const password = two || 'madebytheserver0123456789';
        return say(
          version === '26.6' || version === '26.8'
            ? `Created user ${user} with password \`${password}\``
            : `Created user with user_id: ${user} and password: \`${password}\``,
        );
      }
      case 'reset-password': {
        if (flags.includes('--convert-to-local-account') && dialect === 'continuwuity') {
          if (!exists(one)) return fail('This account does not exist.');
          state.closed.delete(local(one));
          state.users.add(local(one));
          return say('');
        }
        if (flags.includes('--logout') && dialect !== 'continuwuity')
          return say(usage("unexpected argument '--logout' found"));
        if (!exists(one) && dialect !== 'palpo') return fail('The provided user does not exist.');
        const ended = flags.includes('--logout') ? '\nAll existing sessions have been logged out.' : '';
        return say(
          `Successfully reset the password for user ${user}: \`${two || 'madebytheserver0123456789'}\`${ended}`,
        );
      }
      case 'deactivate': {
        if (local(one) === 'conduit') return fail('Not allowed to deactivate the server service account.');
        if (state.users.delete(local(one))) state.closed.add(local(one));
        if (!flags.includes('--no-leave-rooms'))
          for (const room of state.rooms.values())
            room.members.splice(0, room.members.length, ...room.members.filter((m) => m !== user));
        return flags.includes('--no-leave-rooms')
          ? say(`User ${user} has been deactivated`)
          : say(`User ${user} has been deactivated`, `Making ${user} leave all rooms after deactivation...`);
      }
      case 'suspend':
      case 'unsuspend':
      case 'lock':
      case 'unlock':
      case 'logout': {
        if (dialect !== 'continuwuity') return say(usage(`unrecognized subcommand '${verb}'`));
        if (!exists(one)) return fail(`User ${user} does not exist.`);
        if (state.admins.has(local(one)) && !verb.startsWith('un'))
          return fail(
            verb === 'logout'
              ? 'You cannot forcefully log out admin users.'
              : `Admin users cannot be ${verb}ed.`.replace('suspended', 'suspended'),
          );
        const set = verb.endsWith('suspend') ? state.suspended : state.locked;
        if (verb.startsWith('un')) set.delete(local(one));
        else set.add(local(one));
        const done = {
          suspend: 'suspended',
          unsuspend: 'unsuspended',
          lock: 'locked',
          unlock: 'unlocked',
          logout: 'logged out from all devices',
        }[verb];
        return say(`User ${user} has been ${done}.`);
      }
      case 'delete-device': {
        if (dialect !== 'tuwunel') return say(usage(`unrecognized subcommand '${verb}'`));
        const devices = state.devices.get(local(one)) ?? [];
        state.devices.set(
          local(one),
          devices.filter((device) => device !== two),
        );
        return say(`User ${user}'s device ${two} removed.`);
      }
      case 'revoke-admin':
        if (dialect !== 'tuwunel') return say(usage(`unrecognized subcommand '${verb}'`));
        if (!state.admins.delete(local(one))) return fail(`${user} was never an admin.`);
        return say(`${user} is no longer an admin.`);
      case 'make-user-admin':
        if (state.admins.has(local(one)) && dialect === 'continuwuity')
          return fail('User is already joined in the admin room');
        state.admins.add(local(one));
        return say(`${user} has been granted admin privileges.`);
      case 'list-joined-rooms': {
        const joined = sorted().filter((roomId) => state.rooms.get(roomId)?.members.includes(user));
        if (joined.length === 0) return fail('User is not in any rooms.');
        return say(`Rooms ${user} Joined (${joined.length}):\n\`\`\`\n${joined.map(line).join('\n')}\n\`\`\``);
      }
      case 'force-join-room': {
        const roomId = two.startsWith('#') ? state.aliases.get(two.slice(1).split(':')[0] ?? '') : two;
        const room = roomId === undefined ? undefined : state.rooms.get(roomId);
        if (room === undefined) return fail('Room not found.');
        room.members.push(user);
        return say(`${user} has been joined to ${roomId}.`);
      }
      case 'force-leave-room': {
        const room = state.rooms.get(two);
        if (!room?.members.includes(user)) return fail(`${user} is not joined in the room`);
        room.members = room.members.filter((member) => member !== user);
        return say(`${user} has left ${two}.`);
      }
      case 'force-demote':
        return say(`User ${user} demoted themselves to the room default power level in ${two} - $demotion`);
      case 'put-room-tag': {
        const key = `${user} ${two}`;
        state.tags.set(key, new Set([...(state.tags.get(key) ?? []), three]));
        return say(`Successfully updated room account data for ${user} and room ${two} with tag ${three}`);
      }
      case 'delete-room-tag':
        state.tags.get(`${user} ${two}`)?.delete(three);
        return say(`Successfully updated room account data for ${user} and room ${two}, deleting room tag ${three}`);
      case 'get-room-tags': {
        const tags = [...(state.tags.get(`${user} ${two}`) ?? [])];
        const shown = (tag: string) => (tag === 'm.favourite' ? 'Favorite' : `User(\n        "${tag}",\n    )`);
        const body =
          tags.length === 0
            ? '{}'
            : `{\n${tags.map((tag) => `    ${shown(tag).replaceAll(/\n\s+/g, '')}: TagInfo {\n        order: None,\n    },`).join('\n')}\n}`;
        return say(`\`\`\`\n${body}\n\`\`\``);
      }
      case 'redact-event': {
        const event = state.events.get(one);
        if (event === undefined) return fail('Event does not exist in our database.');
        event.unsigned = { redacted_because: { sender: event.sender } };
        event.content = {};
        return say('Successfully redacted event. Redaction event ID: $redaction');
      }
    }
  }
  if (category === 'query' && dialect === 'tuwunel' && verb === 'users' && one === 'list-devices') {
    const devices = state.devices.get(local(two)) ?? [];
    const shown = devices.length === 0 ? '[]' : `[\n${devices.map((device) => `    "${device}",\n`).join('')}]`;
    return say(`Query completed in 12.3µs:\n\n\`\`\`rs\n${shown}\n\`\`\``);
  }
  if (noun === 'debug' && verb === 'get-pdu') {
    const event = state.events.get(one);
    return event === undefined
      ? fail('PDU not found locally.')
      : say(`PDU found in our database\n\`\`\`json\n${JSON.stringify(event, undefined, 2)}\n\`\`\``);
  }
  if (noun === 'debug' && verb === 'echo') return say(rest.slice(1).join(' '));
  if (noun === 'token' && dialect !== 'palpo') {
    switch (verb) {
      case 'issue': {
        const token = `Tok${state.tokens.size}aBcDeFgH`;
        const words_ = flags.includes('--once') ? 'Expires after 1 uses' : 'Expires later';
        state.tokens.set(token, words_);
        return say(
          dialect === 'tuwunel'
            ? `New registration token issued: \`${token}\` - ${words_}`
            : version === '26.8'
              ? `New registration token issued: \`${token}\` . ${words_}.\nInvite link using this token: https://example.org/register?token=${token}`
              : `New registration token issued: \`${token}\`. ${words_}.`,
        );
      }
      case 'list':
        return say(
          `Found ${state.tokens.size} registration tokens:\n${[...state.tokens].map(([token, how]) => `- \`${token}\` --- ${how}\n`).join('')}`,
        );
      case 'revoke':
        return state.tokens.delete(one)
          ? say('Token revoked successfully.')
          : fail('This token does not exist or has already expired.');
    }
  }
  if (noun === 'room') {
    const details = !flags.includes('--no-details');
    const inBlock = (ids: readonly string[]) =>
      `\`\`\`\n${ids.map((roomId) => (details ? line(roomId) : roomId)).join('\n')}\n\`\`\``;
    if (verb === 'list' || (verb === 'list-rooms' && dialect !== 'tuwunel')) {
      const page = Number(one || '1');
      const ids = sorted().slice((page - 1) * 100, page * 100);
      return ids.length === 0 ? fail('No more rooms.') : say(`Rooms (${ids.length}):\n${inBlock(ids)}`);
    }
    if (verb === 'exists') return say(String(state.rooms.has(one)));
    if (verb === 'delete' && dialect === 'tuwunel') {
      state.rooms.delete(one);
      return say('Successfully deleted the room from our database.');
    }
    const membersOf =
      verb === 'info' && one === 'list-joined-members'
        ? two
        : verb === 'list-joined-members' && dialect === 'tuwunel'
          ? one
          : undefined;
    if (membersOf !== undefined) {
      const { members = [], name = membersOf } = state.rooms.get(membersOf) ?? {};
      const shown = members.map(
        (member) => `${member} | ${state.tags.get(`name ${member}`)?.values().next().value ?? member}`,
      );
      return say(`${members.length} Members in Room "${name}":\n\`\`\`\n${shown.join('\n')}\n\`\`\``);
    }
    if (verb === 'info' && one === 'view-room-topic' && dialect !== 'tuwunel') {
      const topic = state.rooms.get(two)?.topic;
      return topic === undefined
        ? fail('Room does not have a room topic set.')
        : say(`Room topic:\n\`\`\`\n${topic}\n\`\`\``);
    }
    if (verb === 'moderation') {
      switch (one) {
        case 'ban-room':
          state.banned.add(two);
          if (dialect !== 'palpo') {
            const room = state.rooms.get(two);
            if (room) room.members = room.members.filter((member) => !member.endsWith(`:${state.serverName}`));
          }
          return say('Room banned, removed all our local users, and disabled incoming federation with room.');
        case 'unban-room':
          state.banned.delete(two);
          return say('Room unbanned and federation re-enabled.');
        case 'list-banned-rooms':
          return state.banned.size === 0
            ? fail('No rooms are banned.')
            : say(`Rooms Banned (${state.banned.size}):\n${inBlock([...state.banned])}`);
      }
    }
    if (verb === 'alias') {
      switch (one) {
        case 'set': {
          const old = state.aliases.get(three);
          if (old !== undefined)
            return fail(`Refusing to overwrite in use alias for ${old}, use -f or --force to overwrite`);
          state.aliases.set(three, two);
          return say('Successfully set alias');
        }
        case 'remove': {
          const old = state.aliases.get(two);
          if (old === undefined) return fail("Alias isn't in use.");
          state.aliases.delete(two);
          return say(`Removed alias from ${old}`);
        }
        case 'list': {
          const all = [...state.aliases];
          if (two !== '')
            return say(
              `Aliases for ${two}:\n${all
                .filter(([, roomId]) => roomId === two)
                .map(([name]) => `- #${name}:${state.serverName}\n`)
                .join('')}`,
            );
          return say(
            `Aliases:\n${all.map(([name, roomId]) => (dialect === 'continuwuity' ? `- \`${name}\` -> #${roomId}:${state.serverName}\n` : `- \`${roomId}\` -> #${name}:${state.serverName}\n`)).join('')}`,
          );
        }
      }
    }
    if (verb === 'directory') {
      if (one === 'publish') state.published.add(two);
      else state.published.delete(two);
      return say(one === 'publish' ? 'Room published' : 'Room unpublished');
    }
  }
  if (noun === 'federation') {
    if (verb === 'disable-room') state.disabled.add(one);
    if (verb === 'enable-room') state.disabled.delete(one);
    if (verb === 'disable-room') return say('Room disabled.');
    if (verb === 'enable-room') return say('Room enabled.');
    if (verb === 'remote-user-in-rooms') {
      const shared = sorted().filter((roomId) => state.rooms.get(roomId)?.members.includes(one));
      if (shared.length === 0) return fail('User is not in any rooms.');
      return say(
        `Rooms ${one} shares with us (${shared.length}):\n\`\`\`\n${shared.map((roomId) => line(roomId).replaceAll('\t', ' | ')).join('\n')}\n\`\`\``,
      );
    }
  }
  if (noun === 'media') {
    const deletes = verb === 'delete' || (verb === 'delete-media' && dialect === 'palpo');
    if (deletes) {
      if (!state.files.delete(one) && dialect !== 'palpo') return fail('Media not found.');
      const done = 'Deleted the MXC from our database and on our filesystem.';
      return dialect === 'continuwuity' ? say(done) : fail(done);
    }
    if (verb === 'get-file-info') {
      const type = state.files.get(one);
      const none =
        dialect === 'palpo' ? 'None' : 'Err(\n    Request(\n        NotFound,\n        "Media not found.",\n    ),\n)';
      return say(
        `\`\`\`\n${type === undefined ? none : `Metadata {\n    content_type: Some(\n        "${type}",\n    ),\n}`}\n\`\`\``,
      );
    }
    if (verb === 'delete-past-remote-media' && dialect === 'continuwuity') return say('Deleted 7 total files.');
    if (verb === 'delete-range' && dialect === 'tuwunel') return say('Deleted 7 total files.');
    if (verb === 'delete-all-from-user' && dialect !== 'palpo') return say('Deleted 3 total files.');
  }
  if (noun === 'server') {
    switch (verb) {
      case 'memory-usage':
        if (dialect === 'palpo') break;
        return say('Services:\nresolver_cache: 12\nDatabase:\nMemory buffers: 4.00 MiB\nAllocator:\nallocated: 80 MiB');
      case 'clear-caches':
        if (dialect === 'palpo') break;
        return say('Done.');
      case 'show-config':
        return say(showConfig);
      case 'list-features':
        return say('✅ brotli_compression [enabled]\n❌ console \n');
      case 'reload-config':
        return dialect === 'palpo'
          ? fail('configuration reload is not implemented yet.')
          : say('Successfully reconfigured from paths: ["/etc/conduwuit.toml"]');
      case 'restart':
        return say('Restarting server...');
      case 'shutdown':
        return say('Shutting down server...');
    }
  }
  if (noun === 'appservice') {
    switch (verb) {
      case 'register': {
        const name = /^id: (\S+)/m.exec(block.join('\n'))?.[1];
        if (name === undefined) return fail('Could not parse appservice config as YAML: missing field `id`');
        if (state.appservices.has(name) && dialect === 'palpo')
          return fail('Failed to register appservice: duplicate key');
        state.appservices.set(name, block.join('\n'));
        return say(`Appservice registered with ID: ${name}`);
      }
      case 'unregister':
        if (!state.appservices.delete(one)) return fail(`Failed to unregister appservice: Appservice not found`);
        return say('Appservice unregistered.');
      case 'show': {
        const yaml = state.appservices.get(one);
        return yaml === undefined
          ? fail('Appservice does not exist.')
          : say(`Config for ${one}:\n\n\`\`\`yaml\n${yaml}\n\`\`\``);
      }
      case 'list': {
        const ids = [...state.appservices.keys()];
        return say(
          `Appservices (${ids.length}): ${dialect === 'palpo' ? JSON.stringify(ids).replaceAll(',', ', ') : ids.join(', ')}`,
        );
      }
    }
  }
  return say(usage(`unrecognized subcommand '${verb}'`));
}

/** Secrets in the forms in which such servers print them. */
export const showConfig = `server_name: example.org
registration_token: Some("CANARY-token")
turn_secret = "CANARY-turn"
emergency_password: CANARY-emergency
| ldap.bind_password | CANARY-ldap |
database_url: postgres://castellan:CANARY-db@localhost/palpo
allow_registration: false`;

/** Conduit's answer (conduit-family.md, sections 1.2 and 3): plain sentences. */
export function conduitAnswer(state: NativeState, words: readonly string[], block: readonly string[]): Said {
  const say = (text: string): Said => ({ text });
  const [verb = '', one = '', two = ''] = words.filter((word) => !word.startsWith('--') || word === '--user');
  const id = (name: string) => (name.startsWith('@') ? name : `@${name}:${state.serverName}`).toLowerCase();
  const local = (name: string) => id(name).slice(1).split(':')[0] ?? '';
  const exists = (name: string) => state.users.has(local(name)) || state.closed.has(local(name));
  if (words.includes('--help') || verb === 'help') return say(help);
  switch (verb.replaceAll('_', '-')) {
    case 'list-local-users':
      return say(
        `Found ${state.users.size} local user account(s):\n${[...state.users].map((name) => `@${name}:${state.serverName}`).join('\n')}`,
      );
    case 'create-user':
      if (exists(one)) return say(`Userid ${id(one)} already exists`);
      state.users.add(local(one));
      return say(`Created user with user_id: ${id(one)} and password: ${two || 'conduitmade1234'}`);
    case 'reset-password':
      if (two !== '') return say(usage(`unexpected argument '${two}' found`));
      if (!exists(one)) return say('The specified user does not exist!');
      state.closed.delete(local(one));
      state.users.add(local(one));
      return say(`Successfully reset the password for user ${id(one)}: conduitmade1234`);
    case 'deactivate-user':
      if (!exists(one)) return say(`User ${one} doesn't exist on this server`);
      state.users.delete(local(one));
      state.closed.add(local(one));
      return say(`User ${one} has been deactivated`);
    case 'list-rooms':
      return say(
        `Rooms:\n${[...state.rooms].map(([roomId, { members }]) => `${roomId}\tMembers: ${members.length}`).join('\n')}`,
      );
    case 'remove-alias': {
      const name = one.slice(1).split(':')[0] ?? '';
      return say(state.aliases.delete(name) ? 'Alias removed successfully' : 'No such alias exists');
    }
    case 'disable-room':
    case 'enable-room':
      if (verb === 'disable-room') state.disabled.add(one);
      else state.disabled.delete(one);
      return say(verb === 'disable-room' ? 'Room disabled.' : 'Room enabled.');
    case 'purge-media': {
      if (block.length === 0) return say('Expected code block in command body. Add --help for details.');
      const failed = block.filter((mxc) => !state.files.delete(mxc)).length;
      return say(
        failed === 0 ? 'Successfully purged media' : `Failed to delete ${failed} media, check logs for more details`,
      );
    }
    case 'purge-media-from-users': {
      state.purged.push(...block);
      return say('Successfully purged media');
    }
    case 'block-media':
    case 'unblock-media':
      for (const mxc of block) {
        if (verb === 'block-media') state.blocked.add(mxc);
        else state.blocked.delete(mxc);
      }
      return say(verb === 'block-media' ? 'Successfully blocked media' : 'Successfully unblocked media');
    case 'query-media': {
      const type = state.files.get(one);
      const heading = `Is blocked Media ID: ${state.blocked.has(one)}`;
      return say(
        type === undefined
          ? heading
          : `${heading}\n\nInformation on full (non-thumbnail) file:\n\nIs stored: true\nCreated at: 2026-01-31 12:00:00 UTC\nLast accessed at: 2026-02-01 12:00:00 UTC\nSize of file: 1.2 kB\nIs accessible via unauthenticated media endpoints: false\nSHA256 hash of file: 0a1b\nIs blocked due to sharing SHA256 hash with blocked media: ${state.blocked.has(one)}\nUploader: @bob:${state.serverName}\nFilename: a.png\nContent-type: ${type}`,
      );
    }
    case 'list-media':
      return say(
        `| MXC URI | Dimensions (if thumbnail) | Created/Downloaded at | Uploader | Content-Type | Filename | Size |\n| --- | --- | --- | --- | --- | --- | --- |${[...state.files].map(([mxc, type]) => `\n| ${mxc} |  | 2026-01-31 12:00:00 UTC | ${two} | ${type} | a.png | 1.2 kB |`).join('')}`,
      );
    case 'show-config':
      return say(showConfig);
    case 'memory-usage':
      return say('Services:\npdu_cache: 12\n\nDatabase:\nApproximate memory usage of all the mem-tables: 1.000 MB');
    case 'clear-database-caches':
    case 'clear-service-caches':
      return one === '' ? say(usage('the following required arguments were not provided:\n  <AMOUNT>')) : say('Done.');
    case 'allow-registration':
      if (one === '') return say(`Registration is currently ${state.registration ? 'enabled' : 'disabled'}`);
      state.registration = one === 'true';
      return say(`Registration is now ${state.registration ? 'enabled' : 'disabled'}`);
    case 'register-appservice': {
      const name = /^id: (\S+)/m.exec(block.join('\n'))?.[1];
      if (name === undefined) return say('Could not parse appservice config: missing field `id`');
      state.appservices.set(name, block.join('\n'));
      return say(`Appservice registered with ID: ${name}.`);
    }
    case 'unregister-appservice':
      return say(
        state.appservices.delete(one) ? 'Appservice unregistered.' : 'Failed to unregister appservice: not found',
      );
    case 'list-appservices':
      return say(`Appservices (${state.appservices.size}): ${[...state.appservices.keys()].join(', ')}`);
    case 'get-pdu': {
      const event = state.events.get(one);
      return event === undefined
        ? say('PDU not found.')
        : say(`PDU was accepted\n\`\`\`json\n${JSON.stringify(event, undefined, 2)}\n\`\`\``);
    }
  }
  return say(usage(`unrecognized subcommand '${verb}'`));
}

/** What clap says to a command it does not know. */
export const usage = (why: string): string =>
  `error: ${why}\n\nUsage: admin [COMMAND]\n\nFor more information, try '--help'.\n`;

/** What clap says to who asks. */
const help =
  'Commands of the admin room\n\nUsage: admin <COMMAND>\n\nCommands:\n  users  Manage local users\n  help   Print this message\n';

/** The envelope of a failure. */
export function failure(dialect: 'continuwuity' | 'tuwunel' | 'palpo', message: string): string {
  const shown = dialect === 'palpo' ? `Public(\n    ${JSON.stringify(message)},\n)` : message;
  return `Command failed with error:\n\`\`\`\n${shown}\n\`\`\``;
}
