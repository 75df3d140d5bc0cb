/** Makes volumes, and brings them to what is declared. */
import { HostError, mayHaveActed, PartialFailure } from "../../errors.ts";
import { interruptedBy } from "../../host/connection/interruption.ts";
import { bringImage } from "../../host/storage/images/bring.ts";
import { copyVolume } from "../../host/storage/images/copy.ts";
import { readPool, readVolume } from "../../host/storage/read.ts";
import { findGrowth, readGuests } from "../../host/storage/uses.ts";
import { createVolume, growVolume, refreshPool, requireVolume } from "../../host/storage/volume.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { isOfFiles } from "../../model/elements/storage/poolTypes.ts";
import { printBytes } from "../../model/values/units.ts";
import type { PoolFacts, VolumeFacts } from "../../plan/storage/facts.ts";
import { folderInUse, typeInUse } from "../../plan/storage/pool.ts";
import { wrongForType } from "../../plan/storage/poolVolumes.ts";
import type { Show } from "../../plan/storage/progress.ts";
import type { VolumePlan } from "../../plan/storage/volume.ts";
import {
  capacityOf,
  cloneOf,
  definitionOf,
  formatOf,
  imageOf,
  makingFlags,
  planVolume,
} from "../../plan/storage/volume.ts";
import type { Made } from "../resource.ts";
import { idOf, nameOf } from "./place.ts";
import { refuse, unreachableOr } from "./shared.ts";
import type { Place } from "./volumeChecks.ts";
import { wrongContent } from "./volumeChecks.ts";

const kind = storageKinds.Volume;

export const outputsOf = (args: Arguments, { path }: VolumeFacts, isOurs: boolean): Arguments => ({
  ...args,
  path,
  isOurs,
});

export const isTakenOver =
  "and is taken over with what it holds; removing the resource leaves it on the host";

/** A volume that is there and is not known to the state yet. */
export function takenOver(label: string, { capacity }: VolumeFacts): string {
  return `${label}: the volume is there already (${printBytes(capacity)}) ${isTakenOver}`;
}

/** Makes a volume, or takes over the one that is there. @throws HostError or PartialFailure */
export async function createInPool(place: Place, args: Arguments, show: Show): Promise<Made> {
  const { connection } = place;
  const label = nameOf(kind, args);
  const id = idOf(kind, args);
  const { pool, volume: found } = await requirePlace(place);
  let there = found;
  const made = there ? null : await make(place, args, pool, show);
  if (made) return { id, outputs: outputsOf(args, made, true), notes: [] };
  there ??= await readVolume(connection, place);
  if (!there)
    throw new HostError(`can't create the volume ${label}`, connection.host, {
      stderr: "libvirt says that it is there, and does not list it",
      remedy: "nothing has changed; look at what has this name in the pool's folder",
    });
  const { volume } = await applyToVolume(place, null, args, there).catch((error: unknown) => {
    if (!mayHaveActed(error)) throw error;
    throw new PartialFailure(id, error as Error, { ...args, isOurs: false });
  });
  return { id, outputs: outputsOf(args, volume, false), notes: [takenOver(label, there)] };
}

/** Brings a volume that is there to what is declared. */
export async function applyToVolume(
  place: Place,
  recorded: Arguments | null,
  args: Arguments,
  volume: VolumeFacts,
): Promise<{ readonly volume: VolumeFacts; readonly plan: VolumePlan }> {
  const plan = planVolume(recorded, args, volume);
  const what = `the volume ${nameOf(kind, args)} can't be as declared`;
  refuse(place.connection, what, plan.obstacles);
  if (plan.growTo === null) return { volume, plan };
  const growth = await findGrowth(place.connection, volume, await readGuests(place.connection));
  if ("why" in growth)
    refuse(place.connection, what, [{ property: "capacity", reason: `can't grow: ${growth.why}` }]);
  const disks = "disks" in growth ? growth.disks : [];
  return { volume: await growVolume(place.connection, place, plan.growTo, disks), plan };
}

