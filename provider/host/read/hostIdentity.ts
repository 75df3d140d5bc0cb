import { HostError } from "../../errors.ts";
import { parseHostUri } from "../connection/uri.ts";
import { canonicalHost, connectionTo } from "../connections.ts";
import type { HostIdentity } from "./answer.ts";
import { snapshotOrFailure } from "./snapshot.ts";

/** Null where it can't be known now: the host does not answer, or libvirt does not tell it. */
async function identityOf(uriText: string): Promise<HostIdentity | null> {
  const snapshot = await snapshotOrFailure(connectionTo(uriText));
  return snapshot instanceof HostError ? null : snapshot.identity;
}

/**
 * How two URIs relate: `same` list of domains, another list of the same `machine` (system and session, or another
 * socket), an`other` machine; null where that can't be known because one of them does not answer.
 */
export async function compareHosts(one: string, other: string): Promise<"same" | "machine" | "other" | null> {
  if (canonicalHost(one) === canonicalHost(other)) return "same";
  const [first, second] = await Promise.all([identityOf(one), identityOf(other)]);
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
