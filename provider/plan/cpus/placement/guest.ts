import { busOf } from "../../../model/elements/domain/buses.ts";
import { ownOf } from "../../../model/table.ts";
import { parseCpuset } from "../../../model/values/cpuset.ts";
import { attributeOf, elementsAt, valueAt } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import { guestCpus } from "../guestCpus.ts";
import type { DeviceToPlace, GuestToPlace, HostCpus } from "./types.ts";

/** Path of a disk's file or block device on the host; `undefined` for other sources. */
export function sourcePathOf(disk: XmlElement): string | undefined {
  return valueAt(disk, "source/@file") ?? valueAt(disk, "source/@dev");
}

/** Virtio-blk disks that an IO thread can serve. A disk behind vhost-user is served by another process. */
export function virtioDisksOf(domain: XmlElement): XmlElement[] {
  return elementsAt(domain, "devices/disk").filter(
    (disk) => busOf(disk) === "virtio" && attributeOf(disk, "type") !== "vhostuser",
  );
}

/** Prepares a declared guest for placement. vCPUs and pins that it does not declare are taken from the host. */
export function guestToPlace(
  name: string,
  domain: XmlElement,
  host: HostCpus,
  sequential: readonly string[],
): GuestToPlace {
  const declared = guestCpus(domain, name, true);
  const actual = host.guests.find((guest) => guest.name === name);
  const isSilent = elementsAt(domain, "vcpu").length === 0;
  const device = (each: string, driver: XmlElement, node: number | null): DeviceToPlace => ({
    name: each,
    node,
    queues: Number(valueAt(driver, "driver/@queues") ?? 0) || null,
    isSequential: sequential.includes(each),
  });
  const disks = virtioDisksOf(domain).map((disk) =>
    device(valueAt(disk, "target/@dev") ?? "", disk, ownOf(host.diskNodes, sourcePathOf(disk) ?? "") ?? null),
  );
  const controllers = elementsAt(domain, "devices/controller")
    .filter(
      (each) => attributeOf(each, "type") === "scsi" && /^virtio/.test(attributeOf(each, "model") ?? ""),
    )
    .map((each) => device(`scsi ${attributeOf(each, "index") ?? "0"}`, each, null));
  return {
    name,
    vcpus: isSilent ? (actual?.vcpus ?? declared.vcpus) : declared.vcpus,
    vcpuPins: { ...actual?.vcpuPins, ...declared.vcpuPins },
    cpuset: declared.cpuset ?? actual?.cpuset ?? null,
    memoryNodes: parseCpuset(valueAt(domain, "numatune/memory/@nodeset") ?? ""),
    // Sorted, so that the placement does not depend on the order in the XML.
    devices: [...disks.toSorted(byTarget), ...controllers.toSorted(byTarget)],
  };
}

/** Sorts vdz before vdaa. */
function byTarget({ name: a }: DeviceToPlace, { name: b }: DeviceToPlace): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
