/** Finds what uses a volume: libvirt counts no references, and deletes a volume under a running guest (9.0.0). */
import { attributeOf, childrenOf, textOf } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** Everything that the file of a volume is called on its host. */
export interface VolumeNames {
  readonly paths: ReadonlySet<string>;
  readonly volumes: readonly VolumeSource[];
}

/** How a disk names a volume of a pool. */
interface VolumeSource {
  readonly pool: string;
  readonly name: string;
}

/** A guest with everything that may name a volume. */
export interface Guest {
  readonly name: string;
  /** Its definition, the running guest, the definition in its managed save, and its snapshots. */
  readonly trees: readonly XmlElement[];
  /** Files of the backing chains of its images, which the definition of a guest that is off does not name. */
  readonly chains: readonly string[];
}

/** An image with another one below it, or a loop device of the host with the file that it shows. */
export interface Overlay {
  readonly kind: "volume" | "loop device";
  readonly name: string;
  readonly backing: string;
}

const says: Readonly<Record<Overlay["kind"], (name: string) => string>> = {
  volume: (name) => `the volume "${name}" is backed by it`,
  "loop device": (name) => `the loop device ${name} shows it`,
};

/** Says what uses the volume, one text for each guest and overlay. */
export function usesOf(
  volume: VolumeNames,
  guests: readonly Guest[],
  overlays: readonly Overlay[],
): readonly string[] {
  const { paths } = volume;
  return [
    ...guests
      .filter(
        ({ trees, chains }) =>
          chains.some((path) => paths.has(path)) || trees.some((tree) => names(tree, volume)),
      )
      .map(({ name }) => `the guest "${name}" has it`),
    ...overlays.filter(({ backing }) => paths.has(backing)).map(({ kind, name }) => says[kind](name)),
  ];
}

/**
 * Whether any attribute or text is one of the paths, or any element names the volume in its pool. The path of an image of
 * Ceph is the name in the source of a disk: `images/data`.
 */
export function names(element: XmlElement, { paths, volumes }: VolumeNames): boolean {
  return (
    valuesIn(element).some((value) => paths.has(value)) ||
    volumesIn(element).some((each) =>
      volumes.some(({ pool, name }) => each.pool === pool && each.name === name),
    )
  );
}

/** All absolute paths that are an attribute or a text. */
export function pathsIn(element: XmlElement): string[] {
  return valuesIn(element).filter((value) => value.startsWith("/"));
}

function valuesIn(element: XmlElement): string[] {
  const own = [...element.attributes.map(({ value }) => value), textOf(element)];
  return [...own, ...childrenOf(element).flatMap(valuesIn)];
}

/** All volumes that disks name by their pool. */
export function volumesIn(element: XmlElement): VolumeSource[] {
  const [pool, name] = [attributeOf(element, "pool"), attributeOf(element, "volume")];
  return [
    ...(pool !== undefined && name !== undefined ? [{ pool, name }] : []),
    ...childrenOf(element).flatMap(volumesIn),
  ];
}

/** Whether a domain names the pool, for a disk that is one of its volumes. */
export function namesPool(element: XmlElement, pool: string): boolean {
  if (element.name === "source" && attributeOf(element, "pool") === pool) return true;
  return childrenOf(element).some((child) => namesPool(child, pool));
}
