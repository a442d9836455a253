/** A part of a list, and how long the whole list is. */
export interface Listed<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
  /** The whole is longer than `total`, by nobody knows how much. */
  readonly more?: true;
}
