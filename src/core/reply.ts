import type { Text } from './text.ts';

/** What may stand in a cell or a field; `undefined` and `null` show as an empty cell. */
export type Cell = Text | string | number | boolean | null | undefined;

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly align?: 'right';
}

/** One row: a cell for each column's key. */
export type Cells = Readonly<Record<string, Cell>>;

/** What a listing's table looks like; `show` names the columns for people, and more than five make no table but lines. */
export interface TableShape {
  readonly columns: readonly Column[];
  readonly show: readonly string[];
  /** No table: the first column of `show`, one value a line in a block that can be pasted back. */
  readonly bare?: true;
}

/** Rows as the homeserver gave them, secrets masked. */
export interface Listing extends TableShape {
  readonly rows: readonly Cells[];
  /** The server's own objects, one a row, for `-o json`; defaults to `rows`. */
  readonly data?: readonly unknown[];
  readonly page?: Page;
  /** There are more rows than can be held: `rows` are their beginning, and this is all of them. */
  readonly whole?: Whole;
}

/** A file too large to be held; `size` in bytes. Whoever made it removes it. */
export interface FileOnDisk {
  readonly path: string;
  readonly size: number;
}

/** A listing written out in the form that was asked for: CSV for people, ids alone where it is bare. */
export interface Whole {
  readonly file: FileOnDisk;
  readonly rows: number;
  readonly lines: number;
  /** The file's first lines. */
  readonly beginning: string;
}

/** A row on its way, with the server's own object. */
export interface StreamedRow {
  readonly cells: Cells;
  readonly data: unknown;
}

/** A listing whose rows come while it is written out, so that they are never there all at once. */
export interface Stream extends TableShape {
  readonly batches: AsyncIterable<readonly StreamedRow[]>;
  /** What else there is to say, when the last of `shown` rows has come. Throws as `pageOf` does. */
  end(shown: number): {
    readonly page: Page;
    readonly above: readonly Block[];
    /** The whole answer, where there is no row. */
    readonly none?: Text | undefined;
  };
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
  | {
      readonly kind: 'paragraph';
      readonly text: Text;
      /** Data alone would hide it, so that it stands beside them too (`-o json`, `csv`). */
      readonly besideData?: true;
    }
  | { readonly kind: 'heading'; readonly text: Text }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'fields'; readonly fields: readonly (readonly [label: string, value: Cell])[] }
  | { readonly kind: 'listing'; readonly listing: Listing }
  | {
      readonly kind: 'code';
      readonly text: string;
      readonly language?: string;
      /** `text` is only the beginning of this. */
      readonly whole?: Whole;
    }
  | {
      readonly kind: 'attachment';
      readonly filename: string;
      readonly mimetype: string;
      readonly content: string | FileOnDisk;
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
  /** A listing that stands before the blocks; written out by whoever sends the reply. */
  readonly stream?: Stream;
  /** The server's data for `-o json`; those of the listings unless told. */
  readonly data?: unknown;
  readonly secrets?: readonly Secret[];
  /** It took so long, or matters so much, that the requester is notified. */
  readonly notify?: true;
  /** Before and after, for the audit trail; never a secret. */
  readonly change?: { readonly before?: unknown; readonly after?: unknown };
}

const paragraph = (text: Text) => ({ kind: 'paragraph', text }) as const satisfies Block;

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

/** What a reader of the data must know too. */
const note = (text: Text): Block => ({ ...paragraph(text), besideData: true });

export { note, paragraph };
