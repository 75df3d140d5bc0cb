/** Makes, grows and deletes volumes. */
import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import { printXml } from "../../model/xml/print.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { VolumeFacts } from "../../plan/storage/facts.ts";
import type { LiveDisk } from "../../plan/storage/uses.ts";
import { takeLock } from "../apply/defineLock.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { commandError, saysVolumeExists } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";
import type { VolumeName } from "./read.ts";
import { readVolume } from "./read.ts";

const { verbs } = objects.volume;

/** Seconds to make a volume: a clone of a large one copies all of it. */
const copySeconds = 3600;

/**
 * Makes a volume, as a copy of `clone` if that is given.
 * @returns `null` when a volume or file of this name is there already; then nothing has changed
 * @throws HostError when it can't be made; the pool then has no such volume
 */
export async function createVolume(
  connection: Connection,
  { pool, name }: VolumeName,
  definition: XmlElement,
  clone: VolumeName | null,
): Promise<VolumeFacts | null> {
  const from = clone ? ["--vol", clone.name, "--inputpool", clone.pool] : [];
  const words = [clone ? verbs.createFrom : verbs.create, "--pool", pool, "--file", "/dev/stdin", ...from];
  const command: Command = {
    ...virsh(connection, words, printXml(definition)),
    timeoutSeconds: copySeconds,
  };
  const [result] = await connection.run([command]);
  if (result?.exitCode === 0) return requireVolume(connection, { pool, name });
  if (result && saysVolumeExists(result.stderr)) return null;
  const failed = result ?? { argv: command.argv, exitCode: 1, stderr: "" };
  throw commandError(
    `can't create the volume "${name}" in the storage pool "${pool}"`,
    connection.host,
    failed,
  );
}

/**
 * Looks through the folder of a pool again, for files that somebody else put there. libvirt deactivates a pool whose
 * folder is gone when it is refreshed (9.0.0 to 12.8.0), so look for the folder first.
 */
export async function refreshPool(connection: Connection, pool: string, folder: string): Promise<void> {
  const commands = [{ argv: ["test", "-d", folder] }, virsh(connection, ["pool-refresh", "--pool", pool])];
  const results = await connection.run(commands);
  const failed = results.find(({ exitCode }) => exitCode !== 0);
  if (failed) throw commandError(`can't refresh the storage pool "${pool}"`, connection.host, failed);
}

/**
 * Grows a volume. `disk` is the disk of the running guest that has it open: QEMU must do it then, since it sees nothing
 * of a resize beside it, or locks the image (9.0.0 to 12.8.0). The size always has its unit: a bare number is bytes for
 * one command and KiB for the other.
 * @throws HostError
 */
export async function growVolume(
  connection: Connection,
  { pool, name }: VolumeName,
  bytes: number,
  disk: LiveDisk | null,
): Promise<VolumeFacts> {
  const size = `${bytes}B`;
  const words = disk
    ? ["blockresize", "--domain", disk.uuid, "--path", disk.target, "--size", size]
    : [verbs.resize, "--pool", pool, "--vol", name, "--capacity", size];
  await runOne(connection, `can't grow the volume "${name}"`, virsh(connection, words));
  const grown = await requireVolume(connection, { pool, name });
  if (grown.capacity >= bytes) return grown;
  throw new HostError(
    `the volume "${name}" has ${grown.capacity} bytes after it was grown to ${bytes}`,
    connection.host,
    { remedy: "somebody else changed it; run it again" },
  );
}

const inUse = 75;

/**
 * Deletes a volume unless the XML of a domain names its path: `sh -c … sh URI POOL NAME PATTERN`. Programs that define
 * domains take turns with this one, so none can begin to use the volume between the look and the deletion.
 */
const deleteUnused = `${takeLock}
ask() { virsh -c "$@" </dev/null 9<&-; }
take_lock "$1"
ids=$(ask "$1" list --all --uuid) || exit
for id in $ids; do
  { ask "$1" dumpxml --inactive "$id"; ask "$1" dumpxml "$id"; } 2>/dev/null | grep -qF -e "$4" && exit ${inUse}
done
ask "$1" ${verbs.delete} --pool "$2" --vol "$3"
`;

/** @throws HostError, also when a guest has begun to use the volume meanwhile */
export async function deleteVolume(connection: Connection, { pool, name, path }: VolumeFacts): Promise<void> {
  const written = path.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("'", "&apos;");
  const argv = ["sh", "-c", deleteUnused, "sh", connection.virshUri, pool, name, written];
  const [result] = await connection.run([{ argv }]);
  if (result?.exitCode === 0) return;
  const what = `can't delete the volume "${name}" of the storage pool "${pool}"`;
  if (result?.exitCode === inUse)
    throw new HostError(what, connection.host, {
      remedy: "nothing has changed; a guest has it by now",
    });
  const shown = ["virsh", verbs.delete, name];
  throw commandError(what, connection.host, { ...(result ?? { exitCode: 1, stderr: "" }), argv: shown });
}

async function requireVolume(connection: Connection, volume: VolumeName): Promise<VolumeFacts> {
  const found = await readVolume(connection, volume);
  if (found) return found;
  throw new HostError(`the volume "${volume.name}" is gone right after it was written`, connection.host, {
    remedy: "somebody else removed it; run it again",
  });
}
