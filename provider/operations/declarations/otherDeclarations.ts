import type { Connection } from "../../host/connection/connection.ts";
import { canonicalHost } from "../../host/connections.ts";
import { forRun } from "../../host/process/perRun.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { isSameUuid } from "../../model/elements/meaning.ts";
import { printXml } from "../../model/xml/print.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { OwnedDeclaration } from "../../plan/arguments/conflicts.ts";
import { findConflicts } from "../../plan/arguments/conflicts.ts";
import { domainNameOf } from "../../plan/arguments/declaration.ts";
import { propertyAt as argumentAt, originsOf } from "../../plan/arguments/origins.ts";
import { imagesOf } from "../../plan/checks/diskImages.ts";
import type { Change } from "../../plan/merge/change.ts";

/** A resource of the program, as the front end identifies it. */
export interface Declarer {
  /** Unique within a run; stays the same when the engine checks the resource again. */
  readonly id: string;
  /** The resource's name in the program, for messages. */
  readonly name: string;
}

/** The declaration of one resource of the program, with the place that it declares. */
export interface NotedDeclaration extends OwnedDeclaration {
  readonly kind: Kind;
  /** Identifies the resource among others of its kind in the domain; empty for a domain. */
  readonly key: string;
  readonly host: string;
  readonly domain: string;
  /** `null` when the front end did not name the resource. */
  readonly by: Declarer | null;
  /** The declared run state of a domain. */
  readonly running: unknown;
}

/**
 * Declarations that this process has checked, by domain name. Domains of one name on different hosts share an
 * entry.
 */
const declared = forRun(() => new Map<string, NotedDeclaration[]>());
/** The same declarations by the id of their resource. */
const byResource = forRun(() => new Map<string, NotedDeclaration>());
/** The same declarations by the words of the images in them. */
const byImage = forRun(() => new Map<string, Set<NotedDeclaration>>());

/** Returns everything declared for domains of this name, on any host. */
export function declarationsOf(domain: string): readonly NotedDeclaration[] {
  return declared().get(domain) ?? [];
}

/**
 * Domains, by host and name, for which a resource declares a value that is not known yet. That value may be
 * what another resource needs. `anywhere` is in the set when even the host or the name is unknown.
 */
const open = forRun(() => new Set<string>());
const anywhere = "";

/**
 * Finds places that two resources of the program declare with different values. Each update of one would undo
 * the other. When a resource is checked again, its new declaration replaces the old one. Unknown values
 * declare nothing.
 */
export function rivalsOf(
  kind: Kind,
  args: Arguments,
  tree: XmlElement,
  by: Declarer | null = null,
): Failure[] {
  const own = noteDeclaration(kind, args, tree, by);
  if (!own) return [];
  const others = declarationsOf(own.domain).filter((each) => each !== own && isSamePlace(each, own));
  return others.flatMap((other) => findConflicts(kind.object.schema, [own, other]));
}

/**
 * Notes what a resource declares; `null` when its place is not known yet. Without `by` the declarer noted
 * before is kept.
 */
export function noteDeclaration(
  kind: Kind,
  args: Arguments,
  tree: XmlElement,
  by: Declarer | null = null,
): NotedDeclaration | null {
  noteOpen(kind, args);
  const place = placeOf(kind, args);
  if (!place) return null;
  const { domain, key } = place;
  const owner = kind.key === null ? `Domain ${domain}` : `${kind.name} ${key} of ${domain}`;
  if (by) forget(by);
  const all = declared().get(domain) ?? [];
  const at = all.findIndex(
    (each) =>
      each.kind === kind && each.key === key && isSamePlace(each, place) && (by === null || each.by === null),
  );
  const propertyAt = (change: Pick<Change, "steps">) => argumentAt(change, originsOf(kind, args));
  const own = {
    ...place,
    kind,
    owner,
    tree: keptTree(all[at]?.tree, tree),
    propertyAt,
    by: by ?? all[at]?.by ?? null,
    running: args.running,
  };
  declared().set(domain, at < 0 ? [...all, own] : all.with(at, own));
  if (all[at]) forgetImages(all[at]);
  for (const { word } of imagesOf(own.tree)) byImage().set(word, (byImage().get(word) ?? new Set()).add(own));
  if (own.by) byResource().set(own.by.id, own);
  return own;
}

