/** The last stop of every text on its way to the engine, which prints it and may keep it in the state. */

import { shown } from "../errors.ts";

export function told(text: string): string {
  return shown(text);
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
