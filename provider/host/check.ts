import type { Arguments, Failure } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { checkArguments } from "../model/arguments/kinds.ts";
import { declare } from "../plan/declaration.ts";
import { lintDeclared } from "../plan/lints.ts";
import { parseHostUri } from "./uri.ts";

/** Everything wrong with a resource's arguments that can be told without asking a host. */
export function checkResource(kind: Kind, args: Arguments): Failure[] {
  const failures = findInvalid(kind, args);
  return failures.length > 0 ? failures : findRefused(kind, args);
}

/** What can't be understood. */
export function findInvalid(kind: Kind, args: Arguments): Failure[] {
  return [...checkArguments(kind, args), ...checkHost(args)];
}

/** Of valid arguments, what libvirt is known to refuse. */
export function findRefused(kind: Kind, args: Arguments): Failure[] {
  return lintDeclared(declare(kind, args));
}

function checkHost(args: Arguments): Failure[] {
  if (typeof args.host !== "string") return [];
  const uri = parseHostUri(args.host);
  return "failure" in uri ? [{ property: "host", reason: uri.failure }] : [];
}
