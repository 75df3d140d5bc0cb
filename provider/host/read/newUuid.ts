import { createHash } from "node:crypto";
import { valueAt } from "../../model/xml/read.ts";
import type { Connection } from "../connection/connection.ts";
import { capabilitiesOf } from "./capabilities.ts";

/**
 * The UUID that a new domain of this name gets on this host. It is derived from the name and from the host's UUID in
 * `virsh capabilities`, so that a preview can show it. Null when another domain has it already or the host has no UUID:
 * then libvirt generates one.
 * @param taken UUIDs of all domains on the host.
 */
export async function newUuidOf(
  connection: Connection,
  name: string,
  taken: ReadonlySet<string>,
): Promise<string | null> {
  const capabilities = await capabilitiesOf(connection);
  const host = capabilities && valueAt(capabilities, "host/uuid");
  if (!host) return null;
  const uuid = derive(host, name);
  return taken.has(uuid) ? null : uuid;
}

/** A version 5 UUID of RFC 9562: SHA-1 of a namespace and a name. */
function derive(namespace: string, name: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name);
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
