/** Makes, grows and deletes volumes. */
import { randomBytes } from "node:crypto";
import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import { escapeAttribute, printXml } from "../../model/xml/print.ts";
import { elementsAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { VolumeFacts } from "../../plan/storage/facts.ts";
import type { LiveDisk } from "../../plan/storage/growth.ts";
import { takeLock } from "../apply/defineLock.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { inTurns } from "../process/turns.ts";
import { splitFrames } from "../read/frames.ts";
import { commandError, saysVolumeExists } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";
import type { VolumeName } from "./read.ts";
import { readVolume } from "./read.ts";
import { deleteUnused, inUse, refreshFolder } from "./usesScript.ts";

const { verbs } = objects.volume;

/** Seconds to make a volume: a clone of a large one copies all of it. */
const copySeconds = 3600;

const isThere = 76;

/**
 * Makes a volume unless anything has its name: `sh -c … sh KIND PATH URI WORD…`. libvirt follows a link that leads nowhere
 * and makes the image at its end (9.0.0). Programs that delete volumes take turns with one that makes an overlay. Other
 * volumes may take long to make.
 */
const createInTurn = `${takeLock}
kind=$1 path=$2; shift 2
[ "$kind" != overlay ] || take_lock "$1"
if [ -n "$path" ] && { [ -e "$path" ] || [ -L "$path" ]; }; then exit ${isThere}; fi
virsh -c "$@" 9<&-
`;

/**
 * Makes a volume, as a copy of `clone` if that is given.
 * @param folder Where its file will be; "" when it is no file
 * @returns whether it was made; not when a volume or file of this name is there already
 * @throws HostError when it can't be made; the pool then has no such volume
 */
export async function createVolume(
  connection: Connection,
  { pool, name }: VolumeName,
  folder: string,
  definition: XmlElement,
  clone: VolumeName | null,
  flags: readonly string[],
): Promise<boolean> {
  const from = clone ? ["--vol", clone.name, "--inputpool", clone.pool] : [];
  const words = [
    clone ? verbs.createFrom : verbs.create,
    "--pool",
    pool,
    "--file",
    "/dev/stdin",
    ...from,
    ...flags,
  ];
  const { argv, stdin = "" } = virsh(connection, words, printXml(definition));
  const how = [
    elementsAt(definition, "backingStore").length > 0 ? "overlay" : "alone",
    folder === "" ? "" : `${folder}/${name}`,
    connection.virshUri,
    ...words,
  ];
  const command: Command = {
    argv: ["sh", "-c", createInTurn, "sh", ...how],
    stdin,
    timeoutSeconds: copySeconds,
  };
  const [result] = await connection.run([command]);
  if (result?.exitCode === 0) return true;
  if (result?.exitCode === isThere || (result && saysVolumeExists(result.stderr))) return false;
  const failed = { ...(result ?? { exitCode: 1, stderr: "" }), argv };
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
  const argv = ["sh", "-c", refreshFolder, "sh", connection.virshUri, pool, folder];
  const [result] = await connection.run([{ argv }]);
  if (result?.exitCode === 0) return;
  const failed = { ...(result ?? { exitCode: 1, stderr: "" }), argv: ["virsh", "pool-refresh", pool] };
  throw commandError(`can't refresh the storage pool "${pool}"`, connection.host, failed);
}

/**
 * Grows a volume. `disks` are those of running guests that have it open: QEMU must do it then, since it sees nothing
 * of a resize beside it, or locks the image (9.0.0 to 12.8.0). Each QEMU looks for itself. The size always has its unit: a
 * bare number is bytes for one command and KiB for the other.
 * @throws HostError
 */
export async function growVolume(
  connection: Connection,
  { pool, name }: VolumeName,
  bytes: number,
  disks: readonly LiveDisk[],
): Promise<VolumeFacts> {
  const size = `${bytes}B`;
  const calls =
    disks.length === 0
      ? [[verbs.resize, "--pool", pool, "--vol", name, "--capacity", size]]
      : disks.map(({ uuid, target }) => ["blockresize", "--domain", uuid, "--path", target, "--size", size]);
  for (const words of calls)
    await runOne(connection, `can't grow the volume "${name}"`, virsh(connection, words));
  const grown = await requireVolume(connection, { pool, name });
  if (grown.capacity >= bytes) return grown;
  throw new HostError(
    `the volume "${name}" has ${grown.capacity} bytes after it was grown to ${bytes}`,
    connection.host,
    { remedy: "somebody else changed it; run it again" },
  );
}

/** An attribute's value as libvirt prints it, which escapes double quotes too. */
const asPrinted = (text: string) => escapeAttribute(text).replaceAll('"', "&quot;");

interface Deletion {
  readonly connection: Connection;
  readonly volume: VolumeFacts;
}

/** Deletes several volumes of a host under one lock, with one look at what uses them. */
const deleteTogether = inTurns(async (deletions: readonly Deletion[]) => {
  const [{ connection } = { connection: null }] = deletions;
  if (!connection) return [];
  const mark = randomBytes(16).toString("hex");
  const words = deletions.flatMap(({ volume: { pool, name, path } }) => {
    const named = `pool='${asPrinted(pool)}' volume='${asPrinted(name)}'`;
    return [pool, name, path, named];
  });
  const argv = ["sh", "-c", deleteUnused, "sh", connection.virshUri, mark, ...words];
  const [result] = await connection.run([{ argv, timeoutSeconds: 120 + 10 * deletions.length }]);
  const frames = splitFrames(result?.stdout ?? "", mark);
  return deletions.map((_, at) => {
    const [status, said] = frames[at] ?? [];
    if (status === undefined) return { exitCode: result?.exitCode || 1, stderr: result?.stderr ?? "" };
    return { exitCode: Number(status), stderr: said ?? "" };
  });
});

/** @throws HostError, also when something has begun to use the volume meanwhile */
export async function deleteVolume(connection: Connection, volume: VolumeFacts): Promise<void> {
  const { pool, name } = volume;
  const result = await deleteTogether(connection.host, { connection, volume });
  if (result.exitCode === 0) return;
  const what = `can't delete the volume "${name}" of the storage pool "${pool}"`;
  if (result.exitCode === inUse)
    throw new HostError(what, connection.host, {
      remedy: "nothing has changed; a guest or another volume has begun to use it: run it again",
    });
  throw commandError(what, connection.host, { ...result, argv: ["virsh", verbs.delete, name] });
}

export async function requireVolume(connection: Connection, volume: VolumeName): Promise<VolumeFacts> {
  const found = await readVolume(connection, volume);
  if (found) return found;
  throw new HostError(`the volume "${volume.name}" is gone right after it was written`, connection.host, {
    remedy: "somebody else removed it; run it again",
  });
}
