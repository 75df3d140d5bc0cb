import { HostError, mayHaveActed, PartialFailure } from "../../errors.ts";
import { interruptedBy } from "../../host/connection/interruption.ts";
import { connectionTo } from "../../host/connections.ts";
import { withLock } from "../../host/process/lock.ts";
import { snapshotOf } from "../../host/read/snapshot.ts";
import { bringImage } from "../../host/storage/bring.ts";
import { forgetStorage, poolOf, readPool, readVolume, volumeOf } from "../../host/storage/read.ts";
import { findGrowth, findUses, readGuests } from "../../host/storage/uses.ts";
import {
  createVolume,
  deleteVolume,
  growVolume,
  refreshPool,
  requireVolume,
} from "../../host/storage/volume.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { printBytes } from "../../model/values/units.ts";
import { visible } from "../../model/values/visible.ts";
import type { Obstacle, PoolFacts, StorageChange, VolumeFacts } from "../../plan/storage/facts.ts";
import type { VolumePlan } from "../../plan/storage/volume.ts";
import {
  capacityOf,
  cloneOf,
  definitionOf,
  formatOf,
  imageOf,
  isSameCapacity,
  planVolume,
} from "../../plan/storage/volume.ts";
import type { Difference } from "../diff.ts";
import { notPossible } from "../findings/obstacles.ts";
import type { Operations } from "../operations.ts";
import type { Made } from "../resource.ts";
import { fileOfNew } from "./newVolume.ts";
import {
  findDuplicate,
  findReplaced,
  findSuccessor,
  identified,
  idOf,
  nameOf,
  noteDeclared,
  parseId,
} from "./place.ts";
import { recordCreation, recordStorage } from "./record.ts";
import { findInvalid, noDifference, noPreview, unreachableOr } from "./shared.ts";
import type { Place } from "./volumeChecks.ts";
import {
  findMissing,
  folderOf,
  obstaclesOfNew,
  placeOf,
  told,
  whyNotLarger,
  whyNotUsable,
  wrongContent,
} from "./volumeChecks.ts";

const kind = storageKinds.Volume;

const outputsOf = (args: Arguments, { path }: VolumeFacts, isOurs: boolean): Arguments => ({
  ...args,
  path,
  isOurs,
});

/** @throws HostError for a plan that can't be carried out */
function refuse({ connection }: Place, label: string, obstacles: readonly Obstacle[]): void {
  if (obstacles.length === 0) return;
  throw new HostError(`the volume ${label} can't be as declared`, connection.host, {
    stderr: obstacles.map(told).join("; "),
    remedy: "nothing has changed on the host",
  });
}

/** Brings a volume that is there to what is declared. */
async function apply(
  place: Place,
  recorded: Arguments | null,
  args: Arguments,
  volume: VolumeFacts,
): Promise<{ readonly volume: VolumeFacts; readonly plan: VolumePlan }> {
  const plan = planVolume(recorded, args, volume);
  refuse(place, nameOf(kind, args), plan.obstacles);
  if (plan.growTo === null) return { volume, plan };
  const growth = await findGrowth(place.connection, volume, await readGuests(place.connection));
  if ("why" in growth)
    refuse(place, nameOf(kind, args), [{ property: "capacity", reason: `can't grow: ${growth.why}` }]);
  const disks = "disks" in growth ? growth.disks : [];
  return { volume: await growVolume(place.connection, place, plan.growTo, disks), plan };
}

