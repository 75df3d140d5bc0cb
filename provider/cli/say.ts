/** Writes the command's messages to the terminal. */
import { shown } from "../errors.ts";
import { visible, visibleJson } from "../model/values/visible.ts";

/** Prints to standard error why the command failed. */
export function complain(cause: unknown, prefix = ""): void {
  process.stderr.write(`${prefix}${shown(cause instanceof Error ? cause.message : String(cause))}\n`);
}

/** Prints lines of text without colours. */
export function say(text: string): void {
  process.stdout.write(visible(text));
}

/** Prints one line of JSON. */
export function sayJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): void {
  process.stdout.write(`${visibleJson(value, replacer)}\n`);
}
