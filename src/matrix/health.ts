import type { Health } from './matrix.ts';

/** Remembers how the sync is doing. */
export class SyncHealth {
  private state: Health['state'] = 'starting';
  private lastWell = Date.now();

  /** A sync came through. */
  well(): void {
    this.state = 'well';
    this.lastWell = Date.now();
  }

  /** A sync did not come through. */
  lost(): void {
    this.state = 'lost';
  }

  read(): Health {
    return this.state === 'lost' ? { state: 'lost', since: this.lastWell } : { state: this.state };
  }
}