/** Makes the volume; `null` when one of this name is there by now. */
async function make(place: Place, args: Arguments, pool: PoolFacts): Promise<VolumeFacts | null> {
  const { connection } = place;
  const folder = folderOf(pool);
  refuse(place, nameOf(kind, args), await wrongContent(place, args));
  const image = imageOf(args);
  const wanted = { format: formatOf(args), capacity: capacityOf(args) };
  const making = image
    ? bringImage(connection, { folder, name: place.name }, image, wanted)
    : createVolume(connection, place, folder, definitionOf(kind, args), cloneOf(args));
  const isMade = await making.catch(async (error: unknown) => {
    throw mayHaveActed(error) ? await whatIsMade(place, args, error as Error) : error;
  });
  if (!isMade) {
    await refreshPool(connection, place.pool, folder);
    return null;
  }
  return asOurs(args, async () => {
    if (image) await refreshPool(connection, place.pool, folder);
    const made = await requireVolume(connection, place);
    // libvirt ignores the capacity of a copy (9.0.0 to 12.8.0), and an image has its own, so both are grown then.
    const { growTo } = planVolume(args, args, made);
    return growTo === null ? made : growVolume(connection, place, growTo, []);
  });
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
async function whatIsMade(place: Place, args: Arguments, error: Error): Promise<Error> {
  const found = await interruptedBy(AbortSignal.timeout(lookMs), () =>
    unreachableOr(readVolume(place.connection, place)),
  );
  if (found === null) return error;
  const isOurs = !(found instanceof HostError);
  return new PartialFailure(idOf(kind, args), error, { ...args, isOurs });
}

/** @throws HostError when the pool can't be used */
async function requirePool({ connection, pool: name }: Place): Promise<PoolFacts> {
  const pool = await readPool(connection, name);
  if (pool?.isActive) return pool;
  throw new HostError(
    pool ? `the storage pool "${name}" is not active` : `there is no storage pool "${name}"`,
    connection.host,
    { remedy: "nothing has changed; declare a StoragePool for it, or start it there (virsh pool-start)" },
  );
}

const lockOf = ({ connection, pool, name }: Place) => `${connection.host}#volume ${pool}/${name}`;

const notPossibleOf = (label: string, obstacles: readonly Obstacle[]) =>
  obstacles.map((each) => visible(notPossible(label, told(each))));

function growthIn({ growTo }: VolumePlan, { capacity }: VolumeFacts): StorageChange[] {
  if (growTo === null) return [];
  return [{ property: "capacity", before: printBytes(capacity), after: printBytes(growTo), label: "live" }];
}

function growthOf(label: string, plan: VolumePlan, volume: VolumeFacts): string[] {
  return growthIn(plan, volume).map(({ property, before, after }) =>
    visible(`${label}: ${property} ${before} → ${after} (live)`),
  );
}

/** A new volume in the place of one that is gone would be empty: a guest would start with an empty disk. */
const isLost = "is not on the host any more";
const lostRemedy =
  "mount its file system if that is not mounted; if it is lost for good, run pulumi refresh, and the next up makes it anew";

const isTakenOver = "and is taken over with what it holds; removing the resource leaves it on the host";

/** A volume that is there and is not known to the state yet. */
function takenOver(label: string, { capacity }: VolumeFacts): string {
  return `${label}: the volume is there already (${printBytes(capacity)}) ${isTakenOver}`;
}

async function createInPool(place: Place, args: Arguments): Promise<Made> {
  const { connection } = place;
  const label = nameOf(kind, args);
  const id = idOf(kind, args);
  const pool = await requirePool(place);
  let there = await readVolume(connection, place);
  const made = there ? null : await make(place, args, pool);
  if (made) return { id, outputs: outputsOf(args, made, true), notes: [] };
  there ??= await readVolume(connection, place);
  if (!there)
    throw new HostError(`can't create the volume ${label}`, connection.host, {
      stderr: "libvirt says that it is there, and does not list it",
      remedy: "nothing has changed; look at what has this name in the pool's folder",
    });
  const { volume } = await apply(place, null, args, there).catch((error: unknown) => {
    if (!mayHaveActed(error)) throw error;
    throw new PartialFailure(id, error as Error, { ...args, isOurs: false });
  });
  return { id, outputs: outputsOf(args, volume, false), notes: [takenOver(label, there)] };
}

export const volumeOperations: Operations = {
  findInvalid: (args) => {
    const failures = findInvalid(kind, args);
    return failures.length > 0 ? failures : findMissing(args);
  },
  findRefused: (args, by) => {
    noteDeclared(kind, args, by);
    return [];
  },
  findDuplicate: (args, by) => findDuplicate(kind, args, by),
  findUnknown: async () => null,
  findReplaced: (recorded, args) => findReplaced(kind, recorded, args),
  noteLeaving: () => {},
  identified: (id, args) => identified(kind, id, args),
  withTruth: async (_, error) => error,
  recordCreation: (args, preview) =>
    recordCreation(kind, args, preview, async () => {
      const volume = await volumeOf(connectionTo(String(args.host)), placeOf(args));
      return volume ? growthIn(planVolume(null, args, volume), volume) : [];
    }),

  async diff(recorded, args, { wasThere = false }) {
    noteDeclared(kind, args, null);
    const { connection, pool: poolName } = placeOf(args);
    const label = nameOf(kind, args);
    const tell = async (difference: Difference, changes: readonly StorageChange[] | "made" = []) => {
      await recordStorage(kind, args, difference, changes);
      return difference;
    };
    const pool = await unreachableOr(poolOf(connection, poolName));
    if (pool instanceof HostError) return tell({ ...noDifference, unreachable: pool });
    if (!pool?.isActive) {
      const why = await whyNotUsable(String(args.host), poolName, pool);
      if (why !== null)
        return tell({ ...noDifference, isNeeded: true, obstacles: [visible(notPossible(label, why))] });
      return tell({
        ...noDifference,
        lints: [visible(`${label}: not compared: its pool is not active yet`)],
      });
    }
    const volume = await unreachableOr(volumeOf(connection, placeOf(args)));
    if (volume instanceof HostError) return tell({ ...noDifference, unreachable: volume });
    if (!volume) {
      const isNeeded = true;
      if (!wasThere) return tell({ ...noDifference, isNeeded }, "made");
      const why = notPossible(label, `${isLost}: ${lostRemedy}`);
      return tell({ ...noDifference, isNeeded, obstacles: [visible(why)] });
    }
    const plan = planVolume(recorded, args, volume);
    const difference = {
      ...noDifference,
      isNeeded: plan.growTo !== null || plan.obstacles.length > 0,
      runState: plan.growTo === null ? [] : ["capacity"],
      lines: growthOf(label, plan, volume),
      obstacles: notPossibleOf(label, [...plan.obstacles, ...(await whyNotLarger(connection, plan, volume))]),
      lints: plan.warnings.map((line) => visible(`${label}: ${line}`)),
    };
    return tell(difference, growthIn(plan, volume));
  },

  async preview(recorded, args) {
    const outputs = { path: unknown, isOurs: unknown, ...args };
    if ([args.host, args.pool, args.name].includes(unknown)) return { ...noPreview, outputs };
    noteDeclared(kind, args, null);
    const place = placeOf(args);
    const { connection } = place;
    const label = nameOf(kind, args);
    const pool = await unreachableOr(poolOf(connection, place.pool));
    if (pool instanceof HostError) return { ...noPreview, outputs, unreachable: pool };
    const volume = pool?.isActive ? await unreachableOr(volumeOf(connection, place)) : null;
    if (volume instanceof HostError) return { ...noPreview, outputs, unreachable: volume };
    if (!volume) {
      const isNew = recorded === null;
      const file = isNew ? await fileOfNew(connection, args, pool) : null;
      return {
        ...noPreview,
        outputs: { ...outputs, isOurs: file === null },
        lines: file === null ? [] : [visible(`${label}: ${file} is there already ${isTakenOver}`)],
        obstacles: isNew ? notPossibleOf(label, await obstaclesOfNew(place, args, pool, file !== null)) : [],
      };
    }
    const known = { ...outputs, path: volume.path };
    if (recorded !== null) return { ...noPreview, outputs: known };
    const plan = planVolume(null, args, volume);
    return {
      ...noPreview,
      outputs: { ...known, isOurs: false },
      lines: [visible(takenOver(label, volume)), ...growthOf(label, plan, volume)],
      obstacles: notPossibleOf(label, [...plan.obstacles, ...(await whyNotLarger(connection, plan, volume))]),
    };
  },

  async create(args) {
    const place = placeOf(args);
    return withLock(lockOf(place), async () => {
      try {
        return await createInPool(place, args);
      } finally {
        forgetStorage(place.connection);
      }
    });
  },

  async update(recorded, args, { isOurs = false, wasThere = false }) {
    const place = placeOf(args);
    return withLock(lockOf(place), async () => {
      try {
        await requirePool(place);
        const there = await readVolume(place.connection, place);
        if (!there && !wasThere) return await createInPool(place, args);
        if (!there)
          throw new HostError(`the volume ${nameOf(kind, args)} ${isLost}`, place.connection.host, {
            remedy: `nothing has changed; ${lostRemedy}`,
          });
        const { volume, plan } = await apply(place, recorded, args, there);
        const notes = plan.warnings.map((line) => `${nameOf(kind, args)}: ${line}`);
        return { id: idOf(kind, args), outputs: outputsOf(args, volume, isOurs), notes };
      } finally {
        forgetStorage(place.connection);
      }
    });
  },

  async remove(args, { isOurs = false }) {
    const place = placeOf(args);
    const label = nameOf(kind, args);
    return withLock(lockOf(place), async () => {
      const successor = await findSuccessor(kind, args);
      if (successor !== null) return [`${label}: stays, for "${successor}" has it now`];
      if (!isOurs) return [`${label}: the volume was there before this resource, and stays on the host`];
      if (args.onDelete !== "delete") return [`${label}: stays on the host, for onDelete is "keep"`];
      const pool = await readPool(place.connection, place.pool);
      if (!pool)
        return [`${label}: its storage pool is not on the host any more; if its file is there, it stays`];
      await requirePool(place);
      const volume = await readVolume(place.connection, place);
      if (!volume) return [];
      const uses = await findUses(place.connection, volume);
      if (uses.length > 0) return [`${label}: stays on the host, for ${uses.join("; ")}`];
      await deleteVolume(place.connection, volume);
      forgetStorage(place.connection);
      return [];
    });
  },

  async read({ id, outputs }) {
    const args = identified(kind, id, outputs);
    const place = placeOf(args);
    await snapshotOf(place.connection);
    const pool = await poolOf(place.connection, place.pool);
    if (!pool) return null;
    const volume = await volumeOf(place.connection, place);
    if (!volume) return null;
    const declared = capacityOf(args);
    const isDrifted = declared !== null && !isSameCapacity(declared, volume.capacity);
    const inputs = isDrifted ? { ...args, capacity: printBytes(volume.capacity) } : args;
    return { id, inputs, outputs: { ...inputs, path: volume.path }, notes: [], isKept: false };
  },

  async import(id, defaults) {
    const args = parseId(kind, id, defaults);
    const place = placeOf(args);
    if (!(await poolOf(place.connection, place.pool))) return null;
    const volume = await volumeOf(place.connection, place);
    if (!volume) return null;
    const inputs = {
      ...args,
      capacity: printBytes(volume.capacity),
      format: volume.format,
      ...(volume.backing ? { content: { backing: volume.backing } } : {}),
    };
    return {
      id: idOf(kind, args),
      inputs,
      outputs: outputsOf(inputs, volume, false),
      notes: [],
      isKept: false,
    };
  },
};
