import type { Connection } from "../host/connection/connection.ts";
import { canonicalHost } from "../host/connections.ts";
import { forRun } from "../host/process/perRun.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import { hasUnknown } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { ioThreadIds } from "../model/elements/domain/ioThreads.ts";
import { meansSame } from "../model/elements/meaning.ts";
import { valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { emptyDomain } from "../model/xml/tree.ts";
import type { Declaration } from "../plan/arguments/conflicts.ts";
import { findRivals } from "../plan/arguments/conflicts.ts";
import { domainNameOf } from "../plan/arguments/declaration.ts";
import { propertyAt as argumentAt, originsOf } from "../plan/arguments/origins.ts";
import type { Change } from "../plan/merge/change.ts";
import { layDomain } from "../plan/merge/merge.ts";
import type { Situation } from "../plan/plan.ts";
import type { DomainFacts, HostFacts } from "../plan/situation/facts.ts";
import { situationOf } from "../plan/situation/situation.ts";

/** Declarations that this process has checked, by domain and by the resource that makes them. */
const declared = forRun(() => new Map<string, Map<string, Declaration>>());

/**
 * Domains of which something is declared that is not known yet: it may be whatever another resource needs. By their
 * place; where not even that is known, `anywhere`.
 */
const open = forRun(() => new Set<string>());
const anywhere = "";

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
  const isPlaced = typeof args.host === "string" && typeof name === "string";
  if (!isPlaced) open().add(anywhere);
  if (typeof args.host !== "string" || typeof name !== "string") return null;
  const domain = domainNameOf(kind, args);
  const place = placeOf(args.host, domain);
  if (hasUnknown(args)) open().add(place);
  const key = kind.key === null ? "" : args[kind.key];
  if (kind.key !== null && typeof key !== "number" && typeof key !== "string") return null;
  const owner = kind.key === null ? ownerOfDomain(domain) : `${kind.name} ${key} of ${domain}`;
  const all = declared().get(place) ?? new Map<string, Declaration>();
  declared().set(place, all);
  const propertyAt = (place: Pick<Change, "steps">) => argumentAt(place, originsOf(kind, args));
  const own = { owner, tree, propertyAt };
  all.set(owner, own);
  return own;
}

/** What the resources that were looked at so far declare of a domain. */
export function treesOfAll(host: string, domain: string): readonly XmlElement[] {
  return [...(declared().get(placeOf(host, domain))?.values() ?? [])].map(({ tree }) => tree);
}

/** The domain as it is, with the IO threads that resources of this program will add, as far as they were checked. */
export function comingSituation(connection: Connection, host: HostFacts, domain: DomainFacts): Situation {
  const { comingThreads, mayGetThreads } = declaredOf(connection, domain.name);
  return { ...situationOf(host, domain), comingThreads, mayGetThreads };
}

/** What the resources that were checked so far declare of a domain together. */
export interface Declared {
  /** Null: none of them declares the domain itself. */
  readonly domain: XmlElement | null;
  /** The domain with all that its resources declare. */
  readonly together: XmlElement;
  readonly comingThreads: readonly number[];
  readonly mayGetThreads: boolean;
  /** Whether one of them may declare the domain itself, once it is known where it belongs. */
  readonly mayComeLater: boolean;
}

export function declaredOf(connection: Connection, name: string): Declared {
  const place = placeOf(connection.host, name);
  const all = [...(declared().get(place)?.values() ?? [])];
  const domain = all.find(({ owner }) => owner === ownerOfDomain(name))?.tree ?? null;
  return {
    domain,
    together: all.reduce((under, { tree }) => layDomain(under, tree).tree, domain ?? emptyDomain),
    comingThreads: all.flatMap(({ tree }) => ioThreadIds(tree)),
    mayGetThreads: open().has(place) || open().has(anywhere),
    mayComeLater: open().has(anywhere),
  };
}

/** Names of other domains of the host that the program declares with a UUID. */
export function declaredWithUuid(connection: Connection, name: string, uuid: string): string[] {
  const own = placeOf(connection.host, name);
  const prefix = placeOf(connection.host, "");
  return [...declared()].flatMap(([place, all]) => {
    const isOther = place !== own && place.startsWith(prefix);
    const others = [...all.values()].map(({ tree }) => valueAt(tree, "uuid"));
    return isOther && others.some((other) => other !== undefined && meansSame("uuid", other, uuid))
      ? [place.slice(prefix.length)]
      : [];
  });
}

/** Domains that this run takes away, because their resource is replaced: what they have is free then. */
const leaving = forRun(() => new Set<string>());

export function noteLeaving(kind: Kind, recorded: Arguments): void {
  if (kind.name === "Domain" && typeof recorded.host === "string")
    leaving().add(placeOf(recorded.host, domainNameOf(kind, recorded)));
}

export function isLeaving(connection: Connection, name: string): boolean {
  return leaving().has(placeOf(connection.host, name));
}

const ownerOfDomain = (name: string) => `Domain ${name}`;

const placeOf = (host: string, domain: string) => `${canonicalHost(host)}#${domain}`;
