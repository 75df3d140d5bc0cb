/** Lists the pools and volumes of a host. */
import { objects } from "../../model/objects.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { PoolFacts, VolumeFacts } from "../../plan/storage/facts.ts";
import type { Connection } from "../connection/connection.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";
import { asking, roomForVolumes, volumeXmls } from "./asking.ts";
import { parseAnswer, requireFolder, volumeIn } from "./read.ts";

/** Names of all pools, sorted. @throws HostError */
export async function listPoolNames(connection: Connection): Promise<string[]> {
  const command = virsh(connection, ["pool-list", "--all", "--name"]);
  const { stdout } = await runOne(connection, "can't list the storage pools", command);
  // virsh fills each name up with blanks (9.0.0).
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((name) => name !== "")
    .toSorted((a, b) => a.localeCompare(b, "en"));
}

/** Prints the volumes of a pool: `sh -c … sh URI POOL`. */
const askVolumes = `${asking}
uri=$1
volumes_of "$2" && printf '\nall-told\n'
`;

/** All volumes of an active pool. @throws HostError */
export async function listVolumes(connection: Connection, pool: PoolFacts): Promise<VolumeFacts[]> {
  const what = `can't list the volumes of the storage pool "${pool.name}"`;
  const argv = ["sh", "-c", askVolumes, "sh", connection.virshUri, pool.uuid];
  const [result] = await connection.run([{ argv, timeoutSeconds: 120, allowance: roomForVolumes }], {
    isRead: true,
  });
  if (result?.exitCode !== 0)
    throw commandError(what, connection.host, result ?? { argv, exitCode: 1, stderr: "" });
  if (!/\nall-told\n$/.test(result.stdout)) throw answerError(what, connection.host, result, "no end");
  const found = volumesIn(connection, what, pool.name, result.stdout);
  if (found.length === 0) await requireFolder(connection, what, pool.name);
  return found;
}

function volumesIn(connection: Connection, what: string, pool: string, text: string): VolumeFacts[] {
  return volumeXmls(text).map((xml) => {
    const tree = parseAnswer(connection, what, xml, objects.volume.root);
    return volumeIn(tree, { pool, name: valueAt(tree, "name") ?? "" });
  });
}
