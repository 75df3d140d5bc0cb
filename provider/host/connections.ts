import { HostError } from "../errors.ts";
import type { Connection } from "./connection/connection.ts";
import { interruptible } from "./connection/interruption.ts";
import { localConnection } from "./connection/local.ts";
import { parseHostUri } from "./connection/uri.ts";
import { sshConnection } from "./ssh/connection.ts";

const connections = new Map<string, Connection>();

/** The one connection of this process to a host. @throws HostError for a URI that can't be used. */
export function connectionTo(uriText: string): Connection {
  const uri = parseHostUri(uriText);
  if ("failure" in uri)
    throw new HostError(`host ${uri.failure}`, withoutCredentials(uriText), { code: "settingUnusable" });
  const found = connections.get(uri.canonical);
  if (found) return found;
  const made = interruptible(uri.ssh ? sshConnection(uri) : localConnection(uri.virshUri, uri.canonical));
  connections.set(uri.canonical, made);
  return made;
}

/** Identity of a host, for ids and for telling a new host from new credentials. */
export function canonicalHost(uriText: string): string {
  const uri = parseHostUri(uriText);
  return "failure" in uri ? withoutCredentials(uriText) : uri.canonical;
}

/** A URI that can't be read may hold a password all the same. */
function withoutCredentials(uriText: string): string {
  return uriText.replace(/\/\/[^/]*@/, "//").replace(/\?.*$/s, "");
}

export async function closeConnections(): Promise<void> {
  await Promise.allSettled([...connections.values()].map((each) => each.close()));
  connections.clear();
}
