/** Finds reasons why a volume can't be made or grown. Previews ask, and `up` asks again before it makes the volume. */
import { HostError } from "../../errors.ts";
import { findMissingFiles } from "../../host/apply/imageFiles.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { connectionTo } from "../../host/connections.ts";
import { snapshotOf } from "../../host/read/snapshot.ts";
import { capacityOfImage, isFileThere } from "../../host/storage/image.ts";
import { findLackingPrograms } from "../../host/storage/images/bring.ts";
import { isSent, localFile, whyNotReadable } from "../../host/storage/images/client.ts";
import { poolOf, readVolume, volumeAt } from "../../host/storage/read.ts";
import { findGrowth, readGuests } from "../../host/storage/uses.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { printBytes } from "../../model/values/units.ts";
import type { Backing, Obstacle, PoolFacts, VolumeFacts } from "../../plan/storage/facts.ts";
import { wrongOptions } from "../../plan/storage/options.ts";
import { declaredFolderOf, folderOf, typeInUse, typeNameOf } from "../../plan/storage/pool.ts";
import { wrongForType } from "../../plan/storage/poolVolumes.ts";
import type { VolumePlan } from "../../plan/storage/volume.ts";
import { backingOf, capacityOf, cloneOf, formatForQemu, imageOf } from "../../plan/storage/volume.ts";
import type { LastApplied } from "../remembered.ts";
import { declaredArguments, declaredFiles } from "./place.ts";
import { unreachableOr } from "./shared.ts";

/** The host's side of a volume. */
export interface Place {
  readonly connection: Connection;
  readonly pool: string;
  readonly name: string;
}

export const placeOf = (args: Arguments): Place => ({
  connection: connectionTo(String(args.host)),
  pool: String(args.pool),
  name: String(args.name),
});

/** Mistakes that only several arguments together show. */
export function findMissing(args: Arguments): Failure[] {
  const { capacity, content, format } = args;
  const failures = wrongOptions(args);
  if (capacity === undefined && content === undefined)
    failures.push({ property: "capacity", reason: "is required for a volume without content" });
  if (format === "raw" && backingOf(args))
    failures.push({
      property: "format",
      reason: 'must be "qcow2" for a volume with another image below it: raw has no place for that',
    });
  if (imageOf(args)?.file !== undefined && imageOf(args)?.fetch !== undefined)
    failures.push({
      property: "content.image.fetch",
      reason: "is for a URL: the program's machine sends a `file`",
    });
  const clone = cloneOf(args);
  if (clone && !hasUnknown([clone, args.pool, args.name]))
    if (clone.pool === args.pool && clone.name === args.name)
      failures.push({ property: "content", reason: "is a copy of the volume itself: name another one" });
  return failures;
}

/**
 * Whether only this host uses the volume's pool: as the program says now; if it does not declare the pool, as it said when
 * the volume was last applied. A removal of the whole stack runs no program.
 */
export async function isExclusive(args: Arguments, last: LastApplied): Promise<boolean> {
  const declared = await declaredArguments(storageKinds.StoragePool, String(args.pool), String(args.host));
  return declared ? declared.exclusive === true : (last.isExclusive ?? false);
}

/** Whether a volume can be used through its pool. `not yet`: the program makes or starts the pool before the volume. */
type Usability = "usable" | "not yet" | "declared off" | "missing";

export async function usabilityOf(host: string, name: string, pool: PoolFacts | null): Promise<Usability> {
  const declared = await declaredArguments(storageKinds.StoragePool, name, host);
  if (declared?.active === false) return "declared off";
  if (pool?.isActive) return "usable";
  return declared ? "not yet" : "missing";
}

/** Why a volume can't be used through a pool that is not usable. */
export function whyNotUsable(name: string, pool: PoolFacts | null, usability: Usability): string {
  if (usability === "declared off")
    return `the program declares the storage pool "${name}" with active: false, and only an active pool has volumes: set active to true`;
  if (usability === "not yet") return "its pool is not active yet";
  const remedy = "declare a StoragePool for it, or start it there (virsh pool-start)";
  return pool
    ? `the storage pool "${name}" is not active: ${remedy}`
    : `the host has no storage pool "${name}": ${remedy}`;
}

/** Why a volume can't be used now, nor once the program has made its pool; `null` when it can. */
async function whyNeverUsable(host: string, name: string, pool: PoolFacts | null): Promise<string | null> {
  const usability = await usabilityOf(host, name, pool);
  return usability === "usable" || usability === "not yet" ? null : whyNotUsable(name, pool, usability);
}

/**
 * Finds reasons why a new volume can't be made.
 * @param isBehind Whether a file of its name is there, which is taken over: then its content is not asked about
 */
