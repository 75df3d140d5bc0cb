import { interruptedBy } from "../../host/connection/interruption.ts";
import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { operationsOf } from "../../operations/all.ts";

const cancelled = forRun(() => new AbortController());

/** Interrupts all running operations. */
export function cancel(): void {
  cancelled().abort();
}

/**
 * Runs an operation until it ends, `cancel` interrupts it or its time limit (in seconds; 0 means none) passes. An
 * interrupted operation fails with a message that says what is true now.
 */
export async function operate<T>(
  timeoutSeconds: number,
  args: Arguments,
  kind: AnyKind,
  act: () => Promise<T>,
): Promise<T> {
  const limit = timeoutSeconds > 0 ? [AbortSignal.timeout(timeoutSeconds * 1000)] : [];
  try {
    return await interruptedBy(AbortSignal.any([cancelled().signal, ...limit]), act, timeoutSeconds);
  } catch (error) {
    throw await operationsOf(kind).withTruth(args, error);
  }
}
