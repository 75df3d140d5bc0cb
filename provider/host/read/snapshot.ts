import { HostError } from "../../errors.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { takeAhead } from "../ahead/take.ts";
import type { Connection } from "../connection/connection.ts";
import { connectionTo } from "../connections.ts";
import { forRun } from "../process/perRun.ts";
import type { PrintedStorage } from "../storage/all.ts";
import type { HostSnapshot } from "./read.ts";
import { readHost, readStorage } from "./read.ts";

const asked = forRun(() => new Set<string>());
const snapshots = forRun(() => new Map<string, Promise<HostSnapshot>>());
let expected: string[] = [];
/** Address of the engine whose program may have read the hosts already; `null` when no program has. */
let sharedEngine: string | null = null;

/** Lets previews use the hosts that this engine's program has already read. */
export function shareEngine(address: string | null): void {
  sharedEngine = address;
}

/** Sets the hosts of this program, as URIs. The first read of any of them reads all of them in parallel. */
export function expectHosts(uris: readonly string[]): void {
  expected = [...uris];
}

/** Begins to read a host that will be needed. An error is reported by the operation that needs the host. */
export function readAhead(uriText: string): void {
  try {
    snapshotOf(connectionTo(uriText)).catch(() => {});
  } catch {
    // The URI is unusable; the operation that needs the host reports it.
  }
}

/**
 * The host as it was at the first read of this run, with fresh facts about domains that were applied since. A host that
 * could not be read is not read again, because a preview would wait once per resource.
 * @throws HostError when it can't be read.
 */
export function snapshotOf(connection: Connection): Promise<HostSnapshot> {
  const found = snapshots().get(connection.host);
  if (found !== undefined) return found;
  const read = firstRead(connection);
  snapshots().set(connection.host, read);
  for (const uri of expected.splice(0)) readAhead(uri);
  return read;
}

/** Hosts whose storage this run needs. */
const withStorage = forRun(() => new Set<string>());

/** Lets the first read of a host include its storage. */
export function expectStorage({ host }: Connection): void {
  withStorage().add(host);
}

/**
 * What the host printed about its storage, with the first read of its domains if that had not begun; `null` when it can't
 * tell all at once.
 * @throws HostError when it can't be reached
 */
export async function storageOf(connection: Connection): Promise<PrintedStorage | null> {
  expectStorage(connection);
  const snapshot = await snapshotOrFailure(connection);
  if (!(snapshot instanceof HostError)) return snapshot.storage ?? readStorage(connection);
  if (snapshot.code === "answerUnusable" || snapshot.code === "commandFailed") return null;
  throw snapshot;
}

/** Takes the first read of a host from the program's reader when there is one; reads the host itself after that. */
async function firstRead(connection: Connection): Promise<HostSnapshot> {
  const isFirst = !asked().has(connection.host);
  asked().add(connection.host);
  const taken = isFirst && sharedEngine !== null ? await takeAhead(sharedEngine, connection.host) : null;
  if (taken instanceof HostError) throw taken;
  return taken ?? readHost(connection, { storage: withStorage().has(connection.host) });
}

/** The same for a preview, which continues without a host that can't be read. */
export function snapshotOrFailure(connection: Connection): Promise<HostSnapshot | HostError> {
  return snapshotOf(connection).catch((error: unknown) => {
    if (error instanceof HostError) return error;
    throw error;
  });
}

/** Makes the next question read the host again. */
export function forgetSnapshot(connection: Connection): void {
  snapshots().delete(connection.host);
}

/** Puts the domain that an apply read last into the snapshot; `null` removes it. */
export async function remember(
  connection: Connection,
  name: string,
  domain: DomainFacts | null,
): Promise<void> {
  const snapshot = await snapshots()
    .get(connection.host)
    ?.catch(() => null);
  // The host could not be read before and now can: let the next question read all of it.
  if (!snapshot) return forgetSnapshot(connection);
  const domains = new Map(snapshot.domains);
  if (domain) domains.set(name, domain);
  else domains.delete(name);
  snapshots().set(connection.host, Promise.resolve({ ...snapshot, domains }));
}