/**
 * Returns the tree noted before when both print the same, so that results cached for that tree stay valid.
 */
function keptTree(before: XmlElement | undefined, now: XmlElement): XmlElement {
  return before && printXml(before) === printXml(now) ? before : now;
}

function forget(by: Declarer): void {
  const before = byResource().get(by.id);
  if (before) dropDeclaration(before);
}

/** Forgets a declaration, because its resource now declares something else. */
export function dropDeclaration(noted: NotedDeclaration): void {
  const others = declarationsOf(noted.domain).filter((each) => each !== noted);
  declared().set(noted.domain, others);
  forgetImages(noted);
}

function forgetImages(noted: NotedDeclaration): void {
  for (const { word } of imagesOf(noted.tree)) byImage().get(word)?.delete(noted);
}

/** Names the host's domains that may use an image of this word, among the resources checked so far. */
export function declaringImage(host: string, word: string): string[] {
  const here = [...(byImage().get(word) ?? [])].filter((each) => canonicalHost(each.host) === host);
  return here.map(({ domain }) => domain);
}

interface Place {
  readonly host: string;
  readonly domain: string;
  readonly key: string;
}

/** Returns host, domain and key of a resource; `null` when one of them is not known yet. */
export function placeOf(kind: Kind, args: Arguments): Place | null {
  const name = kind.name === "Domain" ? (args.name ?? args.xml) : args.domain;
  if (typeof args.host !== "string" || typeof name !== "string") return null;
  const key = kind.key === null ? "" : args[kind.key];
  if (typeof key !== "number" && typeof key !== "string") return null;
  return { host: args.host, domain: domainNameOf(kind, args), key: String(key) };
}

/** Notes that a value for this domain is unknown, or that the domain itself is. */
function noteOpen(kind: Kind, args: Arguments): void {
  const name = kind.name === "Domain" ? (args.name ?? args.xml) : args.domain;
  if (typeof args.host !== "string" || typeof name !== "string") open().add(anywhere);
  else if (hasUnknown(args)) open().add(domainOn(args.host, domainNameOf(kind, args)));
}

/** Whether a resource may still declare more: `here` for this domain, `anywhere` for any domain. */
export function mayBeDeclared(
  host: string,
  domain: string,
): { readonly here: boolean; readonly anywhere: boolean } {
  const isAnywhere = open().has(anywhere);
  return { here: isAnywhere || open().has(domainOn(host, domain)), anywhere: isAnywhere };
}

/** Whether two places have the same domain name and the same host by its canonical spelling. Asks no host. */
function isSamePlace(one: Place, other: Place): boolean {
  if (one.domain !== other.domain) return false;
  return one.host === other.host || canonicalHost(one.host) === canonicalHost(other.host);
}

/** Returns what the resources checked so far declare for a domain. */
export function treesOfAll(host: string, domain: string): readonly XmlElement[] {
  return declarationsHere(host, domain).map(({ tree }) => tree);
}

/** Returns the declarations for one domain of a host. `host` may have any spelling. */
export function declarationsHere(host: string, domain: string): readonly NotedDeclaration[] {
  const place = { host, domain, key: "" };
  return declarationsOf(domain).filter((each) => isSamePlace(each, place));
}

/** Names the other domains on the host that the program declares with this UUID. */
export function declaredWithUuid(connection: Connection, name: string, uuid: string): string[] {
  return [...declared()].flatMap(([domain, all]) => {
    const here = all.filter((each) => domain !== name && canonicalHost(each.host) === connection.host);
    const others = here.map(({ tree }) => valueAt(tree, "uuid"));
    return others.some((other) => other !== undefined && isSameUuid(other, uuid)) ? [domain] : [];
  });
}

export const domainOn = (host: string, domain: string) => `${canonicalHost(host)}#${domain}`;
