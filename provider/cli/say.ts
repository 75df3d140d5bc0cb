/** How the command's messages reach the terminal. */
import { shown } from "../errors.ts";
import { visible, visibleJson } from "../model/values/visible.ts";

/** Why the command failed, for standard error. */
export function complain(cause: unknown, prefix = ""): void {
  process.stderr.write(`${prefix}${shown(cause instanceof Error ? cause.message : String(cause))}\n`);
}

/** Lines of text without colours. */
export function say(text: string): void {
  process.stdout.write(visible(text));
}

/** One line of JSON. */
export function sayJson(value: unknown, replacer?: (key: string, value: unknown) => unknown): void {
  process.stdout.write(`${visibleJson(value, replacer)}\n`);
}
