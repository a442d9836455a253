/**
 * What only some homeservers have, in their own admin rooms, beside what the nouns are about: by the path of the command
 * that is typed here, with what it takes. Ids are whole, times are milliseconds.
 */
export interface ExtraInputs {
  'user get-email': { readonly user: string };
  'user change-email': { readonly user: string; readonly email?: string | undefined };
  'user disable-login': { readonly user: string };
  'user enable-login': { readonly user: string };
  'server uptime': object;
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
