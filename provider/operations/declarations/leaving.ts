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

const diskOn = (host: string, domain: string, target: string) => `${domainOn(host, domain)}#${target}`;
