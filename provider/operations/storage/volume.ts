import { HostError } from "../../errors.ts";
import { connectionTo } from "../../host/connections.ts";
import { withLock } from "../../host/process/lock.ts";
import { snapshotOf } from "../../host/read/snapshot.ts";
import { forgetStorage, poolOf, readPool, readVolume, volumeOf } from "../../host/storage/read.ts";
import { findUses } from "../../host/storage/uses.ts";
import { deleteVolume } from "../../host/storage/volume.ts";
import { unknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { printBytes } from "../../model/values/units.ts";
import { visible } from "../../model/values/visible.ts";
import type { Obstacle, StorageChange, VolumeFacts } from "../../plan/storage/facts.ts";
import type { VolumePlan } from "../../plan/storage/volume.ts";
import { capacityOf, isSameCapacity, planVolume } from "../../plan/storage/volume.ts";
import type { Difference } from "../diff.ts";
import { notPossible } from "../findings/obstacles.ts";
import type { Operations } from "../operations.ts";
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
import { findMissing, obstaclesOfNew, placeOf, told, whyNotLarger, whyNotUsable } from "./volumeChecks.ts";

import {
  applyToVolume,
  createInPool,
  isTakenOver,
  outputsOf,
  requirePool,
  takenOver,
} from "./volumeMaking.ts";

const kind = storageKinds.Volume;

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
        const { volume, plan } = await applyToVolume(place, recorded, args, there);
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
