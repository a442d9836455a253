import type { Text } from './text.ts';

/** What may stand in a cell or a field; `undefined` and `null` show as an empty cell. */
export type Cell = Text | string | number | boolean | null | undefined;

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly align?: 'right';
}

/** Rows as the homeserver gave them, secrets masked; `show` names at most five columns for the human table. */
export interface Listing {
  readonly columns: readonly Column[];
  readonly show: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  /** The server's own objects, one a row, for `-o json`; defaults to `rows`. */
  readonly data?: readonly unknown[];
  readonly page?: Page;
  /** No table: the first column of `show`, one value a line in a block that can be pasted back. */
  readonly bare?: true;
}

/** "1–100 of 4,812": `from` counts from 0; `next` is the command line that shows the next page. */
export interface Page {
  readonly from: number;
  readonly total: number | undefined;
  /** Where the total is not known: whether there is a next page. */
  readonly more?: boolean;
  readonly next?: string;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: Text }
  | { readonly kind: 'heading'; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'fields'; readonly fields: readonly (readonly [label: string, value: Cell])[] }
  | { readonly kind: 'listing'; readonly listing: Listing }
  | { readonly kind: 'code'; readonly text: string; readonly language?: string }
  | {
      readonly kind: 'attachment';
      readonly filename: string;
      readonly mimetype: string;
      readonly content: string;
      /** It holds what was cut for reading, so that with data (`-o json`, `csv`) it is left out. */
      readonly forReading?: true;
    };

/** A secret on its way to the requester, never into a room, log, file or database. */
export interface Secret {
  readonly label: Text;
  readonly value: string;
  /** Makes it useless again, where it could not be handed out. */
  readonly withdraw?: () => Promise<void>;
}

/** How a command ended. `failed`: nothing was done; `unknown`: it may have been. */
export type Outcome = 'done' | 'failed' | 'unknown';

/** What a command gives back; it never formats or sends. */
export interface Reply {
  readonly outcome: Outcome;
  readonly blocks: readonly Block[];
  /** The server's data for `-o json`; those of the listings unless told. */
  readonly data?: unknown;
  readonly secrets?: readonly Secret[];
  /** Before and after, for the audit trail; never a secret. */
  readonly change?: { readonly before?: unknown; readonly after?: unknown };
}

const paragraph = (text: Text): Block => ({ kind: 'paragraph', text });

/** The ways to build a reply. */
export const reply = {
  /** ✅ and a sentence. */
  done: (text: Text, rest: Partial<Reply> = {}): Reply => ({
    outcome: 'done',
    ...rest,
    blocks: [paragraph({ parts: [{ kind: 'markdown', text: '✅ ' }, ...text.parts] }), ...(rest.blocks ?? [])],
  }),
  /** Plain words, for reads. */
  says: (text: Text, rest: Partial<Reply> = {}): Reply => ({
    outcome: 'done',
    ...rest,
    blocks: [paragraph(text), ...(rest.blocks ?? [])],
  }),
  listing: (listing: Listing, heading?: Text): Reply => ({
    outcome: 'done',
    blocks: [...(heading ? [paragraph(heading)] : []), { kind: 'listing', listing }],
  }),
  fields: (fields: readonly (readonly [string, Cell])[], data: unknown, heading?: Text): Reply => ({
    outcome: 'done',
    data,
    blocks: [...(heading ? [paragraph(heading)] : []), { kind: 'fields', fields }],
  }),
};

/** A paragraph block. */
export { paragraph };
