import { interruptedBy } from "../../host/connection/interruption.ts";
import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { withTruth } from "../../operations/afterInterrupt.ts";

const cancelled = forRun(() => new AbortController());

/** Ends everything that waits. */
export function cancel(): void {
  cancelled().abort();
}

/** Runs an operation that `cancel`, or its own time limit in seconds (0: none), ends; it says then what is true. */
export async function operate<T>(
  timeoutSeconds: number,
  args: Arguments,
  kind: Kind,
  act: () => Promise<T>,
): Promise<T> {
  const limit = timeoutSeconds > 0 ? [AbortSignal.timeout(timeoutSeconds * 1000)] : [];
  try {
    return await interruptedBy(AbortSignal.any([cancelled().signal, ...limit]), act, timeoutSeconds);
  } catch (error) {
    throw await withTruth(kind, args, error);
  }
}
