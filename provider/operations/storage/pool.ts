import { HostError, mayHaveActed, PartialFailure } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { connectionTo } from "../../host/connections.ts";
import { withLock } from "../../host/process/lock.ts";
import { createPool, removePool, updatePool } from "../../host/storage/pool.ts";
import { forgetStorage, poolOf, readPool } from "../../host/storage/read.ts";
import { readGuests } from "../../host/storage/uses.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { visible } from "../../model/values/visible.ts";
import { attributeOf } from "../../model/xml/read.ts";
import { declare } from "../../plan/arguments/declaration.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { PoolFacts } from "../../plan/storage/facts.ts";
import type { PoolPlan } from "../../plan/storage/pool.ts";
import { folderOf, planPool, wantedState } from "../../plan/storage/pool.ts";
import { namesPool } from "../../plan/storage/uses.ts";
import { noDifference } from "../diff.ts";
import type { Operations } from "../operations.ts";
import { silent } from "../preview.ts";
import { findSuccessor, identified, idOf, nameOf, noteDeclared, parseId } from "./place.ts";
import { recordCreation, recorded } from "./record.ts";
import { changeLines, obstacleLines, placeOperations, refuse, unreachableOr } from "./shared.ts";

const kind = storageKinds.StoragePool;

const stateWanted = (args: Arguments) => ({
  active: wantedState(args, "active"),
  autostart: wantedState(args, "autostart"),
});

const outputsOf = (args: Arguments, pool: PoolFacts, plan: PoolPlan, isOurs: boolean): Arguments => ({
  ...args,
  uuid: pool.uuid,
  isOurs,
  pendingRestart: plan.pending,
});

/** Brings a pool that is there to what is declared. */
async function apply(
  connection: Connection,
  recorded: Arguments | null,
  args: Arguments,
  pool: PoolFacts,
): Promise<{ readonly pool: PoolFacts; readonly plan: PoolPlan }> {
  const plan = planPool(kind, recorded, args, pool);
  refuse(connection, `the storage pool "${pool.name}" is not as declared`, plan.obstacles);
  if (plan.changes.length === 0) return { pool, plan };
  const after = await updatePool(connection, pool, plan.define, stateWanted(args));
  const left = planPool(kind, args, args, after);
  if (left.changes.length > 0)
    throw new HostError(
      `the storage pool "${pool.name}" is not as declared after the update`,
      connection.host,
      {
        stderr: changeLines(pool.name, left.changes).join("; "),
        remedy: "somebody else changed it at the same time: run it again",
      },
    );
  return { pool: after, plan: left };
}

const pendingNotes = (name: string, plan: PoolPlan) =>
  plan.pending.map(
    (property) =>
      `${name}: ${property} is defined and waits for the pool's next start (virsh pool-destroy, then run it again); the files stay in the old folder`,
  );

export const poolOperations: Operations = {
  ...placeOperations(kind),
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
    if (!pool)
      return recorded(
        kind,
        args,
        { ...noDifference, isNeeded: true, lines: [visible(`${name}: is not on the host`)] },
        "made",
      );
    const plan = planPool(kind, before, args, pool);
    const difference = {
      ...noDifference,
      isNeeded: plan.changes.length > 0,
      runState: plan.changes.map(({ property }) => property),
      lines: [...changeLines(name, plan.changes), ...pendingNotes(name, plan).map(visible)],
      obstacles: obstacleLines(name, plan.obstacles),
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
    if (!pool) return { ...silent, outputs: { ...outputs, isOurs: true, pendingRestart: [] } };
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
          const { pool, plan } = await apply(connection, null, args, there);
          const notes = [takenOver(name), ...pendingNotes(name, plan)];
          return { id: idOf(kind, args), outputs: outputsOf(args, pool, plan, false), notes };
        }
        isOurs = true;
        const pool = await createPool(connection, name, declare(kind, args), stateWanted(args));
        const plan = planPool(kind, args, args, pool);
        return { id: idOf(kind, args), outputs: outputsOf(args, pool, plan, true), notes: [] };
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
        if (!there) {
          const pool = await createPool(connection, name, declare(kind, args), stateWanted(args));
          const plan = planPool(kind, args, args, pool);
          return { id: idOf(kind, args), outputs: outputsOf(args, pool, plan, true), notes: [] };
        }
        const { pool, plan } = await apply(connection, recorded, args, there);
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
      const { domains } = await readGuests(connection);
      const users = [...domains.values()].filter((domain) => {
        const { inactive, live } = treesOf(domain);
        return [inactive, live].some((tree) => tree && namesPool(tree, name));
      });
      if (users.length > 0)
        return [
          `${name}: stays on the host, for disks of ${users.map((each) => `"${each.name}"`).join(", ")} are volumes of this pool by name`,
        ];
      await removePool(connection, pool);
      forgetStorage(connection);
      const path = folderOf(pool);
      return [
        `${name}: the storage pool is removed; the folder ${path} and the files in it stay on the host`,
      ];
    });
  },

  async read({ id, outputs }) {
    const args = identified(kind, id, outputs);
    const connection = connectionTo(String(args.host));
    const pool = await poolOf(connection, nameOf(kind, args));
    if (!pool) return null;
    const plan = planPool(kind, args, args, pool);
    const inputs = {
      ...args,
      ...(args.active === undefined && pool.isActive ? {} : { active: pool.isActive }),
      ...(args.autostart === undefined && pool.isAutostarted ? {} : { autostart: pool.isAutostarted }),
      path: folderOf(pool) || args.path,
    };
    return {
      id,
      inputs,
      outputs: { ...inputs, uuid: pool.uuid, pendingRestart: plan.pending },
      notes: [],
      isKept: false,
    };
  },

  async import(id, defaults) {
    const place = parseId(kind, id, defaults);
    const connection = connectionTo(String(place.host));
    const pool = await poolOf(connection, nameOf(kind, place));
    if (!pool) return null;
    const type = attributeOf(pool.inactive, "type");
    if (type !== "dir")
      throw new HostError(`the storage pool "${pool.name}" is of the type ${type}`, connection.host, {
        remedy: "nothing was done; only folders (dir) can be imported",
      });
    const inputs = {
      ...place,
      path: folderOf(pool),
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
