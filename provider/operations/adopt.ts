import { HostError } from "../errors.ts";
import { connectionTo } from "../host/connections.ts";
import { snapshotOf } from "../host/read/snapshot.ts";
import type { AdoptedGuest, AdoptedHost } from "../plan/adopt/adopted.ts";
import { noStorage } from "../plan/adopt/adopted.ts";
import { sourcesOf } from "../plan/adopt/disks.ts";
import type { GuestState } from "../plan/adopt/guest.ts";
import { adoptGuest, reasonToLeave } from "../plan/adopt/guest.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import { situationOf } from "../plan/situation/situation.ts";
import type { FoundStorage } from "./storage/adopt.ts";
import { findStorage } from "./storage/adopt.ts";

/**
 * Reads the guests of the given hosts as resources. `names` limits this to these domains; an empty list means
 * all. `withStorage` also reads the pools and volumes in which their disks lie.
 * @throws HostError when a host can't be read, or when no host has a domain of these names
 */
export async function adoptHosts(
  uris: readonly string[],
  names: readonly string[],
  withStorage: boolean,
): Promise<AdoptedHost[]> {
  const unique = [...new Map(uris.map((uri) => [connectionTo(uri).host, uri])).values()];
  const hosts = await Promise.all(unique.map((uri) => adoptHost(uri, new Set(names), withStorage)));
  const found = new Set(hosts.flatMap(({ guests, left }) => [...guests, ...left].map(({ name }) => name)));
  const missing = names.filter((name) => !found.has(name));
  if (missing.length === 0) return hosts;
  throw new HostError(`there is no domain "${missing.join('", "')}"`, unique.join(", "), {
    remedy: "nothing was written; see virsh list --all there",
  });
}

async function adoptHost(
  uri: string,
  names: ReadonlySet<string>,
  withStorage: boolean,
): Promise<AdoptedHost> {
  const { host, domains, busy } = await snapshotOf(connectionTo(uri));
  const isWanted = ({ name }: { readonly name: string }) => names.size === 0 || names.has(name);
  const chosen = [...domains.values()]
    .filter(isWanted)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((domain) => ({ domain, state: stateOf(domain), reason: reasonToLeave(stateOf(domain)) }));
  const guests = chosen.flatMap(({ domain, state, reason }) =>
    reason === null ? [adoptGuest(state, situationOf(host, domain))] : [],
  );
  const none: FoundStorage = { storage: noStorage, left: new Map() };
  const { storage, left } = withStorage ? await findStorage(uri, guests) : none;
  return {
    uri,
    guests: guests.map((guest) => ({ ...guest, notes: [...guest.notes, ...storageNotes(guest, left)] })),
    storage,
    left: [
      ...chosen.flatMap(({ state: { name }, reason }) => (reason === null ? [] : [{ name, reason }])),
      ...[...busy.values()].filter(isWanted).map(({ name }) => ({ name, reason: busyReason })),
    ],
  };
}

function storageNotes(guest: AdoptedGuest, left: FoundStorage["left"]): string[] {
  return sourcesOf(guest).flatMap(({ file, block }) => {
    const path = String(file ?? block);
    const reason = left.get(path);
    return reason === undefined ? [] : [`keeps the disk ${path} as a path: ${reason}`];
  });
}

const busyReason =
  "another job holds it or its QEMU hangs, so libvirt does not print it; adopt it when that has ended";

function stateOf({ name, persistent, autostart, managedSave, state }: DomainFacts): GuestState {
  return { name, isPersistent: persistent, autostart, managedSave, state };
}
