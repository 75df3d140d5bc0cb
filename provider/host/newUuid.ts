import { createHash } from "node:crypto";
import { parseXml } from "../model/xml/parse.ts";
import { valueAt } from "../model/xml/read.ts";
import type { Connection } from "./connection.ts";
import { virsh } from "./virsh.ts";

/**
 * The UUID that a new domain of this name gets on this host: derived from both, so that a preview can tell it. A
 * host is told by the UUID of its own in `virsh capabilities`, not by its address. Null where it is taken
 * already or the host has none: then libvirt makes one.
 */
export async function newUuidOf(connection: Connection, name: string): Promise<string | null> {
  const [capabilities] = await connection.run([virsh(connection, ["capabilities"])]);
  const host = capabilities?.exitCode === 0 ? valueAt(parseXml(capabilities.stdout.trim()), "host/uuid") : "";
  if (!host) return null;
  const uuid = derive(host, name);
  const [taken] = await connection.run([virsh(connection, ["domname", uuid])]);
  return taken?.exitCode === 0 ? null : uuid;
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
