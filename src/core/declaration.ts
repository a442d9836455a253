import type { z } from 'zod';
import type { Role } from './roles.ts';

/** What the grammar needs of a command's declaration; `commands/define.ts` holds the whole of it. */
export interface Declaration {
  readonly path: string;
  readonly aliases?: readonly string[];
  readonly flat?: readonly string[];
  readonly summary: string;
  readonly cautions?: readonly string[];
  readonly input: z.ZodObject;
  readonly positionals?: readonly string[];
  readonly rest?: string;
  readonly body?:
    | { readonly kind: 'list' | 'text'; readonly into: string; readonly required: boolean }
    | { readonly kind: 'csv'; readonly into: string; readonly columns: readonly string[]; readonly required: boolean };
  readonly short?: Readonly<Record<string, string>>;
  readonly long?: Readonly<Record<string, string>>;
  readonly examples: readonly (readonly [title: string, line: string])[];
  readonly danger: 'read' | 'write' | 'confirm' | 'typed';
  readonly role: Role;
  /** Only whether it is there matters here: such a command takes `--dry-run`. */
  readonly plan?: unknown;
  readonly raise?: unknown;
}

/** The table of commands and the word they begin with. */
export interface Catalog<C extends Declaration = Declaration> {
  readonly prefix: string;
  readonly commands: readonly C[];
}
