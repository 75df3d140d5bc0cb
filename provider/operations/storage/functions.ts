/** Answers the functions about pools and volumes. */
import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { listPoolNames, listVolumes } from "../../host/storage/list.ts";
import { poolOf } from "../../host/storage/read.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { PoolFacts } from "../../plan/storage/facts.ts";
import { typeNameIn } from "../../plan/storage/pool.ts";

/** @throws HostError */
export async function poolAnswer(connection: Connection, name: string): Promise<Arguments> {
  const pool = await requirePool(connection, "name", name);
  const { live } = pool;
  const bytes = (element: string) => live && Number(valueAt(live, element));
  return {
    name: pool.name,
    uuid: pool.uuid,
    type: typeNameIn(pool),
    path: valueAt(pool.inactive, "target/path") ?? null,
    active: pool.isActive,
    autostart: pool.isAutostarted,
    capacityBytes: bytes("capacity"),
    allocationBytes: bytes("allocation"),
    availableBytes: bytes("available"),
  };
}

/** @throws HostError */
export async function volumesAnswer(connection: Connection, name: string): Promise<Arguments> {
  const pool = await requirePool(connection, "pool", name);
  if (!pool.isActive)
    throw new HostError(`the storage pool "${name}" is not active`, connection.host, {
      remedy: `pool: start it (virsh pool-start), or declare a StoragePool for it, and list its volumes once that is made`,
    });
  const volumes = await listVolumes(connection, pool);
  const answers = volumes.map(({ name, path, format, capacity, allocation, backing }) => ({
    name,
    path,
    format,
    capacityBytes: capacity,
    allocationBytes: allocation,
    backingPath: backing?.path ?? null,
  }));
  return { volumes: answers.toSorted((a, b) => a.name.localeCompare(b.name, "en")) };
}

/** @param input The function's input that names the pool */
async function requirePool(connection: Connection, input: string, name: string): Promise<PoolFacts> {
  const pool = await poolOf(connection, name);
  if (pool) return pool;
  const names = (await listPoolNames(connection)).slice(0, 20).join(", ");
  throw new HostError(`there is no storage pool "${name}"`, connection.host, {
    remedy: `${input}: it has ${names || "none"}`,
  });
}
