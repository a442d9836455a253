import type { Text } from '../core/text.ts';

/** A registration token: with it people may make an account. Times are epoch ms. */
export interface RegistrationToken {
  readonly token: string;
  /** Accounts it may make in all; `undefined`: any number. */
  readonly usesAllowed: number | undefined;
  /** Registrations begun with it that have not ended. */
  readonly pending: number;
  /** Accounts made with it. */
  readonly completed: number;
  /** `undefined`: never. */
  readonly expiresAt: number | undefined;
  /** In place of the numbers, where the server tells its limits in words alone. */
  readonly words?: string;
}

/** What of a token may be set; `null` takes the limit away, `undefined` leaves it as it is. */
export interface TokenLimits {
  readonly usesAllowed?: number | null;
  readonly expiresAt?: number | null;
}

export interface Tokens {
  list(): Promise<readonly RegistrationToken[]>;
  get(token: string): Promise<RegistrationToken | undefined>;
  /** Makes one, where the server thinks up tokens itself; the limits that hold, and where else it can be read. */
  issue?(limits: TokenLimits): Promise<RegistrationToken & { readonly remark?: Text }>;
  /** False where the token exists already. */
  create(token: string, limits: TokenLimits): Promise<boolean>;
  update(token: string, limits: TokenLimits): Promise<void>;
  /** One that is gone already is a success. */
  remove(token: string): Promise<void>;
}
