const queues = new Map<string, Promise<unknown>>();

/** Runs one action at a time per key. The next one starts whether the one before succeeded or failed. */
export function withLock<T>(key: string, act: () => Promise<T>): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const mine = before.then(act, act);
  queues.set(
    key,
    mine.catch(() => {}),
  );
  return mine;
}
