/** Finds the guests that have disks in a pool. */
import { treesOf } from "../../plan/situation/situation.ts";
import type { PoolFacts } from "../../plan/storage/facts.ts";
import { namesPool, pathsIn } from "../../plan/storage/uses.ts";
import type { Connection } from "../connection/connection.ts";
import { commandError } from "../virsh/errors.ts";
import { readGuests } from "./uses.ts";
import { askVolumesAmong } from "./usesScript.ts";

/**
 * Names the guests, running or off, that name the pool for a disk; if its volumes go when it stops, also those that name the
 * file or device of a volume, and those that can't be read.
 * @throws HostError when the host can't tell
 */
export async function findPoolUsers(
  connection: Connection,
  pool: PoolFacts,
  stopTakesVolumes: boolean,
): Promise<string[]> {
  const { domains, busy } = await readGuests(connection);
  const guests = [...domains.values()].map((domain) => {
    const { inactive, live } = treesOf(domain);
    return { name: domain.name, trees: live ? [inactive, live] : [inactive] };
  });
  const isAsked = stopTakesVolumes && pool.isActive;
  const paths = isAsked ? [...new Set(guests.flatMap(({ trees }) => trees.flatMap(pathsIn)))] : [];
  const volumes = await volumesAmong(connection, pool, paths);
  const users = guests.filter(({ trees }) =>
    trees.some((tree) => namesPool(tree, pool.name) || pathsIn(tree).some((path) => volumes.has(path))),
  );
  return [...users.map(({ name }) => name), ...(isAsked ? busy.keys() : [])];
}

/** Those of the paths that lead to a volume of the pool, by whatever link. */
async function volumesAmong(
  connection: Connection,
  { name, uuid }: PoolFacts,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const argv = ["sh", "-c", askVolumesAmong, "sh", connection.virshUri, uuid, ...paths];
  const [result] = await connection.run([{ argv, timeoutSeconds: 120 }], { isRead: true });
  if (result?.exitCode !== 0)
    throw commandError(
      `can't tell what uses the storage pool "${name}"`,
      connection.host,
      result ?? { argv, exitCode: 1, stderr: "" },
    );
  const among = (result.stdout.match(/\d+/g) ?? []).map(Number);
  return new Set(paths.filter((_, at) => among.includes(at)));
}
