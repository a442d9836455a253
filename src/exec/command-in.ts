import type { Catalog, Declaration } from '../core/declaration.ts';
import { resolve } from '../core/resolve.ts';

/** The command that the words name; undefined where they name none, which is told by whoever reads them whole. */
export function commandIn<C extends Declaration>(words: readonly string[], catalog: Catalog<C>): C | undefined {
  try {
    const found = resolve(
      words.filter((word) => !word.startsWith('-')),
      catalog,
    );
    return found.kind === 'command' ? found.command : undefined;
  } catch {
    return undefined;
  }
}
