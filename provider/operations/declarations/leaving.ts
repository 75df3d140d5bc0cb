import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { domainOn, placeOf } from "./otherDeclarations.ts";

/**
 * Domains and disks that this run deletes before it creates their replacement. Their images count as free.
 */
const leaving = forRun(() => new Set<string>());

export function noteLeaving(kind: Kind, recorded: Arguments): void {
  const place = placeOf(kind, recorded);
  if (place && kind.name === "Domain") leaving().add(domainOn(place.host, place.domain));
  if (place && kind.name === "VirtioDisk") leaving().add(diskOn(place.host, place.domain, place.key));
}

export function isLeaving(host: string, name: string): boolean {
  return leaving().has(domainOn(host, name));
}

export function isDiskLeaving(host: string, name: string, target: string): boolean {
  return leaving().has(diskOn(host, name, target));
}

/**
 * Domains that are deleted after their replacement is created: old place → new place, each as host and name.
 */
const madeFirst = forRun(() => new Map<string, string>());

export function noteMadeFirst(kind: Kind, recorded: Arguments, args: Arguments): void {
  const [old, next] = [placeOf(kind, recorded), placeOf(kind, args)];
  if (kind.name === "Domain" && old && next)
    madeFirst().set(domainOn(old.host, old.domain), domainOn(next.host, next.domain));
}

/** Notes that a Domain was created, so that the Domain it replaces may be deleted. */
export function noteMade(host: string, name: string): void {
  const made = domainOn(host, name);
  for (const [old, next] of madeFirst()) if (next === made) madeFirst().delete(old);
}

/**
 * Whether the engine deletes a Domain before its replacement exists, although our diff asked for the other
 * order.
 */
export function isTooEarly(host: string, name: string): boolean {
  return madeFirst().has(domainOn(host, name));
}

const diskOn = (host: string, domain: string, target: string) => `${domainOn(host, domain)}#${target}`;
