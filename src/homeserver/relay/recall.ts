/** Remembers answers for a moment: a plan for fifty accounts must not ask the server's room for its list fifty times. */
export interface Recall {
  recall<Value>(key: string, find: () => Promise<Value>): Promise<Value>;
  /** Something was changed. */
  forget(): void;
}

/** `forMs`: how long an answer is good for. */
export function createRecall(forMs: number, now: () => number): Recall {
  const kept = new Map<string, { readonly at: number; readonly value: Promise<unknown> }>();
  return {
    recall<Value>(key: string, find: () => Promise<Value>): Promise<Value> {
      const known = kept.get(key);
      if (known !== undefined && now() - known.at < forMs) return known.value as Promise<Value>;
      const value = find();
      kept.set(key, { at: now(), value });
      // What failed is asked again.
      value.catch(() => kept.get(key)?.value === value && kept.delete(key));
      return value;
    },
    forget: () => kept.clear(),
  };
}
