/** Compares a declared volume with the host's. */
import type { Arguments } from "../../model/arguments/field.ts";
import { hasUnknown, unknown } from "../../model/arguments/field.ts";
import type { StorageKind } from "../../model/arguments/kinds.ts";
import { parseBytes, printBytes } from "../../model/values/units.ts";
import { parseXml } from "../../model/xml/parse.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { declare } from "../arguments/declaration.ts";
import { layTree } from "../merge/merge.ts";
import type { Backing, Obstacle, VolumeFacts } from "./facts.ts";

/** An image that a volume is made from: `url` or `file`. */
export interface Image {
  readonly url?: string;
  /** Path on the machine where the program runs. */
  readonly file?: string;
  readonly fetch?: "host" | "client";
  /** `sha256:…` or `sha512:…`, or the URL of a file that has it. Omitted when the image is not checked. */
  readonly checksum?: string | { readonly url: string };
  readonly decompress?: string;
}

export interface VolumePlan {
  /** New capacity in bytes; `null` when it stays. */
  readonly growTo: number | null;
  /** Reasons for which `up` fails. */
  readonly obstacles: readonly Obstacle[];
  /** Differences on the host that no update mends. */
  readonly warnings: readonly string[];
}

/** @param recorded What was applied last; `null` for a resource that takes over a volume which is there */
export function planVolume(recorded: Arguments | null, args: Arguments, volume: VolumeFacts): VolumePlan {
  const { isFile } = volume;
  const capacity = capacityOf(args);
  const isOther = capacity !== null && !isSameCapacity(capacity, volume.capacity);
  const isLarger = isOther && capacity > volume.capacity;
  // A logical volume is rounded up to whole extents, whose size libvirt does not tell.
  const shrinks: Obstacle[] =
    isOther && !isLarger && isFile
      ? [
          {
            property: "capacity",
            reason: `of ${printBytes(capacity)} is less than the ${printBytes(volume.capacity)} that the volume has, and nothing is ever shrunk: declare at least that`,
          },
        ]
      : [];
  const grows: Obstacle[] =
    isLarger && !isFile
      ? [
          {
            property: "capacity",
            reason: `of ${printBytes(capacity)} is more than the ${printBytes(volume.capacity)} that the volume has, and only files are grown: grow it on the host, then declare its size`,
          },
        ]
      : [];
  const differs = differences(args, volume);
  // What has the name may be somebody else's by now: then it is not touched.
  const isRefused = recorded === null || (isLarger && differs.length > 0);
  const fixed = recorded === null ? [] : fixedForLife(recorded, args, volume);
  return {
    growTo: isLarger && isFile && differs.length === 0 ? capacity : null,
    obstacles: [...shrinks, ...grows, ...fixed, ...(isRefused ? differs : [])],
    warnings: isRefused ? [] : differs.map(({ property, reason }) => `${property} ${reason}`),
  };
}

/** Why what has the volume's name is not what was made; `null` when it may be. */
export function whyOther(applied: Arguments, volume: VolumeFacts): string | null {
  const [found] = differences(applied, volume);
  if (!backingOf(applied) && volume.backing)
    return `it is another one: it has ${volume.backing.path} below it, and what was made had nothing`;
  return found ? `it is another one: its ${found.property} ${found.reason.replace(/;.*$/, "")}` : null;
}

/** Capacity in bytes; `null` when none is declared, or it is not known yet. */
export function capacityOf({ capacity }: Arguments): number | null {
  if (capacity === undefined || capacity === null || capacity === unknown) return null;
  return typeof capacity === "number" ? capacity : parseBytes(String(capacity));
}

/** The declared format. Its default depends on whether the volume is a file. */
export function formatOf(args: Arguments, isFile: boolean): string {
  return String(args.format ?? (isFile ? "qcow2" : "raw"));
}

/** libvirt tells more formats than QEMU has. */
export function formatForQemu({ format }: VolumeFacts): string {
  return format === "iso" ? "raw" : format;
}

export function backingOf(args: Arguments): Backing | null {
  const { backing } = (args.content ?? {}) as { readonly backing?: Backing };
  return backing ?? null;
}

