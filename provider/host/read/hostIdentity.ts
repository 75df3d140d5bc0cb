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

/**
 * Whether two URIs lead to the same list of domains, or to lists that share this domain. URIs of one machine can name
 * one daemon in ways that can't be compared, such as by the user of ~/.ssh/config: then both lists hold the domain.
 * Null when a host does not answer or does not say which machine it is.
 * @param uuid Of the domain. Default: that of the domain with this name on the first host.
 */
export async function isSameDomain(
  [one, other]: readonly [string, string],
  name: string,
  uuid?: string,
): Promise<boolean | null> {
  const relation = await compareHosts(one, other);
  if (relation !== "machine") return relation && relation === "same";
  const [mine, theirs] = await Promise.all([one, other].map((uri) => snapshotOrFailure(connectionTo(uri))));
  if (!mine || !theirs || mine instanceof HostError || theirs instanceof HostError) return null;
  const known = uuid ?? mine.domains.get(name)?.uuid;
  return known !== undefined && [...theirs.domains.values()].some((each) => each.uuid === known);
}

/**
 * Names the list of domains on a machine that a URI means. Each user has a separate session, but root's is the system
 * daemon.
 */
function daemonOf(uriText: string): string {
  const uri = parseHostUri(uriText);
  if ("failure" in uri) return uriText;
  const { daemon, ssh } = uri;
  if (!/\/session\b/.test(daemon)) return daemon;
  const user = ssh?.user ?? "";
  return user === "root" ? daemon.replace(/\/session\b/, "/system") : `${daemon} of ${user}`;
}
