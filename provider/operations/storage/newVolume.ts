/** What a new volume finds on its host. */
import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { capacityOfImage, isFileThere } from "../../host/storage/image.ts";
import { readVolume, volumeAt } from "../../host/storage/read.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { hasUnknown, unknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { printBytes } from "../../model/values/units.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { Obstacle, PoolFacts } from "../../plan/storage/facts.ts";
import { backingOf, capacityOf, cloneOf } from "../../plan/storage/volume.ts";
import { declaredArguments } from "./place.ts";
import { unreachableOr } from "./shared.ts";

/**
 * Compares the declared capacity with that of the content. libvirt makes an overlay that is smaller than the image
 * below it, which cuts the guest's disk, and ignores the capacity of a copy (9.0.0 to 12.8.0).
 */
export async function whyTooSmall(connection: Connection, args: Arguments): Promise<Obstacle | null> {
  const [capacity, backing, clone] = [capacityOf(args), backingOf(args), cloneOf(args)];
  if (capacity === null) return null;
  if (backing && !hasUnknown(backing)) {
    const volume = await volumeAt(connection, backing.path);
    const below = volume?.capacity ?? (await capacityOfImage(connection, backing));
    if (below === null || capacity >= below) return null;
    return {
      property: "capacity",
      reason: `of ${printBytes(capacity)} is less than the ${printBytes(below)} of ${backing.path} below it: the guest would see a disk that is cut off`,
    };
  }
  if (!clone || hasUnknown(clone)) return null;
  const source = await unreachableOr(readVolume(connection, clone));
  if (!source || source instanceof HostError || capacity >= source.capacity) return null;
  return {
    property: "capacity",
    reason: `of ${printBytes(capacity)} is less than the ${printBytes(source.capacity)} of ${clone.pool}/${clone.name}, of which it is a copy, and nothing is ever shrunk: declare at least that`,
  };
}

/**
 * The path of a file that has the volume's name already: in the folder of a pool that is not active yet, what an earlier
 * stack left there, taken over when the pool starts; in an active one, what somebody put there and libvirt has not
 * looked at. `null` where none is known.
 */
export async function fileOfNew(
  connection: Connection,
  { host, pool: poolName, name }: Arguments,
  pool: PoolFacts | null,
): Promise<string | null> {
  const declared = await declaredArguments(storageKinds.StoragePool, String(poolName), String(host));
  const folder = declared?.path ?? (pool ? valueAt(pool.inactive, "target/path") : undefined);
  if (folder === undefined || folder === unknown) return null;
  const path = `${folder}/${name}`;
  return (await isFileThere(connection, path)) ? path : null;
}