export async function obstaclesOfNew(
  place: Place,
  args: Arguments,
  pool: PoolFacts | null,
  isBehind: boolean,
): Promise<Obstacle[]> {
  const why = await whyNeverUsable(String(args.host), place.pool, pool);
  const declared = await declaredArguments(storageKinds.StoragePool, place.pool, String(args.host));
  const type = pool ? typeInUse(pool) : declared && typeNameOf(declared);
  const misfits = isBehind || type === null ? [] : wrongForType(type, args);
  const wrong = isBehind ? [] : await wrongContent(place, args);
  const image = imageOf(args);
  const path = image && isSent(image) ? localFile(image) : null;
  const unreadable = isBehind || path === null || hasUnknown(path) ? null : await whyNotReadable(path);
  const lacking = image && !hasUnknown(image) ? await findLackingPrograms(place.connection, image) : [];
  return [
    ...(why === null ? [] : [{ property: "pool:", reason: why }]),
    ...misfits,
    ...wrong,
    ...(unreadable === null ? [] : [{ property: "content.image:", reason: unreadable }]),
    ...lacking.map((program) => ({
      property: "content:",
      reason: `the host lacks ${program}, which the image needs: install it there`,
    })),
  ];
}

/** Finds reasons why a new volume can't have its content. @throws HostError when the host can't be asked */
export async function wrongContent(place: Place, args: Arguments): Promise<Obstacle[]> {
  const [backing, clone] = [backingOf(args), cloneOf(args)];
  if (backing && !hasUnknown(backing)) return wrongBacking(place, args, backing);
  return clone && !hasUnknown(clone) ? wrongClone(place, args, clone) : [];
}

async function wrongBacking({ connection }: Place, args: Arguments, backing: Backing): Promise<Obstacle[]> {
  const { path, format } = backing;
  const base = await volumeAt(connection, path);
  const isSized = capacityOf(args) !== null;
  const least = base ? base.capacity : isSized ? await capacityOfImage(connection, backing) : null;
  const small = tooSmall(args, least, `${path} below it: the guest would see a disk that is cut off`);
  if (!base) {
    if ((await declaredFiles(connection, String(args.host), [path])).has(path)) return small;
    const property = "content.backing.path";
    const missing = await findMissingFiles(connection, [{ disk: null, property, path }]);
    return [...missing.map((line) => ({ property, reason: line.slice(property.length + 1) })), ...small];
  }
  const actual = formatForQemu(base);
  if (actual === format) return small;
  return [
    {
      property: "content.backing.format",
      reason: `is ${format}, and ${path} is ${actual} on the host: the guest would read its disk wrongly; declare ${actual}`,
    },
    ...small,
  ];
}

async function wrongClone(
  { connection }: Place,
  args: Arguments,
  clone: { readonly pool: string; readonly name: string },
): Promise<Obstacle[]> {
  const property = "content.clone";
  const label = `${clone.pool}/${clone.name}`;
  const host = String(args.host);
  const pool = await poolOf(connection, clone.pool);
  const why = await whyNeverUsable(host, clone.pool, pool);
  if (why !== null) return [{ property: `${property}.pool:`, reason: why }];
  const source = pool?.isActive ? await readVolume(connection, clone) : null;
  if (source) {
    const growth = await findGrowth(connection, source, await readGuests(connection));
    const isRunning =
      "why" in growth ? growth.why : growth.disks[0] && `the guest "${growth.disks[0].guest}" runs on it`;
    const reason = `can't be copied from ${label}: ${isRunning}, and writes while it would be read`;
    const small = tooSmall(
      args,
      source.capacity,
      `${label}, of which it is a copy, and nothing is ever shrunk: declare at least that`,
    );
    return [...(isRunning ? [{ property, reason }] : []), ...small];
  }
  if (await declaredArguments(storageKinds.Volume, label, host)) return [];
  return [
    {
      property,
      reason: `names the volume ${label}, which is not on the host: name one that is there, or declare it before this one`,
    },
  ];
}

/**
 * Compares the declared capacity with that of the content; `null` when that is not known. libvirt makes an overlay that is
 * smaller than the image below it, and ignores the capacity of a copy (9.0.0 to 12.8.0).
 */
function tooSmall(args: Arguments, least: number | null, of: string): Obstacle[] {
  const capacity = capacityOf(args);
  if (capacity === null || least === null || capacity >= least) return [];
  const reason = `of ${printBytes(capacity)} is less than the ${printBytes(least)} of ${of}`;
  return [{ property: "capacity", reason }];
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
  const folder = declared ? declaredFolderOf(declared) : pool && folderOf(pool);
  if (!folder) return null;
  const path = `${folder}/${name}`;
  return (await isFileThere(connection, path)) ? path : null;
}

/** Finds reasons why a volume can't grow as its plan wants, for previews. */
export async function whyNotLarger(
  connection: Connection,
  { growTo }: VolumePlan,
  volume: VolumeFacts,
): Promise<Obstacle[]> {
  if (growTo === null) return [];
  const growth = await unreachableOr(
    snapshotOf(connection).then((snapshot) => findGrowth(connection, volume, snapshot)),
  );
  if (growth instanceof HostError || !("why" in growth)) return [];
  return [{ property: "capacity", reason: `can't grow: ${growth.why}` }];
}
