import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { domainOn, placeOf } from "./otherDeclarations.ts";

/** What this run takes away before it makes another, because its resource is replaced: what it has is free then. */
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

/** Domains that go after what replaces them is made: what that is. Both by host and name. */
const madeFirst = forRun(() => new Map<string, string>());

export function noteMadeFirst(kind: Kind, recorded: Arguments, args: Arguments): void {
  const [old, next] = [placeOf(kind, recorded), placeOf(kind, args)];
  if (kind.name === "Domain" && old && next)
    madeFirst().set(domainOn(old.host, old.domain), domainOn(next.host, next.domain));
}

/** A Domain is made: what it replaces may go. */
export function noteMade(host: string, name: string): void {
  const made = domainOn(host, name);
  for (const [old, next] of madeFirst()) if (next === made) madeFirst().delete(old);
}

/** Whether the engine asks for the end of a Domain before what replaces it is made, against what its diff said. */
export function isTooEarly(host: string, name: string): boolean {
  return madeFirst().has(domainOn(host, name));
}

const diskOn = (host: string, domain: string, target: string) => `${domainOn(host, domain)}#${target}`;
