import type { Arguments, Failure } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Declaration } from "../plan/conflicts.ts";
import { findRivals } from "../plan/conflicts.ts";
import { domainNameOf } from "../plan/declaration.ts";
import { forRun } from "./run.ts";
import { canonicalHost } from "./session.ts";

/** Declarations that this process has checked, by domain and by the resource that makes them. */
const declared = forRun(() => new Map<string, Map<string, Declaration>>());

/**
 * Places of the domain that another resource of the program declares with another value: they would take turns
 * for ever. A resource that is checked again replaces what it said before. Unknown values declare nothing.
 */
export function rivalsOf(kind: Kind, args: Arguments, tree: XmlElement): Failure[] {
  const name = kind.name === "Domain" ? (args.name ?? args.xml) : args.domain;
  if (typeof args.host !== "string" || typeof name !== "string") return [];
  const key = kind.key === null ? "" : args[kind.key];
  if (kind.key !== null && typeof key !== "number" && typeof key !== "string") return [];
  const domain = domainNameOf(kind, args);
  const place = `${canonicalHost(args.host)}#${domain}`;
  const owner = kind.key === null ? `Domain ${domain}` : `${kind.name} ${key} of ${domain}`;
  const all = declared().get(place) ?? new Map<string, Declaration>();
  declared().set(place, all);
  const own = { owner, tree };
  all.set(owner, own);
  return [...all.values()].flatMap((other) => (other === own ? [] : findRivals([own, other])));
}
