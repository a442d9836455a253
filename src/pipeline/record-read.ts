import type { Asker } from '../commands/asker.ts';
import type { AnyCommand } from '../commands/define.ts';
import type { ReadCommand } from '../core/read-command.ts';
import { withoutSecrets } from '../core/secret-fields.ts';
import type { Store } from '../store/store.ts';

/** What only owners may read leaves a trace, before it is read. */
export function recordRead(store: Store, { command, input }: ReadCommand<AnyCommand>, asker: Asker): void {
  store.audit.append({
    kind: 'note',
    actor: asker.userId,
    source: asker.source,
    command: command.path,
    input: withoutSecrets(command, input),
    targets: [],
  });
}
