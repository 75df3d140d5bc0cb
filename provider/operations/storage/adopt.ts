/** Finds the pools and volumes in which disks of adopted guests lie. */
import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { connectionTo } from "../../host/connections.ts";
import { poolOf, volumeAt, volumeOf } from "../../host/storage/read.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { StorageKindName } from "../../model/arguments/kinds.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import type { AdoptedGuest, AdoptedPool, AdoptedStorage, AdoptedVolume } from "../../plan/adopt/adopted.ts";
import type { Source } from "../../plan/adopt/disks.ts";
import { sourcesOf } from "../../plan/adopt/disks.ts";
import type { VolumeFacts } from "../../plan/storage/facts.ts";
import { poolOperations } from "./pool.ts";
import { volumeOperations } from "./volume.ts";

const operations = { StoragePool: poolOperations, Volume: volumeOperations };

export interface FoundStorage {
  readonly storage: AdoptedStorage;
  /** Path of an image → why it is no resource. */
  readonly left: ReadonlyMap<string, string>;
}

/** @throws HostError when the host can't be read */
export async function findStorage(uri: string, guests: readonly AdoptedGuest[]): Promise<FoundStorage> {
  const connection = connectionTo(uri);
  const left = new Map<string, string>();
  const found = await volumesBelow(connection, guests.flatMap(sourcesOf), left);
  const names = [...new Set(found.map(({ pool }) => pool))].toSorted((a, b) => (a < b ? -1 : 1));
  const pools = await Promise.all(names.map((name) => declared(uri, "StoragePool", name)));
  const volumes = await Promise.all(
    found.map(({ pool, name }) => {
      const own = pools[names.indexOf(pool)];
      return typeof own === "string" ? own : declared(uri, "Volume", `${pool}/${name}`);
    }),
  );
  for (const [at, args] of volumes.entries())
    if (typeof args === "string") left.set(found[at]?.path ?? "", args);
  const storage = {
    pools: names.flatMap((name, at): AdoptedPool[] => {
      const args = pools[at];
      return typeof args === "object" ? [{ name, args: withoutDefaults(args) }] : [];
    }),
    volumes: found.flatMap(({ pool, name, path }, at): AdoptedVolume[] => {
      const args = volumes[at];
      return typeof args === "object" ? [{ pool, name, path, args: without(args, "pool") }] : [];
    }),
  };
  return { storage, left };
}

/** The volumes of these disks and those below them, each after the one that is below it. */
async function volumesBelow(
  connection: Connection,
  sources: readonly Source[],
  left: Map<string, string>,
): Promise<VolumeFacts[]> {
  const found = new Map<string, VolumeFacts | null>();
  const named = await Promise.all(sources.map((source) => namedBy(connection, source)));
  for (const volume of named) if (volume) found.set(volume.path, volume);
  let next = [...named.filter((volume) => volume !== null), ...sources].flatMap((each) => pathsOf(each));
  while (next.length > 0) {
    const paths = [...new Set(next)].filter((path) => !found.has(path));
    const read = await Promise.all(paths.map((path) => readAt(connection, path, left)));
    for (const [at, path] of paths.entries()) found.set(path, read[at] ?? null);
    next = read.flatMap((volume) => volume?.backing?.path ?? []);
  }
  const ordered = new Set<VolumeFacts>();
  const visit = (volume: VolumeFacts | null | undefined, above: ReadonlySet<VolumeFacts>): void => {
    if (!volume || ordered.has(volume) || above.has(volume)) return;
    visit(found.get(volume.backing?.path ?? ""), new Set([...above, volume]));
    ordered.add(volume);
  };
  const all = [...found.values()].filter((volume) => volume !== null);
  for (const volume of all.toSorted((a, b) => (a.path < b.path ? -1 : 1))) visit(volume, new Set());
  return [...ordered];
}

function pathsOf(of: VolumeFacts | Source): string[] {
  const path = "path" in of ? of.backing?.path : (of.file ?? of.block);
  return typeof path === "string" ? [path] : [];
}

/** The volume of a disk that names its pool. */
async function namedBy(connection: Connection, { volume: named }: Source): Promise<VolumeFacts | null> {
  if (!named) return null;
  const pool = await poolOf(connection, String(named.pool));
  return pool?.isActive ? volumeOf(connection, { pool: pool.name, name: String(named.volume) }) : null;
}

/** libvirt looks at an image again before it tells about it, and fails where that is gone. */
async function readAt(
  connection: Connection,
  path: string,
  left: Map<string, string>,
): Promise<VolumeFacts | null> {
  try {
    return await volumeAt(connection, path);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== "commandFailed") throw error;
    left.set(path, "libvirt can't read its volume");
    return null;
  }
}

/** The arguments with which the object can be imported; a text that says why it can't be declared. */
async function declared(uri: string, kind: StorageKindName, name: string): Promise<Arguments | string> {
  try {
    const imported = await operations[kind].import(`${uri}#${kind}/${name}`, {});
    const inputs = imported?.inputs ?? {};
    const [failure] = operations[kind].findInvalid(inputs);
    if (!failure && imported) return without(inputs, "host");
    const property = failure?.property ?? "";
    const value = Object.hasOwn(inputs, property) ? `"${String(inputs[property])}" ` : "";
    const why = failure ? `its ${property} ${value}${failure.reason}` : "it has gone";
    return `${storageKinds[kind].name} ${name} can't be declared: ${why}`;
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== "commandFailed") throw error;
    return error.what;
  }
}

const without = (args: Arguments, name: string): Arguments =>
  Object.fromEntries(Object.entries(args).filter(([each]) => each !== name));

/** A pool is active and starts with its host unless its resource says otherwise. */
function withoutDefaults(args: Arguments): Arguments {
  const isDefault = (name: string) => (name === "active" || name === "autostart") && args[name] === true;
  return Object.fromEntries(Object.entries(args).filter(([name]) => !isDefault(name)));
}
