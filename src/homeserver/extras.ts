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
  'user deactivate-with-media': {
    readonly user: string;
    readonly leaveRooms: boolean;
    readonly mediaFromLast?: number | undefined;
    readonly forceFilehash: boolean;
  };
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
  'server uptime': object;
  'server backup-database': object;
  'server list-backups': object;
  'media delete-all-from-server': { readonly server: string; readonly yesIWantToDeleteLocalMedia: boolean };
  'media get-remote-file': RemoteFile;
  'media get-remote-thumbnail': RemoteFile & { readonly width: number; readonly height: number };
  'debug change-log-level': { readonly filter?: string | undefined; readonly reset: boolean };
  'debug force-device-list-updates': object;
  'debug trim-memory': object;
  debug: Getter;
  query: Getter;
}

/** A file of another server. */
interface RemoteFile {
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
