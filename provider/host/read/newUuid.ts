import { createHash } from "node:crypto";
import { valueAt } from "../../model/xml/read.ts";
import type { Connection } from "../connection/connection.ts";
import { capabilitiesOf } from "./capabilities.ts";

/**
 * The UUID that a new domain of this name gets on this host: derived from both, so that a preview can tell it. A
 * host is told by the UUID of its own in `virsh capabilities`, not by its address. Null where it is taken
 * already or the host has none: then libvirt makes one. `taken` are the UUIDs of all domains there.
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

/** Version 5 of RFC 9562: SHA-1 of a name space and a name. */
function derive(namespace: string, name: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name);
  const bytes = hash.digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
