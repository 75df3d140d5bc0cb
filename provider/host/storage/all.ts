/** Reads the storage of a host at once, and finds pools and volumes in the answer. */
import { randomBytes } from "node:crypto";
import { objects } from "../../model/objects.ts";
import { parseRoot, XmlError } from "../../model/xml/parse.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { splitFrames } from "../read/frames.ts";
import { storageScript } from "./allScript.ts";
import { roomForVolumes, volumeXmls } from "./asking.ts";

/** What a host printed about its storage. */
export interface PrintedStorage {
  readonly mark: string;
  readonly stdout: string;
}

/** Texts that libvirt printed about a pool. */
export interface PrintedPool {
  readonly inactive: string;
  readonly live: string;
  readonly info: string;
}

/** Storage as it was read. `undefined` stands for what the answer does not tell: then the host is asked about that alone. */
export interface Storage {
  /** `null` when the host has no such pool. */
  pool(name: string): PrintedPool | null | undefined;
  /** `null` when the pool's folder is there, and has no such volume that libvirt knows. */
  volume(pool: string, name: string): XmlElement | null | undefined;
}

/** The question, and the parser of its answer; `null` when there is none. It changes nothing. */
export function storageQuestion({ virshUri }: Connection): {
  readonly command: Command;
  parse(result: CommandResult | undefined): PrintedStorage | null;
} {
  const mark = `@@${randomBytes(8).toString("hex")}`;
  return {
    command: {
      argv: ["sh", "-c", storageScript, "sh", virshUri, mark],
      timeoutSeconds: 30,
      allowance: roomForVolumes,
    },
    parse: (result) => (result?.exitCode === 0 ? { mark, stdout: result.stdout } : null),
  };
}

/** @returns `null` when the answer is cut off */
export function parseStorage({ mark, stdout }: PrintedStorage): Storage | null {
  const frames = splitFrames(stdout, mark);
  if (frames.at(-1)?.[0] !== "done") return null;
  const told = new Map(frames);
  const text = (kind: string, uuid: string) => told.get(`${kind} ${uuid}`)?.trim() ?? "";
  const uuids = frames.flatMap(([head]) => (head.startsWith("pool ") ? [head.slice(5)] : []));
  const pools = new Map(
    uuids.flatMap((uuid) => {
      const inactive = text("pool", uuid);
      const name = nameIn(inactive, objects.storagePool.root);
      return name === null ? [] : [[name, uuid] as const];
    }),
  );
  const volumes = new Map<string, ReadonlyMap<string, XmlElement>>();
  return {
    pool: (name) => {
      const uuid = pools.get(name);
      if (uuid === undefined) return told.has("listed") && pools.size === uuids.length ? null : undefined;
      const [inactive, live, info] = ["pool", "live", "info"].map((kind) => text(kind, uuid));
      return inactive && live && info ? { inactive, live, info } : undefined;
    },
    volume: (pool, name) => {
      const uuid = pools.get(pool);
      if (uuid === undefined || !told.has(`folder ${uuid}`)) return undefined;
      const known = volumes.get(uuid) ?? volumesIn(text("folder", uuid));
      volumes.set(uuid, known);
      const list = text("list", uuid);
      return known.get(name) ?? (list === "" || list.includes(name) ? undefined : null);
    },
  };
}

function volumesIn(text: string): ReadonlyMap<string, XmlElement> {
  const trees = volumeXmls(text).flatMap((xml) => parsed(xml, objects.volume.root) ?? []);
  return new Map(trees.map((tree) => [valueAt(tree, "name") ?? "", tree]));
}

function nameIn(xml: string, root: string): string | null {
  const tree = parsed(xml, root);
  return (tree && valueAt(tree, "name")) ?? null;
}

function parsed(xml: string, root: string): XmlElement | null {
  try {
    return parseRoot(xml, root);
  } catch (error) {
    if (error instanceof XmlError) return null;
    throw error;
  }
}
