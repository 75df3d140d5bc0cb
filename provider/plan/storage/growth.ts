/** Finds who must grow a volume: QEMU where a running guest has it open, libvirt otherwise. */
import { childrenOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { VolumeNames } from "./uses.ts";
import { names } from "./uses.ts";

/** A disk of a running guest. */
export interface LiveDisk {
  readonly guest: string;
  readonly uuid: string;
  readonly target: string;
}

/** A guest that may have the volume. */
export interface Owner {
  readonly name: string;
  readonly uuid: string;
  readonly inactive: XmlElement;
  readonly live: XmlElement | null;
  readonly isSaved: boolean;
}

/** Disks that QEMU must grow, none when no running guest has the volume; or the reason why it can't grow. */
export type Growth = { readonly disks: readonly LiveDisk[] } | { readonly why: string };

/** Says how a volume grows, if its guests let it. */
export function growthWith(volume: VolumeNames, format: string, guests: readonly Owner[]): Growth {
  const disks: LiveDisk[] = [];
  for (const { name, uuid, inactive, live, isSaved } of guests) {
    if (isSaved && names(inactive, volume))
      return {
        why: `the guest "${name}" is saved with it, and would go on with the old size: start it first, or drop what is saved (virsh managedsave-remove)`,
      };
    for (const disk of live ? elementsAt(live, "devices/disk") : []) {
      if (!names(disk, volume)) continue;
      const why = whyNot(disk, volume, format);
      if (why !== null) return { why: `the guest "${name}" ${why}` };
      disks.push({ guest: name, uuid, target: valueAt(disk, "target/@dev") ?? "" });
    }
    if (live && disks.every((disk) => disk.uuid !== uuid) && names(live, volume))
      return { why: `the guest "${name}" runs with it, though not as a disk: shut it down first` };
  }
  return { disks };
}

/** Why QEMU can't grow the volume by this disk; `null` when it can. */
function whyNot(disk: XmlElement, volume: VolumeNames, format: string): string | null {
  const target = valueAt(disk, "target/@dev");
  const [mirror] = childrenOf(disk, "mirror");
  if (mirror)
    return `copies disk ${target} in a block job: end that first (virsh blockjob), or wait for its end`;
  const [source] = childrenOf(disk, "source");
  if (!source || !isSource(source, volume))
    return `runs on an overlay of it (disk ${target}), and would see nothing of that`;
  const used = valueAt(disk, "driver/@type") ?? "raw";
  if (used !== format)
    return `has it as ${used} (disk ${target}), and the volume is ${format}: declare the format of that disk first`;
  if (childrenOf(disk, "readonly").length > 0)
    return `only reads it (disk ${target}), and QEMU can't grow that: shut it down first`;
  return null;
}

/** Whether the source itself is the volume, without what is below it. */
function isSource(source: XmlElement, volume: VolumeNames): boolean {
  return names({ ...source, children: [] }, volume);
}
