import type { Text } from '../core/text.ts';

/** Bridges and other application services, where the homeserver registers them while it runs. */
export interface Appservices {
  list(): Promise<readonly string[]>;
  /** Its registration as YAML, tokens masked; `undefined` where there is none. */
  show(id: string): Promise<string | undefined>;
  /** Registration as YAML, tokens in it; returns its id, and where the tokens can still be read. */
  register(yaml: string): Promise<{ readonly id: string; readonly exposed: Text | undefined }>;
  unregister(id: string): Promise<void>;
}
