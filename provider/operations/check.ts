import { parseHostUri } from "../host/connection/uri.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import { hasUnknown } from "../model/arguments/field.ts";
import type { AnyKind, Kind } from "../model/arguments/kinds.ts";
import { checkArguments, parseXmlArgument, printTyped } from "../model/arguments/kinds.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { conflictsOf } from "../plan/arguments/conflicts.ts";
import { declare } from "../plan/arguments/declaration.ts";
import { originsOf, propertyAt } from "../plan/arguments/origins.ts";
import { lintDeclared } from "../plan/checks/refusals.ts";
import { printPath } from "../plan/merge/path.ts";
import type { Declarer } from "./declarations/otherDeclarations.ts";
import { rivalsOf } from "./declarations/otherDeclarations.ts";

/** Finds everything wrong with a resource's arguments that we can find without asking a host. */
export function checkResource(kind: Kind, args: Arguments, by: Declarer | null = null): Failure[] {
  const failures = findInvalid(kind, args);
  return failures.length > 0 ? failures : findRefused(kind, args, by);
}

/** Finds arguments that can't be parsed. */
export function findInvalid(kind: AnyKind, args: Arguments): Failure[] {
  return [...checkArguments(kind, args), ...checkHost(args)];
}

/**
 * Finds valid arguments that contradict each other or another resource, or that libvirt is known to refuse.
 */
export function findRefused(kind: Kind, args: Arguments, by: Declarer | null = null): Failure[] {
  const conflicts = contradictions(kind, args);
  if (conflicts.length > 0) return conflicts;
  const declared = declare(kind, args);
  return [...refusals(kind, args, declared), ...rivalsOf(kind, args, declared, by)];
}

/** Finds typed arguments that contradict `xml`. */
function contradictions(kind: Kind, args: Arguments): Failure[] {
  const xml = parseXmlArgument(kind, args);
  if (!xml) return [];
  const origins = originsOf(kind, args);
  const named = (path: string) => origins.find(({ steps }) => printPath(steps) === path)?.property ?? "xml";
  return conflictsOf(kind.object.schema, printTyped(kind, args), xml, named);
}

function refusals(kind: Kind, args: Arguments, declared: XmlElement): Failure[] {
  const isPartial = hasUnknown(args);
  // An argument whose value is not known yet may supply what is missing.
  const found = lintDeclared(declared).filter(({ isAbsence }) => !(isAbsence && isPartial));
  if (found.length === 0) return [];
  const origins = originsOf(kind, args);
  return found.map((each) => ({ property: propertyAt(each, origins), reason: each.reason }));
}

function checkHost(args: Arguments): Failure[] {
  if (typeof args.host !== "string") return [];
  const uri = parseHostUri(args.host);
  return "failure" in uri ? [{ property: "host", reason: uri.failure }] : [];
}
