/** The homeserver as a whole. */
export interface Server {
  /** "1.160.0" */
  version(): Promise<string>;
  /** Specification versions and unstable features of the client API. */
  features(): Promise<{ readonly versions: readonly string[]; readonly unstable: ReadonlyMap<string, boolean> }>;
  /** True where accounts live in a Matrix Authentication Service, behind whose back nothing is done. */
  delegatesAccounts(): Promise<boolean>;
}
