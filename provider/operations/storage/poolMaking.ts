/** Makes pools, and brings them to what is declared. */
import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { createPool, updatePool } from "../../host/storage/pool.ts";
import { lackingDrivers } from "../../host/storage/poolDrivers.ts";
import { findPoolUsers } from "../../host/storage/poolUsers.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { poolTypeOf } from "../../model/elements/storage/poolTypes.ts";
import type { Obstacle, PoolFacts } from "../../plan/storage/facts.ts";
import type { PoolPlan } from "../../plan/storage/pool.ts";
import {
  isBuilt,
  planPool,
  poolDefinition,
  typeInUse,
  typeNameOf,
  wantedState,
} from "../../plan/storage/pool.ts";
import type { Made } from "../resource.ts";
import { idOf, nameOf } from "./place.ts";
import { changeLines, refuse } from "./shared.ts";

const kind = storageKinds.StoragePool;

const stateWanted = (args: Arguments) => ({
  active: wantedState(args, "active"),
  autostart: wantedState(args, "autostart"),
  build: isBuilt(args),
});

export const outputsOf = (args: Arguments, pool: PoolFacts, plan: PoolPlan, isOurs: boolean): Arguments => ({
  ...args,
  uuid: pool.uuid,
  isOurs,
  pendingRestart: plan.pending,
});

/** Brings a pool that is there to what is declared. */
export async function applyToPool(
  connection: Connection,
  recorded: Arguments | null,
  args: Arguments,
  pool: PoolFacts,
): Promise<{ readonly pool: PoolFacts; readonly plan: PoolPlan }> {
  const plan = planPool(kind, recorded, args, pool);
  const obstacles = [...plan.obstacles, ...(await whyNotStopped(connection, args, pool))];
  refuse(connection, `the storage pool "${pool.name}" is not as declared`, obstacles);
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

/** Makes a pool that is not there. */
export async function makePool(connection: Connection, args: Arguments): Promise<Made> {
  const name = nameOf(kind, args);
  refuse(connection, `can't create the storage pool "${name}"`, await lackingDriver(connection, args));
  const pool = await createPool(connection, name, poolDefinition(kind, args), stateWanted(args));
  const plan = planPool(kind, args, args, pool);
  return { id: idOf(kind, args), outputs: outputsOf(args, pool, plan, true), notes: [] };
}

/** Why the host can't have a pool of the declared type. */
export async function lackingDriver(connection: Connection, args: Arguments): Promise<Obstacle[]> {
  const type = typeNameOf(args);
  if (type === "dir" || !(await lackingDrivers(connection)).has(type)) return [];
  const reason = `is ${type}, for which the host's libvirt has no driver: install libvirt-daemon-driver-storage-${type} there`;
  return [{ property: "type", reason }];
}

/** Why an active pool that is declared as not active can't be stopped. */
export async function whyNotStopped(
  connection: Connection,
  args: Arguments,
  pool: PoolFacts,
): Promise<Obstacle[]> {
  const takes = poolTypeOf(typeInUse(pool))?.stopTakesVolumes ?? true;
  if (!pool.isActive || wantedState(args, "active") || !takes) return [];
  const users = await findPoolUsers(connection, pool, takes);
  if (users.length === 0) return [];
  const reason = `can't become false: disks of ${quoted(users)} are volumes of this pool, and its stop would take them away`;
  return [{ property: "active", reason }];
}

export const quoted = (names: readonly string[]) => names.map((each) => `"${each}"`).join(", ");
