/** The homeserver's own running, where it can be asked about it itself. */
export interface Upkeep {
  /** Its effective configuration as it prints it, secrets masked. */
  config(): Promise<string>;
  /** What it uses of memory, as it prints it. */
  memory(): Promise<string>;
  /** `amount`: only entries up to there, where the server asks for one. */
  clearCaches(which: 'database' | 'services' | 'all', amount: number): Promise<void>;
  /** Whether people may register by themselves. */
  registration(): Promise<boolean>;
  /** Until the next restart of the homeserver. */
  setRegistration(open: boolean): Promise<void>;
  /** As it prints them, one a line. */
  features(): Promise<string>;
  reloadConfig(path: string | undefined): Promise<void>;
  restart(force: boolean): Promise<void>;
  shutdown(): Promise<void>;
}
