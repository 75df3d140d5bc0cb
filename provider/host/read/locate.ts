import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { Connection } from "../connection/connection.ts";
import { requireRead } from "./busy.ts";
import type { DomainRead, HostSnapshot } from "./read.ts";
import { readDomain, readHost } from "./read.ts";

/** The domain with a UUID, even if it was renamed, and any other domain with its former name. */
export interface Located {
  /** `null` when the host does not have it. */
  readonly domain: DomainFacts | null;
  /** Another domain that has the name; `null` when there is none. */
  readonly foreign: DomainFacts | null;
}

/** Finds a domain by its UUID; without a `uuid`, by its name. */
export function locateIn(
  domains: ReadonlyMap<string, DomainFacts>,
  name: string,
  uuid: string | undefined,
): Located {
  const named = domains.get(name) ?? null;
  if (uuid === undefined || named?.uuid === uuid) return { domain: named, foreign: null };
  return { domain: [...domains.values()].find((each) => each.uuid === uuid) ?? null, foreign: named };
}

/** The UUIDs of all domains of a host. */
export function uuidsThere({ domains, busy }: HostSnapshot): Set<string> {
  return new Set([...domains.values(), ...busy.values()].map(({ uuid }) => uuid));
}

/**
 * Reads a domain by its name, or by its UUID when no domain or another one has the name: names change and are reused,
 * UUIDs stay.
 * @throws HostError when the host can't be read.
 */
export async function locateDomain(
  connection: Connection,
  name: string,
  uuid: string | undefined,
): Promise<DomainRead & Located> {
  const read = await readDomain(connection, name);
  return locateFrom(connection, read, name, uuid);
}

/** The same, from a read by name that was made already. */
export async function locateFrom(
  connection: Connection,
  read: DomainRead,
  name: string,
  uuid: string | undefined,
): Promise<DomainRead & Located> {
  const isKnown = uuid === undefined || read.domain?.uuid === uuid;
  if (isKnown || (!read.domain && !read.uuids.has(uuid))) return { ...read, foreign: null };
  const snapshot = await readHost(connection);
  requireRead(connection, snapshot, name, uuid);
  const { host, domains } = snapshot;
  const uuids = uuidsThere(snapshot);
  return { host, uuids, isStalled: false, ...locateIn(domains, name, uuid) };
}
