/** Finds what stands against a volume before anything is done: for previews, and again right before it is made. */
import { HostError } from "../../errors.ts";
import { findMissingFiles } from "../../host/apply/imageFiles.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { connectionTo } from "../../host/connections.ts";
import { snapshotOf } from "../../host/read/snapshot.ts";
import { findLackingPrograms } from "../../host/storage/bring.ts";
import { poolOf, readVolume, volumeAt } from "../../host/storage/read.ts";
import { findGrowth, readGuests } from "../../host/storage/uses.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { Backing, Obstacle, PoolFacts, VolumeFacts } from "../../plan/storage/facts.ts";
import type { VolumePlan } from "../../plan/storage/volume.ts";
import { backingOf, cloneOf, imageOf } from "../../plan/storage/volume.ts";
import { whyTooSmall } from "./newVolume.ts";
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

export const told = ({ property, reason }: Obstacle) => `${property} ${reason}`;

/** The folder of a pool's volumes. */
export const folderOf = (pool: PoolFacts) => valueAt(pool.inactive, "target/path") ?? "";

/** Mistakes that only several arguments together show. */
export function findMissing(args: Arguments): Failure[] {
  const { capacity, content, format } = args;
  const failures: Failure[] = [];
  if (capacity === undefined && content === undefined)
    failures.push({ property: "capacity", reason: "is required for a volume without content" });
  if (format === "raw" && backingOf(args))
    failures.push({
      property: "format",
      reason: 'must be "qcow2" for a volume with another image below it: raw has no place for that',
    });
  const clone = cloneOf(args);
  if (clone && !hasUnknown([clone, args.pool, args.name]))
    if (clone.pool === args.pool && clone.name === args.name)
      failures.push({ property: "content", reason: "is a copy of the volume itself: name another one" });
  return failures;
}

/** Why the volume can't be used through this pool now; `null` when it can. */
export async function whyNotUsable(
  host: string,
  name: string,
  pool: PoolFacts | null,
): Promise<string | null> {
  if (pool?.isActive) return null;
  const declared = await declaredArguments(storageKinds.StoragePool, name, host);
  if (declared && declared.active !== false) return null;
  const remedy = "declare a StoragePool for it, or start it there (virsh pool-start)";
  return pool
    ? `the storage pool "${name}" is not active: ${remedy}`
    : `the host has no storage pool "${name}": ${remedy}`;
}

/** Finds what stands against a new volume. `isBehind`: its file is there, so that nothing is made. */
export async function obstaclesOfNew(
  place: Place,
  args: Arguments,
  pool: PoolFacts | null,
  isBehind: boolean,
): Promise<Obstacle[]> {
  const why = await whyNotUsable(String(args.host), place.pool, pool);
  const wrong = isBehind ? [] : await wrongContent(place, args);
  const image = imageOf(args);
  const lacking = image && !hasUnknown(image) ? await findLackingPrograms(place.connection, image) : [];
  return [
    ...(why === null ? [] : [{ property: "pool:", reason: why }]),
    ...wrong,
    ...lacking.map((program) => ({
      property: "content:",
      reason: `the host lacks ${program}, which the image needs: install it there`,
    })),
  ];
}

/** Finds what stands against the content of a new volume. @throws HostError when the host can't be asked */
export async function wrongContent(place: Place, args: Arguments): Promise<Obstacle[]> {
  const [backing, clone] = [backingOf(args), cloneOf(args)];
  const small = await whyTooSmall(place.connection, args);
  const wrong =
    backing && !hasUnknown(backing)
      ? await wrongBacking(place, args, backing)
      : clone && !hasUnknown(clone)
        ? await wrongClone(place, args, clone)
        : [];
  return [...wrong, ...(small === null ? [] : [small])];
}

const formats: Readonly<Record<string, string>> = { iso: "raw" };

async function wrongBacking(
  { connection }: Place,
  args: Arguments,
  { path, format }: Backing,
): Promise<Obstacle[]> {
  const base = await volumeAt(connection, path);
  if (!base) {
    if ((await declaredFiles(connection, String(args.host))).has(path)) return [];
    const property = "content.backing.path";
    const missing = await findMissingFiles(connection, [{ disk: null, property, path }]);
    return missing.map((line) => ({ property, reason: line.slice(property.length + 1) }));
  }
  const actual = formats[base.format] ?? base.format;
  if (actual === format) return [];
  return [
    {
      property: "content.backing.format",
      reason: `is ${format}, and ${path} is ${actual} on the host: the guest would read its disk wrongly; declare ${actual}`,
    },
  ];
}

async function wrongClone(
  { connection }: Place,
  args: Arguments,
  clone: { readonly pool: string; readonly name: string },
): Promise<Obstacle[]> {
  const property = "content.clone";
  const host = String(args.host);
  const pool = await poolOf(connection, clone.pool);
  const why = await whyNotUsable(host, clone.pool, pool);
  if (why !== null) return [{ property: `${property}.pool:`, reason: why }];
  const source = pool?.isActive ? await readVolume(connection, clone) : null;
  if (source) {
    const growth = await findGrowth(connection, source, await readGuests(connection));
    const isRunning =
      "why" in growth ? growth.why : growth.disks[0] && `the guest "${growth.disks[0].guest}" runs on it`;
    if (!isRunning) return [];
    return [
      {
        property,
        reason: `can't be copied from ${clone.pool}/${clone.name}: ${isRunning}, and writes while it would be read`,
      },
    ];
  }
  if (await declaredArguments(storageKinds.Volume, `${clone.pool}/${clone.name}`, host)) return [];
  return [
    {
      property,
      reason: `names the volume ${clone.pool}/${clone.name}, which is not on the host: name one that is there, or declare it before this one`,
    },
  ];
}

/** What stands against the growth that a plan wants, for previews. */
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
