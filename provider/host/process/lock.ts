const queues = new Map<string, Promise<unknown>>();

/** Runs one thing at a time per key; the next one waits, whether the one before succeeded or not. */
export function withLock<T>(key: string, act: () => Promise<T>): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const mine = before.then(act, act);
  queues.set(
    key,
    mine.catch(() => {}),
  );
  return mine;
}
