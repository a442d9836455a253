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
