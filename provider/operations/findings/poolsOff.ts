/** Finds the storage pools of a resource's disks that do not start with their host, for lint L12. */
import { HostError } from "../../errors.ts";
import type { HostSnapshot } from "../../host/read/read.ts";
import { poolOf } from "../../host/storage/read.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { elementsAt, valueAt } from "../../model/xml/read.ts";
import { wantedState } from "../../plan/storage/pool.ts";
import type { Look } from "../look.ts";
import { declaredArguments } from "../storage/place.ts";

const known = new WeakMap<HostSnapshot, Set<string>>();

/** The pools that do not start with the host, of those that were asked about. */
export function poolsOffOf(snapshot: HostSnapshot): ReadonlySet<string> {
  const found = known.get(snapshot) ?? new Set();
  known.set(snapshot, found);
  return found;
}

/** Asks about the pools that a declaration names. What can't be read counts as fine. */
export async function askPools(look: Look): Promise<void> {
  const off = known.get(look.snapshot) ?? new Set();
  known.set(look.snapshot, off);
  const pools = elementsAt(look.declared, "devices/disk").flatMap(
    (disk) => valueAt(disk, "source/@pool") ?? [],
  );
  for (const pool of new Set(pools)) if (await isOff(look, pool)) off.add(pool);
}

async function isOff({ connection, args }: Look, pool: string): Promise<boolean> {
  try {
    const declared = await declaredArguments(storageKinds.StoragePool, pool, String(args.host));
    if (declared) return !wantedState(declared, "autostart");
    return (await poolOf(connection, pool))?.isAutostarted === false;
  } catch (error) {
    if (error instanceof HostError) return false;
    throw error;
  }
}