/** The image to bring; `null` when the content is another one. */
export function imageOf(args: Arguments): Image | null {
  const { image } = (args.content ?? {}) as { readonly image?: Image };
  return image ?? null;
}

/** The volume to copy; `null` when the content is another one. */
export function cloneOf(args: Arguments): { readonly pool: string; readonly name: string } | null {
  const { clone } = (args.content ?? {}) as {
    readonly clone?: { readonly pool?: string; readonly name: string };
  };
  return clone ? { pool: clone.pool ?? String(args.pool), name: clone.name } : null;
}

/**
 * What libvirt needs beside the arguments. Without `<compat>` it makes qcow2 images of version 2 (9.0.0; 1.1 from
 * 11.3.0 on), and without `<allocation>` a raw image takes its whole size at once.
 */
const always = {
  qcow2: "<volume><target><compat>1.1</compat></target></volume>",
  raw: "<volume><allocation unit='bytes'>0</allocation></volume>",
};

/** The definition of a new volume. */
export function definitionOf(kind: StorageKind, args: Arguments, isFile: boolean): XmlElement {
  if (!isFile) return declare(kind, { ...args, format: undefined });
  const format = formatOf(args, isFile) === "raw" ? "raw" : "qcow2";
  const needed = args.preallocation === "full" ? "<volume/>" : always[format];
  return layTree(kind.object.schema, declare(kind, { ...args, format }), parseXml(needed)).tree;
}

/** Options of `vol-create` that a definition has no place for. */
export function makingFlags({ preallocation }: Arguments): readonly string[] {
  return preallocation === "metadata" ? ["--prealloc-metadata"] : [];
}

/** Whether a volume has its declared capacity, in bytes. libvirt rounds that of a qcow2 image up to KiB (9.0.0). */
export function isSameCapacity(declared: number, actual: number): boolean {
  return declared === actual || Math.ceil(declared / 1024) * 1024 === actual;
}

/** Where the volume on the host is another one than declared. */
function differences(args: Arguments, { format, backing, layout, isFile }: VolumeFacts): Obstacle[] {
  const wanted = formatOf(args, isFile);
  const declared = backingOf(args);
  const found: Obstacle[] = [];
  if (wanted !== format)
    found.push({ property: "format", reason: `is ${format} on the host, not ${wanted}; ${declareIt}` });
  if (declared && !hasUnknown(declared) && declared.path !== backing?.path)
    found.push({
      property: "content",
      reason: `has ${backing ? `${backing.path} below it` : "nothing below it"} on the host, not ${declared.path}; ${declareIt}`,
    });
  for (const [property, actual] of Object.entries(layout)) {
    const value = layoutOf(args, property);
    if (value === undefined || value === actual) continue;
    found.push({ property, reason: `is ${shown(actual)} on the host, not ${shown(value)}; ${declareIt}` });
  }
  return found;
}

const shown = (value: unknown) => (typeof value === "number" ? printBytes(value) : String(value));

const declareIt = "declare it so, or give the volume another name";

/** Value of an argument for the layout of an image, as in `Layout`; `undefined` where none is declared. */
function layoutOf(args: Arguments, name: string): unknown {
  const value = name === "clusterSize" ? (capacityOf({ capacity: args[name] }) ?? undefined) : args[name];
  return value === unknown ? undefined : value;
}

/** Arguments that nothing changes once the volume is made. */
function fixedForLife(recorded: Arguments, args: Arguments, { layout, isFile }: VolumeFacts): Obstacle[] {
  const now = { format: formatOf(args, isFile), content: args.content ?? null };
  const before = { format: formatOf(recorded, isFile), content: recorded.content ?? null };
  const contents = (["format", "content"] as const).filter(
    (name) => JSON.stringify(now[name]) !== JSON.stringify(before[name]),
  );
  const layouts = ["clusterSize", "lazyRefcounts", "extendedL2", "nocow"].filter((name) => {
    const value = layoutOf(args, name);
    const actual = Object.entries(layout).find(([each]) => each === name)?.[1] ?? layoutOf(recorded, name);
    return value !== undefined && value !== actual;
  });
  return [...contents, ...layouts].map((property) => ({
    property,
    reason:
      "can't change: what a volume holds is never exchanged. Give the volume another name, which makes a new one beside it",
  }));
}
