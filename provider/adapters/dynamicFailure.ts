import { HostError, PartialFailure } from "../errors.ts";
import type { AnyKind } from "../model/arguments/kinds.ts";
import { safeError, safeText } from "../operations/safeText.ts";
import type { Properties } from "./properties.ts";
import { outputsOf } from "./properties.ts";

/**
 * Removes the stack from refusals: the SDK prints the stack of an error in check, diff, read or delete, but only the
 * message helps a user.
 */
export function withoutTrace<Given extends unknown[], Result>(act: (...given: Given) => Promise<Result>) {
  return (...given: Given): Promise<Result> =>
    act(...given).catch((cause: unknown) => {
      if (!(cause instanceof HostError || cause instanceof PartialFailure)) throw safeError(cause);
      throw Object.assign(new Error(safeText(cause.message), { cause }), { name: "", stack: "" });
    });
}

/**
 * Rethrows an error. After a partial failure, the state keeps what exists on the host.
 * @throws Error in the form that Pulumi expects, or the error itself
 */
export function keep(error: unknown, kind: AnyKind, properties: Properties, id?: string): never {
  if (!(error instanceof PartialFailure)) throw safeError(error);
  const message = safeText(error.message);
  // Without `__provider`, the next refresh or destroy can't load this code.
  throw Object.assign(new Error(message), {
    id: error.id ?? id,
    properties: { ...properties, ...outputsOf(kind, properties, error.outputs) },
    reasons: [message],
  });
}
