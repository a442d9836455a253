/** Small named strings that outlive the process: the store's `values`. */
export interface Storage {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}