/** Makes the volume; `null` when one of this name is there by now. */
async function make(place: Place, args: Arguments, pool: PoolFacts, show: Show): Promise<VolumeFacts | null> {
  const { connection } = place;
  const folder = folderInUse(pool);
  const type = typeInUse(pool);
  const isFile = isOfFiles(type);
  const what = `the volume ${nameOf(kind, args)} can't be as declared`;
  refuse(connection, what, wrongForType(type, args));
  refuse(connection, what, await wrongContent(place, args));
  const image = imageOf(args);
  const wanted = {
    pool: place.pool,
    folder,
    name: place.name,
    format: formatOf(args, isFile),
    capacity: capacityOf(args),
  };
  const source = await sourceOf(place, args, pool);
  const making = image
    ? bringImage(connection, wanted, image, show)
    : source
      ? copyVolume(connection, wanted, source, (name) => definitionOf(kind, { ...args, name }, isFile))
      : createVolume(
          connection,
          place,
          folder,
          definitionOf(kind, args, isFile),
          cloneOf(args),
          makingFlags(args),
        );
  const isMade = await making.catch(async (error: unknown) => {
    throw mayHaveActed(error) ? await whatIsMade(place, args, folder, error as Error) : error;
  });
  if (!isMade) {
    await refreshPool(connection, place.pool, folder);
    return null;
  }
  return asOurs(args, async () => {
    if (image || source) await refreshPool(connection, place.pool, folder);
    const made = await requireVolume(connection, place);
    // libvirt ignores the capacity of a copy (9.0.0 to 12.8.0), and an image has its own, so both are grown then.
    const { growTo } = planVolume(args, args, made);
    return growTo === null ? made : growVolume(connection, place, growTo, []);
  });
}

/** The volume to copy, if it and the copy are files; `null` where there is none, or libvirt must copy it. */
async function sourceOf(place: Place, args: Arguments, pool: PoolFacts): Promise<VolumeFacts | null> {
  const clone = cloneOf(args);
  if (!clone || !isOfFiles(typeInUse(pool))) return null;
  const source = await readVolume(place.connection, clone);
  return source?.path.startsWith("/") ? source : null;
}

/** Goes on with a volume that we made. After any failure the state has it as ours. */
async function asOurs<T>(args: Arguments, go: () => Promise<T>): Promise<T> {
  try {
    return await go();
  } catch (error) {
    throw new PartialFailure(idOf(kind, args), error as Error, { ...args, isOurs: true });
  }
}

/** Milliseconds to look whether a volume was made, after an interrupt or on a new connection. */
const lookMs = 6000;

/**
 * The error of a creation with an unknown outcome. It was not there a moment before, so a volume that is there now is
 * ours. What can't be read counts as somebody else's: then it is never deleted.
 */
async function whatIsMade(place: Place, args: Arguments, folder: string, error: Error): Promise<Error> {
  const { connection, pool } = place;
  // libvirt does not know of an image that it did not make before it has looked.
  const look = async () => {
    await refreshPool(connection, pool, folder);
    return readVolume(connection, place);
  };
  const found = await interruptedBy(AbortSignal.timeout(lookMs), () => unreachableOr(look()));
  if (found === null) return error;
  const isOurs = !(found instanceof HostError);
  return new PartialFailure(idOf(kind, args), error, { ...args, isOurs });
}

/** What is there of a volume and its pool. */
interface Found {
  readonly pool: PoolFacts | null;
  readonly volume: VolumeFacts | null | HostError;
}

/** Reads a volume and its pool in one session. @throws HostError when the pool can't be read */
export async function readPlace(place: Place): Promise<Found> {
  const [pool, volume] = await Promise.all([
    readPool(place.connection, place.pool),
    unreachableOr(readVolume(place.connection, place)),
  ]);
  return { pool, volume };
}

interface Usable {
  readonly pool: PoolFacts;
  readonly volume: VolumeFacts | null;
}

/** @throws HostError when the pool can't be used, or the volume could not be read */
export function usable({ connection, pool: name }: Place, { pool, volume }: Found): Usable {
  if (!pool?.isActive)
    throw new HostError(
      pool ? `the storage pool "${name}" is not active` : `there is no storage pool "${name}"`,
      connection.host,
      { remedy: "nothing has changed; declare a StoragePool for it, or start it there (virsh pool-start)" },
    );
  if (volume instanceof HostError) throw volume;
  return { pool, volume };
}

export async function requirePlace(place: Place): Promise<Usable> {
  return usable(place, await readPlace(place));
}
