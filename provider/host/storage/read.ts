/**
 * Reads storage pools and volumes of a host. A run reads all of them with the host's domains, in one session; questions of the
 * same moment share another one.
 */
import { randomBytes } from "node:crypto";
import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import { parseRoot, XmlError } from "../../model/xml/parse.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Layout, PoolFacts, VolumeFacts } from "../../plan/storage/facts.ts";
import { folderInUse } from "../../plan/storage/pool.ts";
import type { Connection } from "../connection/connection.ts";
import { forRun } from "../process/perRun.ts";
import { splitFrames } from "../read/frames.ts";
import { readStorage } from "../read/read.ts";
import { storageOf } from "../read/snapshot.ts";
import { askTogether } from "../read/together.ts";
import { answerError, commandError, saysNoSuchStorage } from "../virsh/errors.ts";
import { inBatch, virsh } from "../virsh/virsh.ts";
import type { PrintedPool, PrintedStorage, Storage } from "./all.ts";
import { parseStorage } from "./all.ts";

const { storagePool, volume } = objects;

/** Identifies a volume on its host. */
export interface VolumeName {
  readonly pool: string;
  readonly name: string;
}

/** What this run has read of a host. */
interface Known {
  readonly pools: Map<string, Promise<PoolFacts | null>>;
  readonly volumes: Map<string, Promise<VolumeFacts | null>>;
  /** All of its storage, as it was at the first question, or at the first one since this run has changed a pool. */
  readonly all: () => Promise<Storage | null>;
  /** Volumes that this run has changed. */
  readonly changed: Set<string>;
}

const known = forRun(() => new Map<string, Known>());

function knownOf(connection: Connection): Known {
  const { host } = connection;
  const found = known().get(host) ?? beginWith(() => storageOf(connection));
  known().set(host, found);
  return found;
}

function beginWith(read: () => Promise<PrintedStorage | null>): Known {
  let all: Promise<Storage | null> | null = null;
  const readOnce = () => {
    all ??= read().then((printed) => printed && parseStorage(printed));
    return all;
  };
  return { pools: new Map(), volumes: new Map(), all: readOnce, changed: new Set() };
}

const keyOf = ({ pool, name }: VolumeName) => `${pool}/${name}`;

/** The pool as this run first saw it; `null` when the host has none of this name. @throws HostError */
export function poolOf(connection: Connection, name: string): Promise<PoolFacts | null> {
  const { pools, all } = knownOf(connection);
  const found =
    pools.get(name) ??
    all().then((storage) => {
      const printed = storage?.pool(name);
      if (printed === undefined) return readPool(connection, name);
      return printed && poolIn(connection, name, printed);
    });
  pools.set(name, found);
  return found;
}

/**
 * The volume as this run first saw it; `null` when its pool is active and has none of this name.
 * @throws HostError, also for a pool that is not active
 */
export function volumeOf(connection: Connection, volume: VolumeName): Promise<VolumeFacts | null> {
  const { volumes, all, changed } = knownOf(connection);
  const key = keyOf(volume);
  const found =
    volumes.get(key) ??
    all().then((storage) => {
      const tree = changed.has(key) ? undefined : storage?.volume(volume.pool, volume.name);
      if (tree === undefined) return readVolume(connection, volume);
      return tree && volumeIn(tree, volume);
    });
  volumes.set(key, found);
  return found;
}

/** Makes the next questions about the host's storage read it again. */
export function forgetStorage(connection: Connection): void {
  known().set(
    connection.host,
    beginWith(() => readStorage(connection)),
  );
}

/** Makes the next question about a volume read it again. */
export function forgetVolume({ host }: Connection, volume: VolumeName): void {
  const key = keyOf(volume);
  known().get(host)?.volumes.delete(key);
  known().get(host)?.changed.add(key);
}

export async function readPool(connection: Connection, name: string): Promise<PoolFacts | null> {
  const { dumpInactive, dumpLive } = storagePool.verbs;
  const about = ["--pool", name];
  const what = `can't read the storage pool "${name}"`;
  const [inactiveXml, liveXml, info] = await ask(connection, what, "storagePool", [
    [...dumpInactive, ...about],
    [...dumpLive, ...about],
    ["pool-info", ...about],
  ]);
  if (inactiveXml === undefined || liveXml === undefined || info === undefined) return null;
  return poolIn(connection, name, { inactive: inactiveXml, live: liveXml, info });
}

function poolIn(connection: Connection, name: string, printed: PrintedPool): PoolFacts {
  const { inactive: inactiveXml, live: liveXml, info } = printed;
  const what = `can't read the storage pool "${name}"`;
  const inactive = parseAnswer(connection, what, inactiveXml, storagePool.root);
  const isActive = /^State: +running$/m.test(info);
  return {
    name,
    uuid: valueAt(inactive, "uuid") ?? "",
    isActive,
    isAutostarted: /^Autostart: +yes$/m.test(info),
    inactiveXml,
    inactive,
    live: isActive ? parseAnswer(connection, what, liveXml, storagePool.root) : null,
  };
}

