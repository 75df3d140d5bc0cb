import { AsyncLocalStorage } from "node:async_hooks";
import { HostError } from "../errors.ts";
import type { Connection } from "./connection.ts";

const signals = new AsyncLocalStorage<AbortSignal>();

/** Everything that `act` waits for ends when the signal fires. */
export function interruptedBy<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  return signals.run(signal, act);
}

/** What may interrupt the code that asks; undefined: nothing. */
export function currentSignal(): AbortSignal | undefined {
  return signals.getStore();
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
