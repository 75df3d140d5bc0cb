/** Copies a volume into the folder of a pool. The copy has a name of its own until it is whole, as images have. */
import { randomBytes } from "node:crypto";
import { printXml } from "../../../model/xml/print.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import type { VolumeFacts } from "../../../plan/storage/facts.ts";
import { formatForQemu } from "../../../plan/storage/volume.ts";
import type { Connection } from "../../connection/connection.ts";
import { isMade, runScript } from "./run.ts";
import { copyScript } from "./scripts.ts";
import type { NewImage, PartOfImage } from "./task.ts";

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
  const id = randomBytes(8).toString("hex");
  const task: PartOfImage = { ...wanted, connection, id };
  const words = [source.path, formatForQemu(source), source.pool, source.name];
  const stdin = printXml(definitionOf(`.pulumi-virsh-${id}.part`));
  const made = await runScript(task, copyScript, words, { stdin });
  const what = `can't copy the volume "${source.name}" to "${wanted.name}"`;
  return isMade(task, what, made, null, ["qemu-img", "convert", source.path]);
}
