/** The last stop of every text on its way to the engine, which prints it and may keep it in the state. */

import { shown } from "../errors.ts";
import { forRun } from "../host/process/perRun.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { markedTexts, secretTexts } from "../model/arguments/secrets.ts";
import { isHarmless, isWord } from "../model/arguments/vocabulary.ts";
import { hidden } from "../model/elements/redact.ts";
import type { Mask } from "../model/values/mask.ts";
import { maskOf } from "../model/values/mask.ts";
import { bounded } from "../model/values/visible.ts";

/** Secrets of the resources that this process was asked about. */
const secrets = forRun(() => ({ values: new Set<string>(), mask: null as Mask | null }));

/** From now on these arguments' secrets are hidden in all that is told. `marked`: names that the program marks as secret. */
export function keepSecrets(kind: Kind, args: Arguments, marked: ReadonlySet<string>): void {
  const kept = secrets();
  for (const value of [...secretTexts(kind, args), ...markedTexts(kind, args, marked)]) {
    if (kept.values.has(value)) continue;
    kept.values.add(value);
    kept.mask = null;
  }
}

/** Hides secrets by their values, wherever these stand. */
export function masked(text: string): string {
  const kept = secrets();
  kept.mask ??= maskOf(kept.values, isWord, hidden);
  return kept.mask(text);
}

export function safeText(text: string): string {
  return shown(masked(text));
}

/**
 * Failures of a check as the engine may have them. It prints the whole value of the argument that a failure names: a
 * password in `xml`, a megabyte (3.250). Only a value that is no secret whatever it means keeps its name in that field;
 * another one is named in the words. A part of an argument has no value for the engine: it prints none.
 */
export function safeFailures(failures: readonly Failure[], args: Arguments): Failure[] {
  return failures.map(({ property, reason }) =>
    isTold(args[property])
      ? { property, reason: safeText(reason) }
      : { property: "", reason: safeText(`${bounded(property, 100)} ${reason}`) },
  );
}

function isTold(value: unknown): boolean {
  return value === undefined || value === unknown || isHarmless(value);
}

/** The same error with a message that may be printed; its stack holds the message too, and the SDK prints that. */
export function safeError(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(safeText(String(cause)));
  const { message, stack } = cause;
  const text = safeText(message);
  if (text === message) return cause;
  cause.message = text;
  if (stack !== undefined) cause.stack = stack.replaceAll(message, () => text);
  return cause;
}
