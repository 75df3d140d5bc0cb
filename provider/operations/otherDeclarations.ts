import type { Connection } from "../host/connection/connection.ts";
import { canonicalHost } from "../host/connections.ts";
import { forRun } from "../host/process/perRun.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { ioThreadIds } from "../model/elements/domain/ioThreads.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Declaration } from "../plan/arguments/conflicts.ts";
import { findRivals } from "../plan/arguments/conflicts.ts";
import { domainNameOf } from "../plan/arguments/declaration.ts";
import { propertyAt as argumentAt, originsOf } from "../plan/arguments/origins.ts";
import type { Change } from "../plan/merge/change.ts";
import type { Situation } from "../plan/plan.ts";
import type { DomainFacts, HostFacts } from "../plan/situation/facts.ts";
import { situationOf } from "../plan/situation/situation.ts";

/** Declarations that this process has checked, by domain and by the resource that makes them. */
const declared = forRun(() => new Map<string, Map<string, Declaration>>());

/**
 * Places of the domain that another resource of the program declares with another value: they would take turns
 * for ever. A resource that is checked again replaces what it said before. Unknown values declare nothing.
 */
export function rivalsOf(kind: Kind, args: Arguments, tree: XmlElement): Failure[] {
  const own = noteDeclaration(kind, args, tree);
  if (!own) return [];
  const all = [
    ...(declared()
      .get(placeOf(String(args.host), domainNameOf(kind, args)))
      ?.values() ?? []),
  ];
  return all.flatMap((other) => (other === own ? [] : findRivals([own, other])));
}

/** Keeps what a resource declares; null when that is not known yet. */
export function noteDeclaration(kind: Kind, args: Arguments, tree: XmlElement): Declaration | null {
  const name = kind.name === "Domain" ? (args.name ?? args.xml) : args.domain;
  if (typeof args.host !== "string" || typeof name !== "string") return null;
  const key = kind.key === null ? "" : args[kind.key];
  if (kind.key !== null && typeof key !== "number" && typeof key !== "string") return null;
  const domain = domainNameOf(kind, args);
  const place = placeOf(args.host, domain);
  const owner = kind.key === null ? `Domain ${domain}` : `${kind.name} ${key} of ${domain}`;
  const all = declared().get(place) ?? new Map<string, Declaration>();
  declared().set(place, all);
  const propertyAt = (place: Pick<Change, "steps">) => argumentAt(place, originsOf(kind, args));
  const own = { owner, tree, propertyAt };
  all.set(owner, own);
  return own;
}

/** The domain as it is, with the IO threads that resources of this program will add, as far as they were checked. */
export function comingSituation(connection: Connection, host: HostFacts, domain: DomainFacts): Situation {
  const all = declared().get(placeOf(connection.host, domain.name))?.values() ?? [];
  const comingThreads = [...all].flatMap(({ tree }) => ioThreadIds(tree));
  return { ...situationOf(host, domain), comingThreads };
}

const placeOf = (host: string, domain: string) => `${canonicalHost(host)}#${domain}`;
