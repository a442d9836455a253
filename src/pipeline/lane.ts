/** Tasks one after the other, in the order they came; a failing task does not stop the next. */
export interface Lane {
  add(task: () => Promise<void>): void;
  /** Resolves when everything added so far has ended. */
  idle(): Promise<void>;
  readonly waiting: () => number;
}

/** `onError` sees what a task threw; tasks are meant not to. */
export function createLane(onError: (error: unknown) => void): Lane {
  let tail: Promise<void> = Promise.resolve();
  let waiting = 0;
  return {
    add(task) {
      waiting++;
      tail = tail
        .then(task)
        .catch(onError)
        .finally(() => {
          waiting--;
        });
    },
    idle: () => tail,
    waiting: () => waiting,
  };
}
