import { AsyncLocalStorage } from "node:async_hooks";
import { HostError } from "../../errors.ts";
import type { Connection } from "./connection.ts";

interface Limit {
  readonly signal: AbortSignal;
  /** Time limit of the whole operation; 0 means none. */
  readonly seconds: number;
}

const limits = new AsyncLocalStorage<Limit>();

/** Runs `act` so that everything it waits for ends when `signal` fires or `seconds` have passed; 0 means no limit. */
export function interruptedBy<T>(signal: AbortSignal, act: () => Promise<T>, seconds = 0): Promise<T> {
  return limits.run({ signal, seconds }, act);
}

/** The signal that interrupts the calling code; `undefined` when nothing does. */
export function currentSignal(): AbortSignal | undefined {
  return limits.getStore()?.signal;
}

/** Time limit, in seconds, of the operation that the calling code belongs to; 0 means none. */
export function currentLimitSeconds(): number {
  return limits.getStore()?.seconds ?? 0;
}

/** Milliseconds that a running command has to report its own interruption. */
const graceMs = 100;

/** Makes a connection whose commands, and whose setup, end when the current signal fires. */
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
