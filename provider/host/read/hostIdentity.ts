import { HostError } from "../../errors.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { Connection } from "../connection/connection.ts";
import { parseHostUri } from "../connection/uri.ts";
import { canonicalHost, connectionTo } from "../connections.ts";
import { forRun } from "../process/perRun.ts";
import { virsh } from "../virsh/virsh.ts";
import { capabilitiesOf } from "./capabilities.ts";

/** What a machine says of itself, whatever address leads to it. */
export interface HostIdentity {
  /** From `virsh capabilities`: of the mainboard, or /etc/machine-id. Cloned machines may share it. */
  readonly uuid: string;
  readonly hostName: string;
}

const identities = new Map<string, Promise<HostIdentity | null>>();

/** Null: the host has no UUID (libvirt's test driver has none). @throws HostError when it can't be read. */
function hostIdentityOf(connection: Connection): Promise<HostIdentity | null> {
  const asked = identities.get(connection.host) ?? readIdentity(connection);
  identities.set(connection.host, asked);
  return asked.catch((error: unknown) => {
    identities.delete(connection.host);
    throw error;
  });
}

async function readIdentity(connection: Connection): Promise<HostIdentity | null> {
  const capabilities = await capabilitiesOf(connection);
  const uuid = capabilities && valueAt(capabilities, "host/uuid");
  if (!uuid) return null;
  const [named] = await connection.run([virsh(connection, ["hostname"])], { isRead: true });
  const hostName = named?.exitCode === 0 ? named.stdout.trim() : "";
  return hostName === "" ? null : { uuid, hostName };
}

/** Hosts that did not answer in this run: each resource would wait for them again. */
const unreadable = forRun(() => new Set<string>());

/** Null where it can't be known now. */
async function identityOrNull(uriText: string): Promise<HostIdentity | null> {
  const host = canonicalHost(uriText);
  if (unreadable().has(host)) return null;
  return hostIdentityOf(connectionTo(uriText)).catch((error: unknown) => {
    if (!(error instanceof HostError)) throw error;
    unreadable().add(host);
    return null;
  });
}

/**
 * How two URIs relate: `same` list of domains, another list of the same `machine` (system and session, or another
 * socket), an`other` machine; null where that can't be known because one of them does not answer.
 */
export async function compareHosts(one: string, other: string): Promise<"same" | "machine" | "other" | null> {
  if (canonicalHost(one) === canonicalHost(other)) return "same";
  const [first, second] = await Promise.all([identityOrNull(one), identityOrNull(other)]);
  if (first === null || second === null) return null;
  if (first.uuid !== second.uuid || first.hostName !== second.hostName) return "other";
  return daemonOf(one) === daemonOf(other) ? "same" : "machine";
}

/** Which of a machine's lists of domains a URI means: each user has a session of its own. */
function daemonOf(uriText: string): string {
  const uri = parseHostUri(uriText);
  if ("failure" in uri) return uriText;
  return /\/session\b/.test(uri.virshUri) ? `${uri.virshUri} of ${uri.ssh?.user ?? ""}` : uri.virshUri;
}
