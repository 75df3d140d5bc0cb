import { canonicalHost } from "../host/connections.ts";
import type { Arguments } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";

/** Arguments whose new value makes a new resource. What is not known yet, or was never said, replaces nothing. */
export function replacedArguments(kind: Kind, recorded: Arguments, args: Arguments): string[] {
  return Object.keys(kind.fields).filter(
    (name) => kind.fields[name]?.replaces && isReplaced(name, recorded[name] ?? null, args[name] ?? null),
  );
}

function isReplaced(name: string, before: unknown, after: unknown): boolean {
  if (before === null || after === null || after === unknown) return false;
  if (name === "host") return canonicalHost(String(before)) !== canonicalHost(String(after));
  return before !== after;
}
