/**
 * What only some homeservers have, in their own admin rooms, beside what the nouns are about: by the path of the command
 * that is typed here, with what it takes. Ids are whole, times are milliseconds.
 */
export interface ExtraInputs {
  'user get-email': { readonly user: string };
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
  'federation incoming-federation': object;
  'server uptime': object;
  'server sign-json': { readonly json: string };
  'server hash-and-sign-event': { readonly roomVersion: string; readonly event: string };
  /** `words`: the name of what is asked for, and what it takes. */
  debug: { readonly words: readonly string[]; readonly lines?: string | undefined };
  query: { readonly words: readonly string[] };
}

export type ExtraName = keyof ExtraInputs;

export interface Extras {
  /**
   * What the homeserver printed; of what changes something, what its success says beyond that it is one, often nothing.
   * Throws Problem('unsupported') where it lacks this.
   */
  do<Name extends ExtraName>(name: Name, input: ExtraInputs[Name]): Promise<string>;
}
