/** What lets `init` make accounts. `none`: the bot's own token must do. */
export type Credentials =
  | { readonly kind: 'admin'; readonly user: string; readonly password: string }
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'none' };

/** Says one thing that was found or done, as a line for people. */
export type Report = (line: string) => void;

/** Everything `init` is told; paths are absolute, addresses without a trailing slash. */
export interface InitSettings {
  readonly configFile: string;
  readonly tokenFile: string;
  readonly homeserverUrl: string;
  readonly clientUrl: string | undefined;
  /** Localpart. */
  readonly botUser: string;
  /** The admin named, whether or not the credentials are needed. */
  readonly adminUser: string | undefined;
  /** Asked only where the bot's own token does not do. */
  readonly credentials: () => Promise<Credentials>;
  /** The localpart of the first human admin; asked only where the server has none. */
  readonly firstAdmin: () => Promise<string | undefined>;
  /** `#admins`, `#admins:example.org` or a room id; `undefined`: `#admins` of the server. */
  readonly room: string | undefined;
  readonly dataDir: string;
  /** Overwrite a configuration that says otherwise. */
  readonly force: boolean;
}
