import { HostError, PartialFailure } from "../errors.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { told, toldError } from "../operations/told.ts";
import type { Properties } from "./properties.ts";
import { outputsOf } from "./properties.ts";

/** The SDK prints the stack of what a check, diff, read or delete throws; of a refusal only the message is for users. */
export function withoutTrace<Given extends unknown[], Result>(act: (...given: Given) => Promise<Result>) {
  return (...given: Given): Promise<Result> =>
    act(...given).catch((cause: unknown) => {
      if (!(cause instanceof HostError || cause instanceof PartialFailure)) throw toldError(cause);
      throw Object.assign(new Error(told(cause.message), { cause }), { name: "", stack: "" });
    });
}

/** What stays of a failed operation goes into the state. @throws Error as Pulumi wants it, or the error itself */
export function keep(error: unknown, kind: Kind, properties: Properties, id?: string): never {
  if (!(error instanceof PartialFailure)) throw toldError(error);
  const message = told(error.message);
  // The properties need `__provider`, or the next refresh and destroy can't load this code.
  throw Object.assign(new Error(message), {
    id: error.id ?? id,
    properties: { ...properties, ...outputsOf(kind, properties, error.outputs) },
    reasons: [message],
  });
}
