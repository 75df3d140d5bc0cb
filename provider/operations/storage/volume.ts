import { HostError, mayHaveActed, PartialFailure } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { connectionTo } from "../../host/connections.ts";
import { withLock } from "../../host/process/lock.ts";
import { readHost } from "../../host/read/read.ts";
import { snapshotOf } from "../../host/read/snapshot.ts";
import { bringImage, findLackingPrograms } from "../../host/storage/bring.ts";
import { forgetStorage, poolOf, readPool, readVolume, volumeOf } from "../../host/storage/read.ts";
import { findUses } from "../../host/storage/uses.ts";
import { createVolume, deleteVolume, growVolume, refreshPool } from "../../host/storage/volume.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { hasUnknown, unknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { printBytes } from "../../model/values/units.ts";
import { visible } from "../../model/values/visible.ts";
import { valueAt } from "../../model/xml/read.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { Obstacle, PoolFacts, StorageChange, VolumeFacts } from "../../plan/storage/facts.ts";
import type { LiveDisk } from "../../plan/storage/uses.ts";
import { diskOn, isBelow } from "../../plan/storage/uses.ts";
import type { VolumePlan } from "../../plan/storage/volume.ts";
import {
  backingOf,
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
import { fileOfNew, whyTooSmall } from "./newVolume.ts";
import {
  declaredArguments,
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

const kind = storageKinds.Volume;

/** The host's side of a volume. */
interface Place {
  readonly connection: Connection;
  readonly pool: string;
  readonly name: string;
}

const placeOf = (args: Arguments): Place => ({
  connection: connectionTo(String(args.host)),
  pool: String(args.pool),
  name: String(args.name),
});

const outputsOf = (args: Arguments, { path }: VolumeFacts, isOurs: boolean): Arguments => ({
  ...args,
  path,
  isOurs,
});

const told = ({ property, reason }: Obstacle) => `${property} ${reason}`;

/** Mistakes that only several arguments together show. */
function findMissing(args: Arguments): Failure[] {
  const { capacity, content, format } = args;
  const failures: Failure[] = [];
  if (capacity === undefined && content === undefined)
    failures.push({ property: "capacity", reason: "is required for a volume without content" });
  if (format === "raw" && backingOf(args))
    failures.push({
      property: "format",
      reason: 'must be "qcow2" for a volume with another image below it: raw has no place for that',
    });
  return failures;
}

/** Why the volume can't be used through this pool now; `null` when it can. */
async function whyNotUsable(args: Arguments, pool: PoolFacts | null): Promise<string | null> {
  if (pool?.isActive) return null;
  const declared = await declaredArguments(storageKinds.StoragePool, String(args.pool), String(args.host));
  if (declared && declared.active !== false) return null;
  const remedy = "declare a StoragePool for it, or start it there (virsh pool-start)";
  return pool
    ? `the storage pool "${args.pool}" is not active: ${remedy}`
    : `the host has no storage pool "${args.pool}": ${remedy}`;
}

/** Finds what stands against a new volume. */
async function obstaclesOfNew(place: Place, args: Arguments, pool: PoolFacts | null): Promise<string[]> {
  const why = await whyNotUsable(args, pool);
  const small = await whyTooSmall(place.connection, args);
  const image = imageOf(args);
  const lacking = image && !hasUnknown(image) ? await findLackingPrograms(place.connection, image) : [];
  return [
    ...(why === null ? [] : [`pool: ${why}`]),
    ...(small === null ? [] : [told(small)]),
    ...lacking.map(
      (program) => `content: the host lacks ${program}, which the image needs: install it there`,
    ),
  ];
}

/** The disk of a running guest on the volume. @throws HostError when a guest stands against growing the volume */
async function diskThatGrows({ connection, name }: Place, volume: VolumeFacts): Promise<LiveDisk | null> {
  const { domains, busy } = await readHost(connection);
  const [held] = busy.keys();
  const running = [...domains.values()].flatMap((domain) => {
    const { live } = treesOf(domain);
    return live ? [{ name: domain.name, uuid: domain.uuid, live }] : [];
  });
  const above = running.find(({ live }) => isBelow(volume, live));
  const why =
    held !== undefined
      ? `the guest "${held}" can't be read now, and may run on it`
      : above && `the guest "${above.name}" runs on an overlay of it, and would see nothing of that`;
  if (why === undefined) return diskOn(volume, running);
  throw new HostError(`can't grow the volume "${name}": ${why}`, connection.host, {
    remedy: "nothing has changed",
  });
}

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
  const disk = await diskThatGrows(place, volume);
  return { volume: await growVolume(place.connection, place, plan.growTo, disk), plan };
}

/** Makes the volume; `null` when one of this name is there by now. */
async function make(place: Place, args: Arguments, pool: PoolFacts): Promise<VolumeFacts | null> {
  const small = await whyTooSmall(place.connection, args);
  if (small) refuse(place, nameOf(kind, args), [small]);
  const image = imageOf(args);
  const folder = valueAt(pool.inactive, "target/path") ?? "";
  if (image) {
    const wanted = { format: formatOf(args), capacity: capacityOf(args) };
    const isBrought = await bringImage(place.connection, { folder, name: place.name }, image, wanted);
    await refreshPool(place.connection, place.pool, folder);
    return isBrought ? readVolume(place.connection, place) : null;
  }
  const clone = cloneOf(args);
  const made = await createVolume(place.connection, place, definitionOf(kind, args), clone);
  if (made) return made;
  await refreshPool(place.connection, place.pool, folder);
  return null;
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

function growthIn({ growTo }: VolumePlan, { capacity }: VolumeFacts): StorageChange[] {
  if (growTo === null) return [];
  return [{ property: "capacity", before: printBytes(capacity), after: printBytes(growTo), label: "live" }];
}

function growthOf(label: string, plan: VolumePlan, volume: VolumeFacts): string[] {
  return growthIn(plan, volume).map(({ property, before, after }) =>
    visible(`${label}: ${property} ${before} → ${after} (live)`),
  );
}

const isTakenOver = "and is taken over with what it holds; removing the resource leaves it on the host";

/** A volume that is there and is not known to the state yet. */
function takenOver(label: string, { capacity }: VolumeFacts): string {
  return `${label}: the volume is there already (${printBytes(capacity)}) ${isTakenOver}`;
}

async function createInPool(place: Place, args: Arguments) {
  const label = nameOf(kind, args);
  const pool = await requirePool(place);
  let there = await readVolume(place.connection, place);
  let made = there ? null : await make(place, args, pool);
  if (!there && !made) there = await readVolume(place.connection, place);
  if (made) {
    // libvirt ignores the capacity of a copy (9.0.0 to 12.8.0), so the copy is grown when it is made.
    const { growTo } = planVolume(args, args, made);
    if (growTo !== null)
      made = await growVolume(place.connection, place, growTo, null).catch((error: Error) => {
        throw new PartialFailure(idOf(kind, args), error, { ...args, isOurs: true });
      });
    return { id: idOf(kind, args), outputs: outputsOf(args, made, true), notes: [] };
  }
  if (!there)
    throw new HostError(`can't create the volume ${label}`, place.connection.host, {
      stderr: "libvirt says that it is there, and does not list it",
      remedy: "nothing has changed; look at what has this name in the pool's folder",
    });
  const { volume } = await apply(place, null, args, there);
  return {
    id: idOf(kind, args),
    outputs: outputsOf(args, volume, false),
    notes: [takenOver(label, there)],
  };
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

  async diff(recorded, args) {
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
      const why = await whyNotUsable(args, pool);
      if (why !== null)
        return tell({ ...noDifference, isNeeded: true, obstacles: [visible(notPossible(label, why))] });
      return tell({
        ...noDifference,
        lints: [visible(`${label}: not compared: its pool is not active yet`)],
      });
    }
    const volume = await unreachableOr(volumeOf(connection, placeOf(args)));
    if (volume instanceof HostError) return tell({ ...noDifference, unreachable: volume });
    if (!volume)
      return tell(
        {
          ...noDifference,
          isNeeded: true,
          lines: [visible(`${label}: is not on the host, and is made anew`)],
        },
        "made",
      );
    const plan = planVolume(recorded, args, volume);
    const difference = {
      ...noDifference,
      isNeeded: plan.growTo !== null || plan.obstacles.length > 0,
      runState: plan.growTo === null ? [] : ["capacity"],
      lines: growthOf(label, plan, volume),
      obstacles: plan.obstacles.map((each) => visible(notPossible(label, told(each)))),
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
      const obstacles = recorded === null ? await obstaclesOfNew(place, args, pool) : [];
      const file = recorded !== null || pool?.isActive ? null : await fileOfNew(connection, args, pool);
      return {
        ...noPreview,
        outputs: { ...outputs, isOurs: file === null },
        lines: file === null ? [] : [visible(`${label}: ${file} is there already ${isTakenOver}`)],
        obstacles: obstacles.map((each) => visible(notPossible(label, each))),
      };
    }
    const known = { ...outputs, path: volume.path };
    if (recorded !== null) return { ...noPreview, outputs: known };
    const plan = planVolume(null, args, volume);
    return {
      ...noPreview,
      outputs: { ...known, isOurs: false },
      lines: [visible(takenOver(label, volume)), ...growthOf(label, plan, volume)],
      obstacles: plan.obstacles.map((each) => visible(notPossible(label, told(each)))),
    };
  },

  async create(args) {
    const place = placeOf(args);
    return withLock(lockOf(place), async () => {
      try {
        return await createInPool(place, args);
      } catch (error) {
        if (error instanceof PartialFailure || !mayHaveActed(error)) throw error;
        throw new PartialFailure(idOf(kind, args), error as Error, { ...args, isOurs: true });
      } finally {
        forgetStorage(place.connection);
      }
    });
  },

  async update(recorded, args, { isOurs = false }) {
    const place = placeOf(args);
    return withLock(lockOf(place), async () => {
      try {
        await requirePool(place);
        const there = await readVolume(place.connection, place);
        if (!there) return await createInPool(place, args);
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
      if (!pool) return [];
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
