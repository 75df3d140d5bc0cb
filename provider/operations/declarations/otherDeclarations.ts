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

/** A resource of the program, as the front end knows it. */
export interface Declarer {
  /** Differs between any two resources of one run, and stays the same when one is checked again. */
  readonly id: string;
  /** For messages: its name in the program. */
  readonly name: string;
}

/** What one resource of the program declares, and of what. */
export interface NotedDeclaration extends OwnedDeclaration {
  readonly kind: Kind;
  /** What tells it from others of its kind; empty for a domain. */
  readonly key: string;
  readonly host: string;
  readonly domain: string;
  /** Null: the front end has not said. */
  readonly by: Declarer | null;
  /** A domain's declared run state. */
  readonly running: unknown;
}

/** Declarations that this process has checked, by the name of the domain, whatever its host. */
const declared = forRun(() => new Map<string, NotedDeclaration[]>());
/** The same by the id of the resource. */
const byResource = forRun(() => new Map<string, NotedDeclaration>());
/** The same by the words of the images that they declare. */
const byImage = forRun(() => new Map<string, Set<NotedDeclaration>>());

/** All that is declared of domains of this name, on any host. */
export function declarationsOf(domain: string): readonly NotedDeclaration[] {
  return declared().get(domain) ?? [];
}

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

/** Keeps what a resource declares; null when that is not known yet. Without `by` it is who declared it before. */
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

/** The tree noted before where it says the same: what was made of it is still right. */
function keptTree(before: XmlElement | undefined, now: XmlElement): XmlElement {
  return before && printXml(before) === printXml(now) ? before : now;
}

function forget(by: Declarer): void {
  const before = byResource().get(by.id);
  if (before) dropDeclaration(before);
}

/** It is declared no more: the resource has become another thing. */
export function dropDeclaration(noted: NotedDeclaration): void {
  const others = declarationsOf(noted.domain).filter((each) => each !== noted);
  declared().set(noted.domain, others);
  forgetImages(noted);
}

function forgetImages(noted: NotedDeclaration): void {
  for (const { word } of imagesOf(noted.tree)) byImage().get(word)?.delete(noted);
}

/** Names of the host's domains that may have an image of this word, as far as they were looked at. */
export function declaringImage(host: string, word: string): string[] {
  const here = [...(byImage().get(word) ?? [])].filter((each) => canonicalHost(each.host) === host);
  return here.map(({ domain }) => domain);
}

interface Place {
  readonly host: string;
  readonly domain: string;
  readonly key: string;
}

/** Of which thing a resource is; null when that is not known yet. */
export function placeOf(kind: Kind, args: Arguments): Place | null {
  const name = kind.name === "Domain" ? (args.name ?? args.xml) : args.domain;
  if (typeof args.host !== "string" || typeof name !== "string") return null;
  const key = kind.key === null ? "" : args[kind.key];
  if (typeof key !== "number" && typeof key !== "string") return null;
  return { host: args.host, domain: domainNameOf(kind, args), key: String(key) };
}

/** Keeps that something of a domain, or of any, is not known yet. */
function noteOpen(kind: Kind, args: Arguments): void {
  const name = kind.name === "Domain" ? (args.name ?? args.xml) : args.domain;
  if (typeof args.host !== "string" || typeof name !== "string") open().add(anywhere);
  else if (hasUnknown(args)) open().add(domainOn(args.host, domainNameOf(kind, args)));
}

/** Whether more may be declared of a domain than is known yet; `anywhere`: of any domain. */
export function mayBeDeclared(
  host: string,
  domain: string,
): { readonly here: boolean; readonly anywhere: boolean } {
  const isAnywhere = open().has(anywhere);
  return { here: isAnywhere || open().has(domainOn(host, domain)), anywhere: isAnywhere };
}

/** Whether host and domain are the same, as they are written. */
function isSamePlace(one: Place, other: Place): boolean {
  if (one.domain !== other.domain) return false;
  return one.host === other.host || canonicalHost(one.host) === canonicalHost(other.host);
}

/** What the resources that were looked at so far declare of a domain. */
export function treesOfAll(host: string, domain: string): readonly XmlElement[] {
  return declarationsHere(host, domain).map(({ tree }) => tree);
}

/** What is declared of the domain of a host. `host`: in any spelling. */
export function declarationsHere(host: string, domain: string): readonly NotedDeclaration[] {
  const place = { host, domain, key: "" };
  return declarationsOf(domain).filter((each) => isSamePlace(each, place));
}

/** Names of other domains of the host that the program declares with a UUID. */
export function declaredWithUuid(connection: Connection, name: string, uuid: string): string[] {
  return [...declared()].flatMap(([domain, all]) => {
    const here = all.filter((each) => domain !== name && canonicalHost(each.host) === connection.host);
    const others = here.map(({ tree }) => valueAt(tree, "uuid"));
    return others.some((other) => other !== undefined && isSameUuid(other, uuid)) ? [domain] : [];
  });
}

export const domainOn = (host: string, domain: string) => `${canonicalHost(host)}#${domain}`;
