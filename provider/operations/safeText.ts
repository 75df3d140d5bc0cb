/**
 * Makes text safe for the engine, which prints it and may keep it in the state. Every text passes here last.
 */

import { shown } from "../errors.ts";
import { forRun } from "../host/process/perRun.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import type { AnyKind } from "../model/arguments/kinds.ts";
import { markedTexts, secretTexts } from "../model/arguments/secrets.ts";
import { isHarmless, isWord } from "../model/arguments/vocabulary.ts";
import { hidden } from "../model/elements/redact.ts";
import type { Mask } from "../model/values/mask.ts";
import { maskOf } from "../model/values/mask.ts";
import { bounded } from "../model/values/visible.ts";

/** Secrets of the resources that the engine asked this process about. */
const secrets = forRun(() => ({ values: new Set<string>(), mask: null as Mask | null }));

/**
 * Hides these arguments' secrets in all text from now on. `marked`: names of arguments that the program marks
 * as secret.
 */
export function keepSecrets(kind: AnyKind, args: Arguments, marked: ReadonlySet<string>): void {
  const kept = secrets();
  for (const value of [...secretTexts(kind, args), ...markedTexts(kind, args, marked)]) {
    if (kept.values.has(value)) continue;
    kept.values.add(value);
    kept.mask = null;
  }
}

/** Hides secrets by value, wherever they appear. */
export function masked(text: string): string {
  const kept = secrets();
  kept.mask ??= maskOf(kept.values, isWord, hidden);
  return kept.mask(text);
}

export function safeText(text: string): string {
  return shown(masked(text));
}

/**
 * Prepares check failures for the engine, which prints the whole value of the argument that a failure names
 * (3.250): a password in `xml`, or a megabyte of text. A failure keeps the argument's name in its field only
 * if the value can't be a secret; otherwise the message names the argument. The engine prints no value for a
 * part of an argument.
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

/**
 * Returns the error with a message that is safe to print. Its stack repeats the message, and the SDK prints
 * the stack.
 */
export function safeError(cause: unknown): Error {
  if (!(cause instanceof Error)) return new Error(safeText(String(cause)));
  const { message, stack } = cause;
  const text = safeText(message);
  if (text === message) return cause;
  cause.message = text;
  if (stack !== undefined) cause.stack = stack.replaceAll(message, () => text);
  return cause;
}
