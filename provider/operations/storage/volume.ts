import { HostError } from "../../errors.ts";
import { connectionTo } from "../../host/connections.ts";
import { withLock } from "../../host/process/lock.ts";
import { isFileThere } from "../../host/storage/image.ts";
import { forgetVolume, poolOf, readVolume, volumeOf } from "../../host/storage/read.ts";
import { findUses } from "../../host/storage/uses.ts";
import { deleteVolume } from "../../host/storage/volume.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { printBytes } from "../../model/values/units.ts";
import { visible } from "../../model/values/visible.ts";
import type { StorageChange, VolumeFacts } from "../../plan/storage/facts.ts";
import { typeInUse } from "../../plan/storage/pool.ts";
import { whyKept } from "../../plan/storage/poolVolumes.ts";
import type { VolumePlan } from "../../plan/storage/volume.ts";
import { capacityOf, isSameCapacity, planVolume, whyOther } from "../../plan/storage/volume.ts";
import { withTruthOf } from "../afterInterrupt.ts";
import { noDifference } from "../diff.ts";
import { notPossible } from "../findings/obstacles.ts";
import type { Operations } from "../operations.ts";
import { silent } from "../preview.ts";
import type { LastApplied } from "../remembered.ts";
import type { Made } from "../resource.ts";
import { findSuccessor, identified, idOf, nameOf, noteDeclared, parseId } from "./place.ts";
import { recordCreation, recorded } from "./record.ts";
import { changeLines, obstacleLines, placeOperations, unreachableOr } from "./shared.ts";
import type { Place } from "./volumeChecks.ts";
import {
  fileOfNew,
  findMissing,
  isExclusive,
  obstaclesOfNew,
  placeOf,
  usabilityOf,
  whyNotLarger,
  whyNotUsable,
} from "./volumeChecks.ts";
import {
  applyToVolume,
  createInPool,
  isTakenOver,
  outputsOf,
  readPlace,
  requirePlace,
  takenOver,
  usable,
} from "./volumeMaking.ts";

const kind = storageKinds.Volume;
const shared = placeOperations(kind);

const lockOf = ({ connection, pool, name }: Place) => `${connection.host}#volume ${pool}/${name}`;

function growthIn({ growTo }: VolumePlan, { capacity }: VolumeFacts): StorageChange[] {
  if (growTo === null) return [];
  return [{ property: "capacity", before: printBytes(capacity), after: printBytes(growTo), label: "live" }];
}

/** A new volume in the place of one that is gone would be empty: a guest would start with an empty disk. */
const isLost = "is not on the host any more";
/** Says that the state is to note another answer of the pool, whether only this host uses it. */
async function exclusiveLines(args: Arguments, last: LastApplied): Promise<string[]> {
  const [before, now] = [last.isExclusive ?? false, await isExclusive(args, last)];
  if (before === now) return [];
  const what = `exclusive of its pool ${before} → ${now} (touches nothing on the host)`;
  return [visible(`${nameOf(kind, args)}: ${what}`)];
}

const lostRemedy =
  "mount its file system if that is not mounted; if it is lost for good, run pulumi refresh, and the next up makes it anew";

/** Adds what a later removal needs to know of the pool's resource. */
async function noted(args: Arguments, last: LastApplied, made: Made): Promise<Made> {
  return { ...made, outputs: { ...made.outputs, isExclusive: await isExclusive(args, last) } };
}

