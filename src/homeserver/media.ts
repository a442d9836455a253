/** What people uploaded. */
export interface Media {
  /** Removes one local file; one that is gone already is a success. */
  remove(mxc: string): Promise<void>;
}
