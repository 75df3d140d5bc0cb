/** Makes, changes and removes storage pools. Nothing that a pool holds is ever changed or removed, and nothing is formatted. */
import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import { printXml } from "../../model/xml/print.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { PoolFacts } from "../../plan/storage/facts.ts";
import { defineCommand, digestOf, printableArgv } from "../apply/commands.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { commandError, saysPoolIsActive } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";
import { readPool } from "./read.ts";

const { verbs } = objects.storagePool;

/** Whether the pool is to be started, and to start with its host. */
export interface PoolState {
  readonly active: boolean;
  readonly autostart: boolean;
  /** Whether its folder is made, if it is missing, before it is started. */
  readonly build: boolean;
}

/**
 * Defines a new pool and starts it.
 * @throws HostError when that fails; the host then has no such pool
 */
export async function createPool(
  connection: Connection,
  name: string,
  definition: XmlElement,
  state: PoolState,
): Promise<PoolFacts> {
  const what = `can't create the storage pool "${name}"`;
  await runOne(connection, what, virsh(connection, [verbs.define, "/dev/stdin"], printXml(definition)));
  try {
    await runAll(connection, what, [
      ...(state.active ? startOf(connection, name, state) : []),
      ...(state.autostart ? [virsh(connection, [verbs.autostart, "--pool", name])] : []),
    ]);
  } catch (error) {
    if (error instanceof HostError && error.code === "commandFailed") await undo(connection, name);
    throw error;
  }
  return requirePool(connection, name);
}

/** Takes back what a failed creation has done. The folder stays, for it may have been there before. */
async function undo(connection: Connection, name: string): Promise<void> {
  const commands = [verbs.stop, verbs.undefine].map((verb) => virsh(connection, [verb, "--pool", name]));
  await connection.run(commands, { keepGoing: true });
}

/** Brings a pool to a definition (`null`: as it is) and a state. @throws HostError */
export async function updatePool(
  connection: Connection,
  pool: PoolFacts,
  definition: XmlElement | null,
  state: PoolState,
): Promise<PoolFacts> {
  const { name } = pool;
  const rewritten = definition && {
    uuid: pool.uuid,
    digest: digestOf(pool.inactiveXml),
    xml: printXml(definition),
  };
  await runAll(connection, `can't update the storage pool "${name}"`, [
    ...(rewritten ? [defineCommand(connection, objects.storagePool, rewritten)] : []),
    ...(state.active && !pool.isActive ? startOf(connection, name, state) : []),
    ...(!state.active && pool.isActive ? [virsh(connection, [verbs.stop, "--pool", name])] : []),
    ...(state.autostart === pool.isAutostarted
      ? []
      : [virsh(connection, [verbs.autostart, "--pool", name, ...(state.autostart ? [] : ["--disable"])])]),
  ]);
  return requirePool(connection, name);
}

/** Stops and undefines a pool; what it holds stays. @throws HostError */
export async function removePool(connection: Connection, { name, isActive }: PoolFacts): Promise<void> {
  await runAll(connection, `can't remove the storage pool "${name}"`, [
    ...(isActive ? [virsh(connection, [verbs.stop, "--pool", name])] : []),
    virsh(connection, [verbs.undefine, "--pool", name]),
  ]);
}

/** `pool-build` without flags makes the folder of dir, fs and netfs if it is missing, and changes nothing in it (9.0.0). */
function startOf(connection: Connection, name: string, { build }: PoolState): Command[] {
  const verbsNow = build ? ["pool-build", verbs.start] : [verbs.start];
  return verbsNow.map((verb) => virsh(connection, [verb, "--pool", name]));
}

/** Runs all commands. One that finds the pool active already, since another client has started it, has done its work. */
async function runAll(connection: Connection, what: string, commands: readonly Command[]): Promise<void> {
  for (let left = commands; left.length > 0; ) {
    const results = await connection.run(left);
    const last = results.at(-1);
    if (last?.exitCode === 0 && results.length === left.length) return;
    const failed = last ?? { argv: left[0]?.argv ?? [], exitCode: 1, stderr: "" };
    if (!saysPoolIsActive(failed.stderr))
      throw commandError(what, connection.host, { ...failed, argv: printableArgv(failed.argv) });
    left = left.slice(results.length);
  }
}

async function requirePool(connection: Connection, name: string): Promise<PoolFacts> {
  const pool = await readPool(connection, name);
  if (pool) return pool;
  throw new HostError(`the storage pool "${name}" is gone right after it was written`, connection.host, {
    remedy: "somebody else removed it; run it again",
  });
}
