/**
 * Finds disks that are on an overlay of their declared image. After `snapshot-create-as --disk-only` libvirt
 * names the overlay as the source in the running guest and the definition, and the former source in
 * `<backingStore>` (9.0.0). If we put the former source back, the guest would lose everything it wrote since.
 */
import { attributeOf, childrenOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Situation } from "../situation/situation.ts";

/** A disk whose source differs from the declared one. */
export interface MovedDisk {
  readonly target: string;
  readonly declared: string;
  readonly actual: string;
  /** Format of the actual source, according to the definition. */
  readonly format: string;
}

type Sides = Pick<Situation, "inactive" | "live">;

/** Finds the overlays that XML shows: the declared source is in the backing chain of another one. */
export function findOverlays(desired: XmlElement, { inactive, live }: Sides): string[] {
  const name = valueAt(inactive, "name") ?? "";
  return declaredDisks(desired).flatMap(({ target, declared, isPath }) => {
    const found = [live, inactive].flatMap((side) => (side ? disksAt(side, target) : []));
    const over = found.find((disk) => {
      const chain = chainOf(disk);
      // A source that is not a path may appear in the chain as a path.
      return sourceOf(disk) !== declared && (chain.includes(declared) || (!isPath && chain.length > 0));
    });
    return over ? [tellOverlay(name, { target, declared, actual: sourceOf(over) ?? "" })] : [];
  });
}

export function tellOverlay(
  name: string,
  { target, declared, actual }: Pick<MovedDisk, "target" | "declared" | "actual">,
): string {
  return `disk ${target} is on ${actual}, an overlay of ${declared} which is declared (somebody made a snapshot of it): with that the guest would lose all that it wrote since; merge it back while the guest runs (virsh blockcommit ${name} ${target} --active --wait --pivot), or declare ${actual}`;
}

/**
 * Finds disks with another source than declared whose backing chain XML does not show. Only the images
 * themselves can tell whether that source is an overlay.
 */
export function findUnproven(desired: XmlElement, { inactive, live }: Sides): MovedDisk[] {
  return declaredDisks(desired).flatMap(({ target, declared, isPath }) => {
    const [disk] = disksAt(inactive, target);
    const actual = disk && sourceOf(disk);
    if (!disk || !isPath || actual === undefined || actual === declared) return [];
    // The XML of a running guest has the whole chain of each disk.
    const isProven = [inactive, live].some((side) =>
      (side ? disksAt(side, target) : []).some(
        (each) => sourceOf(each) === actual && elementsAt(each, "backingStore").length > 0,
      ),
    );
    const format = valueAt(disk, "driver/@type") ?? "raw";
    return isProven || format === "raw" ? [] : [{ target, declared, actual, format }];
  });
}

function declaredDisks(desired: XmlElement) {
  return elementsAt(desired, "devices/disk").flatMap((disk) => {
    const target = valueAt(disk, "target/@dev");
    const declared = sourceOf(disk);
    const isPath = ["file", "dev"].some((name) => valueAt(disk, `source/@${name}`) !== undefined);
    return target === undefined || declared === undefined ? [] : [{ target, declared, isPath }];
  });
}

function disksAt(domain: XmlElement, target: string): XmlElement[] {
  return elementsAt(domain, "devices/disk").filter((each) => valueAt(each, "target/@dev") === target);
}

/** Identifies a source: `/images/a.qcow2`, `pool/volume`, `nbd:name`; undefined when there is none. */
function sourceOf(element: XmlElement): string | undefined {
  const [source] = childrenOf(element, "source");
  const at = (name: string) => attributeOf(source, name);
  const path = at("file") ?? at("dev") ?? at("dir") ?? at("path");
  if (path !== undefined) return path;
  if (at("volume") !== undefined) return `${at("pool")}/${at("volume")}`;
  return at("protocol") === undefined ? undefined : `${at("protocol")}:${at("name") ?? ""}`;
}

function chainOf(disk: XmlElement): string[] {
  const [below] = childrenOf(disk, "backingStore");
  if (!below) return [];
  const source = sourceOf(below);
  return [...(source === undefined ? [] : [source]), ...chainOf(below)];
}
