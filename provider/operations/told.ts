/** The last stop of every text on its way to the engine, which prints it and may keep it in the state. */

import { shown } from "../errors.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import { isHarmless } from "../model/arguments/vocabulary.ts";
import { bounded } from "../model/values/visible.ts";

export function told(text: string): string {
  return shown(text);
}

/**
 * Failures of a check as the engine may have them. It prints the whole value of the argument that a failure names: a
 * password in `xml`, a megabyte (3.250). Only a value that is no secret whatever it means keeps its name in that field;
 * another one is named in the words. A part of an argument has no value for the engine: it prints none.
 */
export function toldFailures(failures: readonly Failure[], args: Arguments): Failure[] {
  return failures.map(({ property, reason }) =>
    isTold(args[property])
      ? { property, reason: told(reason) }
      : { property: "", reason: told(`${bounded(property, 100)} ${reason}`) },
  );
}

function isTold(value: unknown): boolean {
  return value === undefined || value === unknown || isHarmless(value);
}

/** The same error with a message that may be printed; its stack holds the message too, and the SDK prints that. */
export function toldError(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(told(String(cause)));
  const { message, stack } = cause;
  const text = told(message);
  if (text === message) return cause;
  cause.message = text;
  if (stack !== undefined) cause.stack = stack.replaceAll(message, () => text);
  return cause;
}
