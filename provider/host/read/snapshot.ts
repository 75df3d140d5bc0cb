import { HostError } from "../../errors.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { takeAhead } from "../ahead/take.ts";
import type { Connection } from "../connection/connection.ts";
import { connectionTo } from "../connections.ts";
import { forRun } from "../process/perRun.ts";
import type { HostSnapshot } from "./read.ts";
import { readHost } from "./read.ts";

const asked = forRun(() => new Set<string>());
const snapshots = forRun(() => new Map<string, Promise<HostSnapshot>>());
let expected: string[] = [];
/** Address of the engine, whose program may have read the hosts already; null: nobody has. */
let sharedEngine: string | null = null;

/** What the program's reader finds in a preview of this engine is taken from it. */
export function shareEngine(address: string | null): void {
  sharedEngine = address;
}

/** Hosts of this program, as URIs: they are all read side by side at the first question to any of them. */
export function expectHosts(uris: readonly string[]): void {
  expected = [...uris];
}

/** Begins to read a host that will be asked about. What is wrong with it is told then. */
export function readAhead(uriText: string): void {
  try {
    snapshotOf(connectionTo(uriText)).catch(() => {});
  } catch {
    // A URI that can't be used.
  }
}

/**
 * The host as it was at the first question of this process; domains that were applied since are fresh. A host
 * that could not be read is not asked again: a preview would wait once per resource.
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

/** By the program's reader where there is one; what is asked after this is fresh. */
async function firstRead(connection: Connection): Promise<HostSnapshot> {
  const isFirst = !asked().has(connection.host);
  asked().add(connection.host);
  const taken = isFirst && sharedEngine !== null ? await takeAhead(sharedEngine, connection.host) : null;
  if (taken instanceof HostError) throw taken;
  return taken ?? readHost(connection);
}

/** The same for a preview, which goes on without a host that can't be read. */
export function snapshotOrFailure(connection: Connection): Promise<HostSnapshot | HostError> {
  return snapshotOf(connection).catch((error: unknown) => {
    if (error instanceof HostError) return error;
    throw error;
  });
}

/** The next question reads the host anew. */
export function forgetSnapshot(connection: Connection): void {
  snapshots().delete(connection.host);
}

/** Puts what an apply read last into the snapshot; null: the domain is gone. */
export async function remember(
  connection: Connection,
  name: string,
  domain: DomainFacts | null,
): Promise<void> {
  const snapshot = await snapshots()
    .get(connection.host)
    ?.catch(() => null);
  // What could not be read before can be now: the next question reads all of it.
  if (!snapshot) return forgetSnapshot(connection);
  const domains = new Map(snapshot.domains);
  if (domain) domains.set(name, domain);
  else domains.delete(name);
  snapshots().set(connection.host, Promise.resolve({ ...snapshot, domains }));
}
