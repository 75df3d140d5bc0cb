/**
 * Tracks domains that somebody renamed on the host, and other domains that now have the name of one of ours.
 * The UUID tells them apart.
 */

import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { canonicalHost } from "../../host/connections.ts";
import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { domainNameOf } from "../../plan/arguments/declaration.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";

/** By host and name: UUIDs of the domains that a Domain of this program owns. */
const vouched = forRun(() => new Map<string, string>());

/**
 * Notes that a Domain of the program created, adopted or already knows this domain. Parts of the Domain may
 * then use it, whatever UUID they recorded.
 */
export function vouchFor(args: Arguments, { name, uuid }: DomainFacts): void {
  const place = placeOn(args, name);
  vouched().set(place, uuid);
  barred().delete(place);
}

/** By host and name: domains that a Domain of this program must not touch, each with the reason. */
const barred = forRun(() => new Map<string, string>());

/**
 * Bars a domain that was renamed on the host, or whose name another domain now has. The engine does not pass
 * the recorded UUID when it creates a replacement (replaceOnChanges, --replace) or a new part. Without the
 * bar, that creation would take over the other domain by its name, or define the guest a second time.
 */
export function barDomain(kind: Kind, args: Arguments, why: string): void {
  if (kind.name === "Domain") barred().set(placeOn(args, domainNameOf(kind, args)), why);
}

/** Says why nothing new may be created on this domain; `null` when it may. */
export function whyBarred(kind: Kind, args: Arguments): string | null {
  return barred().get(placeOn(args, domainNameOf(kind, args))) ?? null;
}

const placeOn = (args: Arguments, name: string) => `${canonicalHost(String(args.host))}#${name}`;

/** Whether a resource may use a domain that has its name but not its recorded UUID. */
export function mayUseForeign(kind: Kind, args: Arguments, foreign: DomainFacts): boolean {
  if (args.takeOver === true) return true;
  return kind.name !== "Domain" && vouched().get(placeOn(args, domainNameOf(kind, args))) === foreign.uuid;
}

/** Describes a domain that somebody renamed. */
export function renamedTo(name: string, now: string, foreign: DomainFacts | null): string {
  const other = foreign ? `; what is called "${name}" there now is another domain and is left alone` : "";
  return foreign
    ? `was renamed to "${now}" on the host${other}: give it that name here`
    : `was renamed to "${now}" on the host; rename it back (virsh domrename '${now}' '${name}'), or give it that name here`;
}

/** Describes another domain that has the name of ours. */
export function foreignWords(foreign: DomainFacts, uuid: string | undefined): string {
  return `on the host is another domain now, with UUID ${foreign.uuid}; the one of this resource had ${uuid} and is gone`;
}

export const foreignRemedy =
  "nothing of it is changed; give this resource another name, or take that domain over with takeOver: true";

/** Says that a removal leaves the other domain alone. */
export function staysForeign(foreign: DomainFacts, uuid: string | undefined): string {
  return `${foreign.name}: ${foreignWords(foreign, uuid)}; it is left alone`;
}

export function refuseForeign(
  connection: Connection,
  foreign: DomainFacts,
  uuid: string | undefined,
): HostError {
  return new HostError(`"${foreign.name}" ${foreignWords(foreign, uuid)}`, connection.host, {
    remedy: foreignRemedy,
  });
}

/** @throws HostError when the domain of this name is barred */
export function requireUnbarred(connection: Connection, kind: Kind, args: Arguments): void {
  const why = whyBarred(kind, args);
  if (why === null) return;
  throw new HostError(`"${domainNameOf(kind, args)}" ${why}`, connection.host, {
    remedy: "nothing has changed",
  });
}

/** Refuses to continue: under the old name we would define a second guest on the same disks. */
export function refuseRenamed(
  connection: Connection,
  name: string,
  domain: DomainFacts,
  foreign: DomainFacts | null,
): HostError {
  return new HostError(`"${name}" ${renamedTo(name, domain.name, foreign)}`, connection.host, {
    remedy: "nothing has changed",
  });
}