export const volumeOperations: Operations = {
  ...shared,
  findInvalid: (args) => {
    const failures = shared.findInvalid(args);
    return failures.length > 0 ? failures : findMissing(args);
  },
  recordCreation: (args, preview) =>
    recordCreation(kind, args, preview, async () => {
      const volume = await volumeOf(connectionTo(String(args.host)), placeOf(args));
      return volume ? growthIn(planVolume(null, args, volume), volume) : [];
    }),

  async diff(before, args, last) {
    noteDeclared(kind, args, null);
    const { connection, pool: poolName } = placeOf(args);
    const label = nameOf(kind, args);
    const pool = await unreachableOr(poolOf(connection, poolName));
    if (pool instanceof HostError) return recorded(kind, args, { ...noDifference, unreachable: pool });
    const usability = await usabilityOf(String(args.host), poolName, pool);
    if (usability !== "usable") {
      const isSame = Object.keys(kind.fields).every(
        (name) => JSON.stringify(before[name]) === JSON.stringify(args[name]),
      );
      const isWaiting = usability === "not yet" || (usability === "declared off" && isSame);
      const why = whyNotUsable(poolName, pool, usability);
      const told = isWaiting
        ? { lints: [visible(`${label}: not compared: ${why}`)] }
        : { isNeeded: true, runState: ["pool"], obstacles: [visible(notPossible(label, why))] };
      return recorded(kind, args, { ...noDifference, ...told });
    }
    const volume = await unreachableOr(volumeOf(connection, placeOf(args)));
    if (volume instanceof HostError) return recorded(kind, args, { ...noDifference, unreachable: volume });
    if (!volume) {
      const needed = { ...noDifference, isNeeded: true };
      if (!last.wasThere) return recorded(kind, args, needed, "made");
      const why = notPossible(label, `${isLost}: ${lostRemedy}`);
      return recorded(kind, args, { ...needed, obstacles: [visible(why)] });
    }
    const plan = planVolume(before, args, volume);
    const cantGrow = await whyNotLarger(connection, plan, volume);
    const changes = cantGrow.length > 0 ? [] : growthIn(plan, volume);
    const refused = [...plan.obstacles, ...cantGrow];
    const noted = await exclusiveLines(args, last);
    const difference = {
      ...noDifference,
      isNeeded: plan.growTo !== null || plan.obstacles.length > 0 || noted.length > 0,
      runState: [
        ...new Set([
          ...(plan.growTo === null ? [] : ["capacity"]),
          ...(noted.length > 0 ? ["pool"] : []),
          ...refused.map(({ property }) => property),
        ]),
      ],
      lines: [...changeLines(label, changes), ...noted],
      obstacles: obstacleLines(label, refused),
      lints: plan.warnings.map((line) => visible(`${label}: ${line}`)),
    };
    return recorded(kind, args, difference, changes);
  },

  async preview(before, args) {
    const outputs = { path: unknown, isOurs: unknown, isExclusive: unknown, ...args };
    if ([args.host, args.pool, args.name].includes(unknown)) return { ...silent, outputs };
    noteDeclared(kind, args, null);
    const place = placeOf(args);
    const { connection } = place;
    const label = nameOf(kind, args);
    const pool = await unreachableOr(poolOf(connection, place.pool));
    if (pool instanceof HostError) return { ...silent, outputs, unreachable: pool };
    const volume = pool?.isActive ? await unreachableOr(volumeOf(connection, place)) : null;
    if (volume instanceof HostError) return { ...silent, outputs, unreachable: volume };
    if (!volume) {
      const isNew = before === null;
      const file = isNew ? await fileOfNew(connection, args, pool) : null;
      return {
        ...silent,
        outputs: { ...outputs, isOurs: file === null },
        lines: file === null ? [] : [visible(`${label}: ${file} is there already ${isTakenOver}`)],
        obstacles: isNew ? obstacleLines(label, await obstaclesOfNew(place, args, pool, file !== null)) : [],
      };
    }
    const known = { ...outputs, path: volume.path };
    if (before !== null) return { ...silent, outputs: known };
    const plan = planVolume(null, args, volume);
    return {
      ...silent,
      outputs: { ...known, isOurs: false },
      lines: [visible(takenOver(label, volume)), ...changeLines(label, growthIn(plan, volume))],
      obstacles: obstacleLines(label, [...plan.obstacles, ...(await whyNotLarger(connection, plan, volume))]),
    };
  },

  async create(args, show) {
    const place = placeOf(args);
    return withLock(lockOf(place), async () => {
      try {
        return await noted(args, {}, await createInPool(place, args, show));
      } finally {
        forgetVolume(place.connection, place);
      }
    });
  },

  async update(before, args, last, show) {
    const { isOurs = false, wasThere = false } = last;
    const place = placeOf(args);
    return withLock(lockOf(place), async () => {
      try {
        const { volume: there } = await requirePlace(place);
        if (!there && !wasThere) return await noted(args, last, await createInPool(place, args, show));
        if (!there)
          throw new HostError(`the volume ${nameOf(kind, args)} ${isLost}`, place.connection.host, {
            remedy: `nothing has changed; ${lostRemedy}`,
          });
        const { volume, plan } = await applyToVolume(place, before, args, there);
        const notes = plan.warnings.map((line) => `${nameOf(kind, args)}: ${line}`);
        return await noted(args, last, {
          id: idOf(kind, args),
          outputs: outputsOf(args, volume, isOurs),
          notes,
        });
      } finally {
        forgetVolume(place.connection, place);
      }
    });
  },

  async remove(args, last) {
    const { isOurs = false } = last;
    const place = placeOf(args);
    const label = nameOf(kind, args);
    return withLock(lockOf(place), async () => {
      const successor = await findSuccessor(kind, args);
      if (successor !== null) return [`${label}: stays, for "${successor}" has it now`];
      if (!isOurs) return [`${label}: the volume was there before this resource, and stays on the host`];
      if (args.onDelete !== "delete") return [`${label}: stays on the host, for onDelete is "keep"`];
      const found = await readPlace(place);
      if (!found.pool)
        return [`${label}: its storage pool is not on the host any more; if its file is there, it stays`];
      const kept = whyKept(typeInUse(found.pool), await isExclusive(args, last));
      if (kept !== null) return [`${label}: stays on the host, for ${kept}`];
      const { volume } = usable(place, found);
      if (!volume) return [];
      const other = whyOther(args, volume);
      if (other !== null) return [`${label}: stays on the host, for ${other}`];
      const uses = await findUses(place.connection, volume);
      if (uses.length > 0) return [`${label}: stays on the host, for ${uses.join("; ")}`];
      await deleteVolume(place.connection, volume);
      forgetVolume(place.connection, place);
      return [];
    });
  },

  async read({ id, outputs }, last) {
    const args = identified(kind, id, outputs);
    const place = placeOf(args);
    const pool = await poolOf(place.connection, place.pool);
    const keep = (why: string) => {
      const notes = [`${nameOf(kind, args)}: kept in the state as it was, for ${why}`];
      return { id, inputs: args, outputs: args, notes, isKept: true };
    };
    if (!pool?.isActive) return keep(`its storage pool is ${pool ? "not active" : "not on the host"}`);
    const volume = await volumeOf(place.connection, place);
    if (!volume) {
      const { path } = last;
      const isElsewhere = path !== undefined && (await isFileThere(place.connection, path));
      return isElsewhere ? keep(`its pool does not list it, and its file ${path} is there`) : null;
    }
    const declared = capacityOf(args);
    const isDrifted = declared !== null && !isSameCapacity(declared, volume.capacity);
    const inputs = isDrifted ? { ...args, capacity: printBytes(volume.capacity) } : args;
    const known = { path: volume.path, isExclusive: last.isExclusive ?? false };
    return { id, inputs, outputs: { ...inputs, ...known }, notes: [], isKept: false };
  },

  withTruth: (args, error) => {
    const what = `the volume ${nameOf(kind, args)}`;
    return withTruthOf(error, what, async () => {
      const place = placeOf(args);
      const volume = await readVolume(place.connection, place);
      return volume
        ? `${what} is on the host now, with a capacity of ${printBytes(volume.capacity)}`
        : `${what} is not on the host now`;
    });
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
