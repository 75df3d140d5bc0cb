import { HostError, mayHaveActed, PartialFailure } from "../../errors.ts";
import { connectionTo } from "../../host/connections.ts";
import { withLock } from "../../host/process/lock.ts";
import { removePool } from "../../host/storage/pool.ts";
import { findPoolUsers } from "../../host/storage/poolUsers.ts";
import { forgetStorage, poolOf, readPool } from "../../host/storage/read.ts";
import { unknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { poolTypeOf } from "../../model/elements/storage/poolTypes.ts";
import { visible } from "../../model/values/visible.ts";
import type { PoolPlan } from "../../plan/storage/pool.ts";
import {
  argumentsIn,
  driftedPool,
  folderOf,
  planPool,
  typeInUse,
  typeNameIn,
} from "../../plan/storage/pool.ts";
import { findPoolMistakes } from "../../plan/storage/poolChecks.ts";
import { withTruthOf } from "../afterInterrupt.ts";
import { noDifference } from "../diff.ts";
import type { Operations } from "../operations.ts";
import { silent } from "../preview.ts";
import { findSuccessor, identified, idOf, nameOf, noteDeclared, parseId } from "./place.ts";
import { applyToPool, lackingDriver, makePool, outputsOf, quoted, whyNotStopped } from "./poolMaking.ts";
import { recordCreation, recorded } from "./record.ts";
import { changeLines, obstacleLines, placeOperations, unreachableOr } from "./shared.ts";

const kind = storageKinds.StoragePool;
const shared = placeOperations(kind);

const pendingNotes = (name: string, plan: PoolPlan) =>
  plan.pending.map(
    (property) =>
      `${name}: ${property} is defined and waits for the pool's next start (virsh pool-destroy, then run it again)${property === "path" ? "; the files stay in the old folder" : ""}`,
  );

export const poolOperations: Operations = {
  ...shared,
  findInvalid: (args) => {
    const failures = shared.findInvalid(args);
    return failures.length > 0 ? failures : findPoolMistakes(args);
  },
  recordCreation: (args, preview) =>
    recordCreation(kind, args, preview, async () => {
      const pool = await poolOf(connectionTo(String(args.host)), nameOf(kind, args));
      return pool ? planPool(kind, null, args, pool).changes : [];
    }),

  async diff(before, args) {
    noteDeclared(kind, args, null);
    const connection = connectionTo(String(args.host));
    const name = nameOf(kind, args);
    const pool = await unreachableOr(poolOf(connection, name));
    if (pool instanceof HostError) return recorded(kind, args, { ...noDifference, unreachable: pool });
    if (!pool) {
      const lines = [visible(`${name}: is not on the host`)];
      const obstacles = obstacleLines(name, await lackingDriver(connection, args));
      return recorded(kind, args, { ...noDifference, isNeeded: true, lines, obstacles }, "made");
    }
    const plan = planPool(kind, before, args, pool);
    const difference = {
      ...noDifference,
      isNeeded: plan.changes.length > 0,
      runState: plan.changes.map(({ property }) => property),
      lines: [...changeLines(name, plan.changes), ...pendingNotes(name, plan).map(visible)],
      obstacles: obstacleLines(name, [...plan.obstacles, ...(await whyNotStopped(connection, args, pool))]),
    };
    return recorded(kind, args, difference, plan.changes);
  },

  async preview(before, args) {
    const outputs = { uuid: unknown, isOurs: unknown, pendingRestart: unknown, ...args };
    if (args.host === unknown || args.name === unknown) return { ...silent, outputs };
    noteDeclared(kind, args, null);
    const connection = connectionTo(String(args.host));
    const name = nameOf(kind, args);
    const pool = await unreachableOr(poolOf(connection, name));
    if (pool instanceof HostError) return { ...silent, outputs, unreachable: pool };
    if (!pool)
      return {
        ...silent,
        outputs: { ...outputs, isOurs: true, pendingRestart: [] },
        obstacles: obstacleLines(name, await lackingDriver(connection, args)),
      };
    const plan = planPool(kind, before, args, pool);
    const pendingRestart = plan.changes.some(({ label }) => label === "next start") ? unknown : plan.pending;
    const known = { ...outputs, uuid: pool.uuid, pendingRestart };
    if (before !== null) return { ...silent, outputs: known };
    return {
      ...silent,
      outputs: { ...known, isOurs: false },
      lines: [visible(takenOver(name)), ...changeLines(name, plan.changes)],
      obstacles: obstacleLines(name, plan.obstacles),
    };
  },

  async create(args) {
    const connection = connectionTo(String(args.host));
    const name = nameOf(kind, args);
    return withLock(`${connection.host}#pool ${name}`, async () => {
      const there = await readPool(connection, name);
      let isOurs = false;
      try {
        if (there) {
          const { pool, plan } = await applyToPool(connection, null, args, there);
          const notes = [takenOver(name), ...pendingNotes(name, plan)];
          return { id: idOf(kind, args), outputs: outputsOf(args, pool, plan, false), notes };
        }
        isOurs = true;
        return await makePool(connection, args);
      } catch (error) {
        if (!mayHaveActed(error)) throw error;
        throw new PartialFailure(idOf(kind, args), error as Error, { ...args, isOurs });
      } finally {
        forgetStorage(connection);
      }
    });
  },

  async update(recorded, args, { isOurs = false }) {
    const connection = connectionTo(String(args.host));
    const name = nameOf(kind, args);
    return withLock(`${connection.host}#pool ${name}`, async () => {
      try {
        const there = await readPool(connection, name);
        if (!there) return await makePool(connection, args);
        const { pool, plan } = await applyToPool(connection, recorded, args, there);
        return {
          id: idOf(kind, args),
          outputs: outputsOf(args, pool, plan, isOurs),
          notes: pendingNotes(name, plan),
        };
      } finally {
        forgetStorage(connection);
      }
    });
  },

  async remove(args, { isOurs = false }) {
    const connection = connectionTo(String(args.host));
    const name = nameOf(kind, args);
    return withLock(`${connection.host}#pool ${name}`, async () => {
      const successor = await findSuccessor(kind, args);
      if (successor !== null) return [`${name}: stays, for "${successor}" has it now`];
      if (!isOurs) return [`${name}: the storage pool was there before this resource, and stays on the host`];
      const pool = await readPool(connection, name);
      if (!pool) return [];
      const type = poolTypeOf(typeInUse(pool));
      const users = await findPoolUsers(connection, pool, type?.stopTakesVolumes ?? true);
      if (users.length > 0)
        return [`${name}: stays on the host, for disks of ${quoted(users)} are volumes of this pool`];
      await removePool(connection, pool);
      forgetStorage(connection);
      const path = folderOf(pool);
      const left = path === "" ? "its volumes" : `the folder ${path} and the files in it`;
      return [`${name}: the storage pool is removed; ${left} stay on the host`];
    });
  },

  async read({ id, outputs }) {
    const args = identified(kind, id, outputs);
    const connection = connectionTo(String(args.host));
    const pool = await poolOf(connection, nameOf(kind, args));
    if (!pool) return null;
    const inputs = driftedPool(kind, args, pool);
    const plan = planPool(kind, inputs, inputs, pool);
    return {
      id,
      inputs,
      outputs: { ...inputs, uuid: pool.uuid, pendingRestart: plan.pending },
      notes: [],
      isKept: false,
    };
  },

  withTruth: (args, error) => {
    const name = nameOf(kind, args);
    return withTruthOf(error, `the storage pool "${name}"`, async () => {
      const pool = await readPool(connectionTo(String(args.host)), name);
      return `the storage pool "${name}" is ${pool ? (pool.isActive ? "active" : "not active") : "not on the host"} now`;
    });
  },

  async import(id, defaults) {
    const place = parseId(kind, id, defaults);
    const connection = connectionTo(String(place.host));
    const pool = await poolOf(connection, nameOf(kind, place));
    if (!pool) return null;
    const type = typeNameIn(pool);
    if (!poolTypeOf(type))
      throw new HostError(`the storage pool "${pool.name}" is of the type ${type}`, connection.host, {
        remedy: "nothing was done; pools of this type can't be declared",
      });
    const inputs = {
      ...argumentsIn(kind, pool),
      ...place,
      active: pool.isActive,
      autostart: pool.isAutostarted,
    };
    const plan = planPool(kind, inputs, inputs, pool);
    return {
      id: idOf(kind, place),
      inputs,
      outputs: outputsOf(inputs, pool, plan, false),
      notes: [],
      isKept: false,
    };
  },
};

function takenOver(name: string): string {
  return `${name}: the storage pool is there already and is taken over; removing the resource leaves it on the host`;
}
