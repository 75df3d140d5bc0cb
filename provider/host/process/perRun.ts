/**
 * What is true of one run of the engine only. A provider's process serves one run, except when somebody debugs it
 * and lets run after run attach to it.
 */

const renewals: (() => void)[] = [];

/** A value that every run gets anew. */
export function forRun<T>(make: () => T): () => T {
  let value = make();
  renewals.push(() => {
    value = make();
  });
  return () => value;
}

/** A new run begins: all that was kept for the one before is forgotten. */
export function beginRun(): void {
  for (const renew of renewals) renew();
}
