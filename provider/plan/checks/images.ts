/** Images that two running guests would write to: QEMU locks the file, and the second one does not start. */

import { elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

interface Image {
  readonly target: string;
  readonly path: string;
  /** Whether QEMU opens it so that others may have it too. */
  readonly isShared: boolean;
}

/** By the domain: each of a program's guests is held against all others of its host. */
const known = new WeakMap<XmlElement, readonly Image[]>();

/** Image files of the disks of a domain. QEMU 7.2 locks regular files, no block devices of the kernel. */
export function imagesOf(domain: XmlElement): readonly Image[] {
  const found = known.get(domain) ?? readImages(domain);
  known.set(domain, found);
  return found;
}

function readImages(domain: XmlElement): Image[] {
  return elementsAt(domain, "devices/disk").flatMap((disk): Image[] => {
    const path = valueAt(disk, "source/@file");
    const isDrive = ["cdrom", "floppy"].includes(valueAt(disk, "@device") ?? "disk");
    const isShared =
      isDrive || elementsAt(disk, "shareable").length + elementsAt(disk, "readonly").length > 0;
    return path === undefined ? [] : [{ target: valueAt(disk, "target/@dev") ?? "?", path, isShared }];
  });
}

/** Another guest that runs, or will. */
export interface Holder {
  readonly name: string;
  /** What it has open. */
  readonly images: readonly Image[];
}

/** Images that a guest is to open and that others have open. A disk that one of the two shares is left to QEMU. */
export function findHeldImages(opened: readonly Image[], holders: readonly Holder[]): string[] {
  const own = opened.filter(({ isShared }) => !isShared);
  if (own.length === 0) return [];
  return holders.flatMap(({ name, images }) => {
    const held = images.filter(({ isShared }) => !isShared);
    return own.flatMap(({ target, path }) => {
      const other = held.find((each) => each.path === path);
      if (!other) return [];
      return [
        `source.file ${path} of disk ${target} is that of disk ${other.target} of "${name}" as well, which writes to it; give each guest an image of its own, or make both disks readonly or shareable`,
      ];
    });
  });
}
