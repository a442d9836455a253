/**
 * What only some homeservers have, in their own admin rooms, beside what the nouns are about: by the path of the command
 * that is typed here, with what it takes. Ids are whole, times are milliseconds.
 */
export interface ExtraInputs {
  'user get-email': { readonly user: string };
  'user get-user-by-email': { readonly email: string };
  'user change-email': { readonly user: string; readonly email?: string | undefined };
  'user disable-login': { readonly user: string };
  'user enable-login': { readonly user: string };
  'user add-email': { readonly user: string; readonly email: string };
  'user del-email': { readonly user: string; readonly email: string };
  'user last-active': { readonly limit?: number | undefined };
  'user erasure': { readonly user: string };
  'user unerase': { readonly user: string };
  /** `room`: an id or an alias, here and below. */
  'user force-promote': { readonly user: string; readonly room: string };
  'user redact-recent': { readonly user: string; readonly room: string; readonly count: number };
  /** Either a value or `clear`; `value`: its words. */
  'user set-profile-key': {
    readonly user: string;
    readonly key: string;
    readonly value: readonly string[];
    readonly clear: boolean;
    readonly propagateTo?: 'all' | 'unchanged' | 'none' | undefined;
  };
  'user refresh-profile': { readonly user: string };
  'room info': { readonly room: string };
  'room prune-empty': { readonly force: boolean };
  /** What deleting all rooms of somebody would delete; `regex`: `user` is a pattern of user ids. */
  'room list-purge-user': { readonly user: string; readonly regex: boolean; readonly soleMember: boolean };
  'room list-extremities': { readonly room: string };
  'room prune-extremities': { readonly room: string; readonly target?: number | undefined };
  'user deactivate-with-media': {
    readonly user: string;
    readonly leaveRooms: boolean;
    readonly mediaFromLast?: number | undefined;
    readonly forceFilehash: boolean;
  };
  'media preview': { readonly url: string; readonly noCache: boolean };
  'query oauth revoke': { readonly user: string };
  'query oauth delete': { readonly user: string };
  'media block-media': {
    readonly files: readonly string[];
    readonly andPurge: boolean;
    readonly reason?: string | undefined;
  };
  'media block-media-from-users': {
    readonly users: readonly string[];
    readonly fromLast?: number | undefined;
    readonly reason?: string | undefined;
  };
  'media unblock-media': { readonly files: readonly string[] };
  'media list-of-server': {
    readonly server: string;
    readonly after: number;
    readonly before?: number | undefined;
    readonly contentType?: string | undefined;
    readonly includeThumbnails: boolean;
  };
  'media list-blocked-media': object;
  'media purge-media-from-users': {
    readonly users: readonly string[];
    readonly fromLast?: number | undefined;
    readonly forceFilehash: boolean;
  };
  'media purge-media-from-server': {
    readonly server: string;
    readonly fromLast?: number | undefined;
    readonly forceFilehash: boolean;
  };
  'server verify-backup': { readonly backup?: number | undefined };
  'server delete-backups': { readonly keep: number };
  /** Where on the homeserver's machine; of all of the database unless `map` says of which part. */
  'server checkpoint-database': { readonly map?: string | undefined; readonly path?: string | undefined };
  'server regenerate-config': {
    readonly path: string;
    readonly force: boolean;
    readonly includeEnv: boolean;
    readonly stripUnknown: boolean;
  };
  'server sign-json': { readonly json: string };
  'server hash-and-sign-event': { readonly roomVersion: string; readonly event: string };
  'user list-invited-rooms': { readonly user: string };
  'user reject-all-invites': { readonly user: string };
  'user force-leave-remote-room': {
    readonly user: string;
    readonly room: string;
    readonly via?: string | undefined;
  };
  'user reset-push-rules': { readonly user: string };
  'federation incoming-federation': object;
  'federation get-signing-keys': { readonly server: string };
  'oidc link': { readonly user: string; readonly subject: string };
  'oidc unlink': { readonly subject: string };
  'appservice ensure-puppets-active': object;
  'check check-all-users': object;
  'server uptime': object;
  'server build-info': object;
  'server reload-mods': object;
  'server backup-database': object;
  'server list-backups': object;
  'media delete-all-from-server': { readonly server: string; readonly yesIWantToDeleteLocalMedia: boolean };
  'media get-remote-file': RemoteFile;
  'media get-remote-thumbnail': RemoteFile & { readonly width: number; readonly height: number };
  'media delete-url-preview': { readonly url?: string | undefined; readonly all: boolean };
  'debug get-remote-pdu': { readonly eventId: string; readonly server: string };
  'debug get-remote-pdu-list': {
    readonly server: string;
    readonly eventIds: readonly string[];
    readonly force: boolean;
  };
  'debug send-test-email': object;
  'debug change-log-level': { readonly filter?: string | undefined; readonly reset: boolean };
  'debug force-device-list-updates': object;
  'debug trim-memory': object;
  debug: Getter;
  'query pusher delete-all-user': { readonly user: string };
  'query pusher delete-all-device': { readonly user: string; readonly device: string };
  'query resolver flush-cache': { readonly server?: string | undefined; readonly all: boolean };
  'query raw compact': { readonly map: string };
  query: Getter;
}

/** A file of another server. */
export interface RemoteFile {
  readonly mxc: string;
  /** Which server to ask, where it is not the file's own. */
  readonly server?: string | undefined;
  readonly timeout: number;
}

/** `words`: the name of what is asked for, and what it takes; all else are its flags. */
interface Getter {
  readonly words: readonly string[];
  readonly lines?: string | undefined;
  readonly [flag: string]: unknown;
}

export type ExtraName = keyof ExtraInputs;

export interface Extras {
  /**
   * What the homeserver printed; of what changes something, what its success says beyond that it is one, often nothing.
   * Throws Problem('unsupported') where it lacks this.
   */
  do<Name extends ExtraName>(name: Name, input: ExtraInputs[Name]): Promise<string>;
}
