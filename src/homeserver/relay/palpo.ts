import { commandLine, say } from '../../core/text.ts';
import { conduwuitLine } from './conduwuit-line.ts';
import type { Dialect } from './dialect.ts';
import { palpoExtras } from './extras/palpo.ts';
import { readEnvelope } from './failure.ts';

/** Palpo 0.4, whose own room does less than its words say (palpo.md, sections 1 and 2). */
export function palpo(serverName: string): Dialect {
  const line = conduwuitLine(serverName, { appservices: 'appservice', users: 'user', rooms: 'room' });
  const {
    // What it says it has deleted it keeps, or deletes the wrong side.
    deleteBefore: _before,
    deleteAfter: _after,
    deleteOfUser: _ofUser,
    // Not implemented there, or not there at all.
    memoryUsage: _memory,
    clearCaches: _caches,
    reloadConfig: _reload,
    restart: _restart,
    shutdown: _shutdown,
    event: _event,
    ...acts
  } = line;
  const http = say`Its admin API over HTTP (${'"type": "synapse"'}) can.`;
  return {
    name: 'Palpo',
    serverLocalpart: 'palpo',
    prefix: (serverUser) => `${serverUser}:`,
    quoting: 'none',
    answers: 'reply',
    splits: false,
    readFailure: readEnvelope,
    pages: true,
    // Closed accounts keep their password there.
    listsOnlyOpen: false,
    resetPassword: 'given',
    // It says so and does nothing.
    deactivatesInPlace: false,
    deletesRemoteFiles: true,
    probe: ['server', 'list-features'],
    banLacks: 'Palpo leaves the people of this server in it, and its aliases',
    acts: {
      ...acts,
      deleteFile: (mxc) => ({ ...line.deleteFile(mxc), words: ['media', 'delete-media', '--mxc'] }),
    },
    extras: palpoExtras,
    instead: {
      'users.setSuspended': http,
      'users.setLocked': http,
      'users.logOut': http,
      'users.devices': http,
      'media.purgeCache': say`It deletes the wrong side of the time it is given, so I do not ask it to.`,
      'roomData.event': say`${commandLine('native user redact-event …')} takes a message back without looking.`,
      'upkeep.restart': say`Restart it with its service manager.`,
      'extras.user get-email': http,
      'extras.user get-user-by-email': http,
      'extras.user change-email': http,
      'extras.user add-email': http,
      'extras.user del-email': http,
      'extras.user disable-login': say`Its admin API over HTTP (${'"type": "synapse"'}) can lock an account.`,
      'extras.media delete-all-from-server': say`${commandLine('media delete-media-list')} deletes files by their addresses.`,
      'extras.server uptime': say`${commandLine('server version')} tells what runs.`,
      'extras.server build-info': say`${commandLine('server version')}, and ${commandLine('server list-features')}.`,
      'deletions.start': say`${commandLine('room moderation ban-list-of-rooms')} keeps people out of rooms.`,
    },
  };
}
