/** Finds what uses a volume: libvirt counts no references, and deletes a volume under a running guest (9.0.0). */
import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** The volume that is to be deleted. */
interface Used {
  readonly pool: string;
  readonly name: string;
  readonly path: string;
}

/** A guest with everything that may name a volume. */
export interface Guest {
  readonly name: string;
  /** Its definition, the running guest, and the definition in its managed save. */
  readonly trees: readonly XmlElement[];
  /** Files of the backing chains of its images, which the definition of a guest that is off does not name. */
  readonly chains: readonly string[];
}

/** An image with another one below it. */
export interface Overlay {
  readonly name: string;
  readonly backing: string;
}

/** Says what uses the volume, one text for each guest and overlay. */
export function usesOf(
  volume: Used,
  guests: readonly Guest[],
  overlays: readonly Overlay[],
): readonly string[] {
  return [
    ...guests
      .filter(
        ({ trees, chains }) => chains.includes(volume.path) || trees.some((tree) => names(tree, volume)),
      )
      .map(({ name }) => `the guest "${name}" has it`),
    ...overlays
      .filter(({ backing }) => backing === volume.path)
      .map(({ name }) => `the volume "${name}" is backed by it`),
  ];
}

/** Whether any attribute or text is the path, or any element names the volume in its pool. */
function names(element: XmlElement, { path, pool, name }: Used): boolean {
  if (element.attributes.some(({ value }) => value === path) || textOf(element) === path) return true;
  if (attributeOf(element, "volume") === name && attributeOf(element, "pool") === pool) return true;
  return childrenOf(element).some((child) => names(child, { path, pool, name }));
}

/** A disk of a running guest. */
export interface LiveDisk {
  readonly guest: string;
  readonly uuid: string;
  readonly target: string;
}

/** The disk of a running guest whose own image is the volume; `null` when no running guest has one. */
export function diskOn(
  volume: Used,
  running: readonly { readonly name: string; readonly uuid: string; readonly live: XmlElement }[],
): LiveDisk | null {
  for (const { name, uuid, live } of running)
    for (const disk of elementsAt(live, "devices/disk")) {
      const [source] = childrenOf(disk, "source");
      const target = valueAt(disk, "target/@dev");
      if (source === undefined || target === undefined) continue;
      const isIt =
        [attributeOf(source, "file"), attributeOf(source, "dev")].includes(volume.path) ||
        (attributeOf(source, "pool") === volume.pool && attributeOf(source, "volume") === volume.name);
      if (isIt) return { guest: name, uuid, target };
    }
  return null;
}

/** Whether a domain names the pool, for a disk that is one of its volumes. */
export function namesPool(element: XmlElement, pool: string): boolean {
  if (element.name === "source" && attributeOf(element, "pool") === pool) return true;
  return childrenOf(element).some((child) => namesPool(child, pool));
}

/** Whether a running guest reads from the volume through an overlay of its own. */
export function isBelow(volume: Used, live: XmlElement): boolean {
  return elementsAt(live, "devices/disk").some((disk) =>
    childrenOf(disk, "backingStore").some((below) => names(below, volume)),
  );
}
