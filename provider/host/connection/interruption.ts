import { AsyncLocalStorage } from "node:async_hooks";
import { HostError } from "../../errors.ts";
import type { Connection } from "./connection.ts";

interface Limit {
  readonly signal: AbortSignal;
  /** Of the whole operation; 0: none. */
  readonly seconds: number;
}

const limits = new AsyncLocalStorage<Limit>();

/** Everything that `act` waits for ends when the signal fires, which it does by itself after `seconds`; 0: never. */
export function interruptedBy<T>(signal: AbortSignal, act: () => Promise<T>, seconds = 0): Promise<T> {
  return limits.run({ signal, seconds }, act);
}

/** What may interrupt the code that asks; undefined: nothing. */
export function currentSignal(): AbortSignal | undefined {
  return limits.getStore()?.signal;
}

/** Seconds that the operation which the code that asks is part of may take; 0: any. */
export function currentLimitSeconds(): number {
  return limits.getStore()?.seconds ?? 0;
}

/** Milliseconds for a command that is running to say itself that it was interrupted. */
const graceMs = 100;

/** A connection whose commands end with the current signal, while it is still being made too. */
export function interruptible(connection: Connection): Connection {
  return {
    ...connection,
    run: async (commands, options = {}) => {
      const signal = options.signal ?? currentSignal();
      if (!signal) return connection.run(commands, options);
      const refusal = () =>
        new HostError("interrupted", connection.host, {
          code: "interrupted",
          argv: commands[0]?.argv ?? [],
          remedy: "nothing was sent; run it again",
        });
      if (signal.aborted) throw refusal();
      let stop = () => {};
      const aborted = new Promise<never>((_resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const abort = () => {
          timer = setTimeout(() => reject(refusal()), graceMs);
        };
        signal.addEventListener("abort", abort);
        stop = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", abort);
        };
      });
      return Promise.race([connection.run(commands, { ...options, signal }), aborted]).finally(stop);
    },
  };
}
