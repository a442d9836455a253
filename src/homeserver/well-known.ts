/** Someone to turn to at another server. */
export interface SupportContact {
  /** "m.role.admin", "m.role.security", or a name of their own. */
  readonly role: string | undefined;
  readonly matrixId: string | undefined;
  readonly email: string | undefined;
}

/** Whom to ask at a server (Client-server API, "GET /.well-known/matrix/support"). */
export interface Support {
  readonly contacts: readonly SupportContact[];
  readonly page: string | undefined;
  /** What the server published, as it is. */
  readonly raw: unknown;
}

/** What other servers publish about themselves; asked by the bot itself. */
export interface WellKnown {
  /** `undefined` where the server publishes nothing. */
  support(serverName: string): Promise<Support | undefined>;
}
