/**
 * Disks that are on an overlay of what is declared: after `snapshot-create-as --disk-only` libvirt names the overlay as
 * the source, in the running guest and in the definition, and the former source below `<backingStore>` (9.0.0). With the
 * former one again a guest would lose all that it wrote since.
 */
import { attributeOf, childrenOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Situation } from "../situation/situation.ts";

/** A disk whose source is another one than declared. */
export interface MovedDisk {
  readonly target: string;
  readonly declared: string;
  readonly actual: string;
  /** Of the actual source, as the definition has it. */
  readonly format: string;
}

type Sides = Pick<Situation, "inactive" | "live">;

/** What XML says of it: declared sources that stand in the chain of another one. */
export function findOverlays(desired: XmlElement, { inactive, live }: Sides): string[] {
  const name = valueAt(inactive, "name") ?? "";
  return declaredDisks(desired).flatMap(({ target, declared, isPath }) => {
    const found = [live, inactive].flatMap((side) => (side ? disksAt(side, target) : []));
    const over = found.find((disk) => {
      const chain = chainOf(disk);
      // What is no path may stand in the chain as one.
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

/** Disks with another source than declared, of whose chain the XML says nothing: only their images can tell. */
export function findUnproven(desired: XmlElement, { inactive, live }: Sides): MovedDisk[] {
  return declaredDisks(desired).flatMap(({ target, declared, isPath }) => {
    const [disk] = disksAt(inactive, target);
    const actual = disk && sourceOf(disk);
    if (!disk || !isPath || actual === undefined || actual === declared) return [];
    // A running guest has the whole chain of each of its disks.
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

/** What tells one source from another: `/images/a.qcow2`, `pool/volume`, `nbd:name`; undefined where there is none. */
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
