/**
 * Values that are valid for one run of the engine only. A provider process normally serves one run; when somebody
 * debugs the provider, several runs attach to the same process.
 */

const renewals: (() => void)[] = [];

/** Makes a value once per run. */
export function forRun<T>(make: () => T): () => T {
  let value = make();
  renewals.push(() => {
    value = make();
  });
  return () => value;
}

/** Starts a new run: forgets all values of the last one. */
export function beginRun(): void {
  for (const renew of renewals) renew();
}
