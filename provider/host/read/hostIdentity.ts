import { HostError } from "../../errors.ts";
import { parseHostUri } from "../connection/uri.ts";
import { canonicalHost, connectionTo } from "../connections.ts";
import type { HostIdentity } from "./answer.ts";
import { snapshotOrFailure } from "./snapshot.ts";

/** The host's identity; null when the host does not answer or libvirt does not report it. */
async function identityOf(uriText: string): Promise<HostIdentity | null> {
  const snapshot = await snapshotOrFailure(connectionTo(uriText));
  return snapshot instanceof HostError ? null : snapshot.identity;
}

/**
 * Compares two URIs: `same` for the same list of domains, `machine` for another list of the same machine (system and
 * session, or another socket), `other` for another machine. Null when the identity of one of them is unknown.
 */
export async function compareHosts(one: string, other: string): Promise<"same" | "machine" | "other" | null> {
  if (canonicalHost(one) === canonicalHost(other)) return "same";
  const [first, second] = await Promise.all([identityOf(one), identityOf(other)]);
  if (first === null || second === null) return null;
  if (first.uuid !== second.uuid || first.hostName !== second.hostName) return "other";
  return daemonOf(one) === daemonOf(other) ? "same" : "machine";
}

/** Names the list of domains on a machine that a URI means: each user has a separate session. */
function daemonOf(uriText: string): string {
  const uri = parseHostUri(uriText);
  if ("failure" in uri) return uriText;
  return /\/session\b/.test(uri.virshUri) ? `${uri.virshUri} of ${uri.ssh?.user ?? ""}` : uri.virshUri;
}