export async function readVolume(
  connection: Connection,
  { pool, name }: VolumeName,
): Promise<VolumeFacts | null> {
  const what = `can't read the volume "${name}" of the storage pool "${pool}"`;
  const [xml] = await ask(connection, what, "volume", [[volume.verbs.dump, "--pool", pool, "--vol", name]]);
  if (xml !== undefined) return volumeIn(parseAnswer(connection, what, xml, volume.root), { pool, name });
  await requireFolder(connection, what, pool);
  return null;
}

/** libvirt forgets the volumes of a folder that is gone, as after a failed mount, and finds them later (9.0.0). */
export async function requireFolder(connection: Connection, what: string, pool: string): Promise<void> {
  const found = await readPool(connection, pool);
  const folder = found?.live && folderInUse(found);
  if (!folder) return;
  const [seen] = await askTogether(connection, [{ argv: ["ls", "-d", "--", folder] }]);
  if (seen?.exitCode === 0) return;
  throw commandError(
    what,
    connection.host,
    { argv: ["ls", "-d", folder], exitCode: 1, stderr: seen?.stderr ?? "" },
    `nothing has changed; the folder of the storage pool "${pool}" is gone: bring it back (mount it, or make it anew if its volumes are lost)`,
  );
}

/** The volume whose file this is; `null` when no active pool has it. @throws HostError */
export async function volumeAt(connection: Connection, path: string): Promise<VolumeFacts | null> {
  const what = `can't read the volume ${path}`;
  const [xml, pool] = await ask(connection, what, "volume", [
    [volume.verbs.dump, "--vol", path],
    ["vol-pool", "--vol", path],
  ]);
  if (xml === undefined || pool === undefined) return null;
  const tree = parseAnswer(connection, what, xml, volume.root);
  return volumeIn(tree, { pool, name: valueAt(tree, "name") ?? "" });
}

export function volumeIn(tree: XmlElement, { pool, name }: VolumeName): VolumeFacts {
  const backing = valueAt(tree, "backingStore/path");
  const type = attributeOf(tree, "type") ?? "file";
  // The format of a partition is what it is for, such as linux; a guest sees it raw.
  const format = type === "block" ? "raw" : (valueAt(tree, "target/format/@type") ?? "raw");
  return {
    pool,
    name,
    path: valueAt(tree, "target/path") ?? "",
    capacity: Number(valueAt(tree, "capacity")),
    allocation: Number(valueAt(tree, "allocation")),
    format,
    isFile: type === "file" || type === "dir",
    backing:
      backing === undefined
        ? null
        : { path: backing, format: valueAt(tree, "backingStore/format/@type") ?? "raw" },
    layout: layoutIn(tree),
  };
}

/** libvirt says these only after it has looked into the image, as when the pool is refreshed (9.0.0). */
function layoutIn(tree: XmlElement): Layout {
  const clusterSize = valueAt(tree, "target/clusterSize");
  const [features] = elementsAt(tree, "target/features");
  const has = (name: string) => elementsAt(tree, `target/features/${name}`).length > 0;
  return {
    ...(clusterSize === undefined ? {} : { clusterSize: Number(clusterSize) }),
    ...(features ? { lazyRefcounts: has("lazy_refcounts"), extendedL2: has("extended_l2") } : {}),
  };
}

/** @throws HostError for XML that is cut off or another object's */
export function parseAnswer(connection: Connection, what: string, xml: string, root: string): XmlElement {
  try {
    return parseRoot(xml, root);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw answerError(what, connection.host, { argv: ["virsh"], stderr: error.message }, "unusable XML");
  }
}

/**
 * Asks about one object; returns nothing when libvirt says that the host does not have it.
 * @throws HostError for any other missing answer: what can't be read never counts as gone
 */
async function ask(
  connection: Connection,
  what: string,
  object: "storagePool" | "volume",
  questions: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const mark = randomBytes(16).toString("hex");
  const batch = questions.map((words, at) => `echo ${mark} ${at}; ${inBatch(words)}`).join("; ");
  const [result] = await askTogether(connection, [virsh(connection, [`${batch}; echo ${mark} end`])]);
  if (!result) throw new HostError(what, connection.host, { code: "answerUnusable" });
  const frames = new Map(splitFrames(result.stdout, mark));
  const answers = questions.map((_, at) => frames.get(String(at))?.trim() ?? "");
  if (frames.has("end") && answers.every((answer) => answer !== "")) return answers;
  if (frames.has("end") && saysNoSuchStorage(result.stderr, object)) return [];
  if (result.stderr.trim() === "") throw answerError(what, connection.host, result, "nothing on it");
  throw commandError(what, connection.host, result);
}
