/** Copies a volume into the folder of a pool. The copy has a name of its own until it is whole, as images have. */
import { randomBytes } from "node:crypto";
import { printXml } from "../../../model/xml/print.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import type { VolumeFacts } from "../../../plan/storage/facts.ts";
import { formatForQemu } from "../../../plan/storage/volume.ts";
import type { Connection } from "../../connection/connection.ts";
import { commandError } from "../../virsh/errors.ts";
import { placeImage } from "./place.ts";
import { copyScript, nameTaken } from "./scripts.ts";
import type { NewImage } from "./task.ts";

/** Most seconds that a copy may take. */
const copySeconds = 6 * 3600;

/**
 * @param definitionOf The definition of the new volume, under another name
 * @returns false when something has the name already; then nothing has changed
 * @throws HostError; then nothing of it is left on the host
 */
export async function copyVolume(
  connection: Connection,
  wanted: NewImage,
  source: VolumeFacts,
  definitionOf: (name: string) => XmlElement,
): Promise<boolean> {
  const { pool, folder, name, format } = wanted;
  const id = randomBytes(8).toString("hex");
  const what = `can't copy the volume "${source.name}" to "${name}"`;
  const from = [source.path, formatForQemu(source), connection.virshUri, pool, source.pool, source.name];
  const argv = ["sh", "-c", copyScript, "sh", folder, name, id, format, ...from];
  const stdin = printXml(definitionOf(`.pulumi-virsh-${id}.part`));
  const [result] = await connection.run([{ argv, stdin, timeoutSeconds: copySeconds }]);
  if (result?.exitCode === nameTaken) return false;
  if (result?.exitCode !== 0)
    throw commandError(what, connection.host, {
      argv: ["qemu-img", "convert", source.path],
      exitCode: result?.exitCode ?? 1,
      stderr: result?.stderr ?? "",
    });
  return placeImage(connection, { ...wanted, id }, what);
}
