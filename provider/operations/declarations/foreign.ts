/** Domains that were renamed on the host, and others that have got the name of one of ours: told apart by UUID. */

import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { canonicalHost } from "../../host/connections.ts";
import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { domainNameOf } from "../../plan/arguments/declaration.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";

/** UUIDs of domains that a Domain of this program has as its own, by host and name. */
const vouched = forRun(() => new Map<string, string>());

/** A Domain of the program has made it, taken it over, or knows it: parts of it may follow, whatever they recorded. */
export function vouchFor(args: Arguments, { name, uuid }: DomainFacts): void {
  const place = placeOn(args, name);
  vouched().set(place, uuid);
  barred().delete(place);
}

/** Domains that a Domain of this program must not work on under its name, by host and name: why. */
const barred = forRun(() => new Map<string, string>());

/**
 * A Domain of the program was renamed on the host, or another one has its name. The engine says nothing of what it
 * knows when it makes a replacement (replaceOnChanges, --replace) or a new part: those would take the other one over
 * by its name, or define the guest a second time.
 */
export function barDomain(kind: Kind, args: Arguments, why: string): void {
  if (kind.name === "Domain") barred().set(placeOn(args, domainNameOf(kind, args)), why);
}

/** Why nothing new may be made of this domain; null: it may. */
export function whyBarred(kind: Kind, args: Arguments): string | null {
  return barred().get(placeOn(args, domainNameOf(kind, args))) ?? null;
}

const placeOn = (args: Arguments, name: string) => `${canonicalHost(String(args.host))}#${name}`;

/** Whether a resource may work on a domain of its name that has another UUID than it recorded. */
export function mayUseForeign(kind: Kind, args: Arguments, foreign: DomainFacts): boolean {
  if (args.takeOver === true) return true;
  return kind.name !== "Domain" && vouched().get(placeOn(args, domainNameOf(kind, args))) === foreign.uuid;
}

/** Words for a domain that somebody renamed. */
export function renamedTo(name: string, now: string, foreign: DomainFacts | null): string {
  const other = foreign ? `; what is called "${name}" there now is another domain and is left alone` : "";
  return foreign
    ? `was renamed to "${now}" on the host${other}: give it that name here`
    : `was renamed to "${now}" on the host; rename it back (virsh domrename '${now}' '${name}'), or give it that name here`;
}

/** Words for another domain of the name. */
export function foreignWords(foreign: DomainFacts, uuid: string | undefined): string {
  return `on the host is another domain now, with UUID ${foreign.uuid}; the one of this resource had ${uuid} and is gone`;
}

export const foreignRemedy =
  "nothing of it is changed; give this resource another name, or take that domain over with takeOver: true";

/** Words for what a removal leaves. */
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

/** @throws HostError where a Domain of the program must not work on what has its name. */
export function requireUnbarred(connection: Connection, kind: Kind, args: Arguments): void {
  const why = whyBarred(kind, args);
  if (why === null) return;
  throw new HostError(`"${domainNameOf(kind, args)}" ${why}`, connection.host, {
    remedy: "nothing has changed",
  });
}

/** A second definition of the same disks under the old name would be the worst answer. */
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
