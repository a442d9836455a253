import type { Getters } from './extra-orders.ts';

const none = { takes: [0, 0] } as const;
const one = { takes: [1, 1] } as const;
const two = { takes: [2, 2] } as const;
const maybeOne = { takes: [0, 1] } as const;

/**
 * What `debug` may be asked. Left out: `echo`, whose answer could be taken for a command, `sign-json` of earlier
 * versions, with which anything could be signed in the server's name, and what changes something.
 */
export const continuwuityDebug: Getters = {
  'database-files': { takes: [0, 1], flags: ['level'] },
  'database-stats': { takes: [0, 1], flags: ['map'] },
  'first-pdu-in-room': one,
  'get-auth-chain': one,
  'get-pdu': one,
  'get-room-state': one,
  'get-short-pdu': two,
  // Of versions before 26.8, as are the next one and `list-dependencies`.
  'get-signing-keys': { takes: [0, 1], flags: ['notary', 'query'] },
  'get-state-at': one,
  'get-verify-keys': maybeOne,
  'latest-pdu-in-room': one,
  'list-dependencies': { takes: [0, 0], flags: ['names'] },
  'memory-stats': maybeOne,
  'parse-pdu': { takes: [0, 0], lines: true },
  ping: one,
  'resolve-true-destination': { takes: [1, 1], flags: ['noCache'] },
  'rooms-by-extremity-count': maybeOne,
  'runtime-interval': none,
  'runtime-metrics': none,
  'servers-in-backoff': { takes: [0, 0], flags: ['room', 'name'] },
  'show-auth-chain': one,
  time: none,
  'verify-json': { takes: [0, 0], lines: true },
  'verify-pdu': one,
};

/**
 * What `query` may be asked. Left out is what prints secrets or what may hold some: all of `account-data` (where clients
 * keep tokens), the registrations of `appservice`, `pusher get-pushers` and what `sending` has for pushers (keys of
 * pushers), backups of keys and messages between devices in `users`, `presence-since`, and the keys and values of `raw`.
 */
export const continuwuityQuery: Getters = {
  'globals current-count': none,
  'globals database-version': none,
  'globals last-check-for-announcements-id': none,
  'presence get-presence': one,
  'raw raw-count': maybeOne,
  'raw raw-keys-sizes': maybeOne,
  'raw raw-keys-total': maybeOne,
  'raw raw-maps': none,
  'raw raw-vals-sizes': maybeOne,
  'raw raw-vals-total': maybeOne,
  'resolver cache': { takes: [0, 1], flags: ['overrides'] },
  // Of versions before 26.8, as is the next one.
  'resolver destinations-cache': maybeOne,
  'resolver overrides-cache': maybeOne,
  'room-alias all-local-aliases': none,
  'room-alias local-aliases-for-room': one,
  'room-alias resolve-local-alias': one,
  'room-state-cache active-local-users-in-room': one,
  'room-state-cache get-invite-count': two,
  'room-state-cache get-left-count': two,
  'room-state-cache invite-state': two,
  'room-state-cache local-users-in-room': one,
  'room-state-cache room-invited-count': one,
  'room-state-cache room-joined-count': one,
  'room-state-cache room-members': one,
  'room-state-cache room-members-invited': one,
  'room-state-cache room-servers': one,
  'room-state-cache room-user-once-joined': one,
  'room-state-cache rooms-invited': one,
  'room-state-cache rooms-joined': one,
  'room-state-cache rooms-left': one,
  'room-state-cache server-in-room': two,
  'room-state-cache server-rooms': one,
  'room-timeline last': one,
  'room-timeline pdus': { takes: [1, 2], flags: ['limit'] },
  'sending get-latest-edu-count': one,
  'short short-event-id': one,
  'short short-room-id': one,
  'users count-one-time-keys': two,
  'users count-users': none,
  'users get-backup-algorithm': two,
  'users get-device-keys': two,
  'users get-device-metadata': two,
  'users get-devices-version': one,
  'users get-latest-backup': one,
  'users get-latest-backup-version': one,
  'users get-master-key': one,
  'users get-shared-rooms': two,
  'users get-user-signing-key': one,
  'users iter-users': none,
  'users iter-users2': none,
  'users list-devices': one,
  'users list-devices-metadata': one,
};
