import { busOf } from "../../../model/elements/domain/buses.ts";
import { ownOf } from "../../../model/table.ts";
import { parseCpuset } from "../../../model/values/cpuset.ts";
import { attributeOf, elementsAt, valueAt } from "../../../model/xml/read.ts";
import type { XmlElement } from "../../../model/xml/tree.ts";
import { median } from "../../activity/compare.ts";
import type { Profile } from "../../activity/profile.ts";
import { guestCpus, scsiIndexOf } from "../guestCpus.ts";
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

/** What is known about the load of the guests' devices. */
export interface Load {
  /** Devices that mainly move large blocks in sequence. */
  readonly sequential: readonly string[];
  /** Device → requests that it is expected to keep in flight. */
  readonly expectedDepth: Readonly<Record<string, number>>;
  readonly profiles: readonly Pick<Profile, "domain" | "disks">[];
}

/** A device that IO threads serve. */
export interface ServedDevice {
  /** Target of a disk; `scsi 0` for a controller. */
  readonly name: string;
  readonly element: XmlElement;
  /** Targets of the disk, or of the disks on the controller. */
  readonly targets: readonly string[];
}

/** Virtio-blk disks and virtio-scsi controllers of a guest, sorted so that their order in the XML has no effect. */
export function servedDevices(domain: XmlElement): readonly ServedDevice[] {
  const targetOf = (disk: XmlElement) => valueAt(disk, "target/@dev") ?? "";
  const disks = virtioDisksOf(domain).map((element) => {
    const name = targetOf(element);
    return { name, element, targets: [name] };
  });
  const onScsi = elementsAt(domain, "devices/disk").filter((disk) => busOf(disk) === "scsi");
  const controllers = elementsAt(domain, "devices/controller")
    .filter(
      (each) => attributeOf(each, "type") === "scsi" && /^virtio/.test(attributeOf(each, "model") ?? ""),
    )
    .map((element) => {
      const index = attributeOf(element, "index") ?? "0";
      const own = onScsi.filter((disk) => scsiIndexOf(disk) === index);
      return { name: `scsi ${index}`, element, targets: own.map(targetOf) };
    });
  return [...disks.toSorted(byTarget), ...controllers.toSorted(byTarget)];
}

/** Prepares a declared guest for placement. vCPUs and pins that it does not declare are taken from the host. */
export function guestToPlace(name: string, domain: XmlElement, host: HostCpus, load: Load): GuestToPlace {
  const declared = guestCpus(domain, name, true);
  const actual = host.guests.find((guest) => guest.name === name);
  const isSilent = elementsAt(domain, "vcpu").length === 0;
  const devices = servedDevices(domain).map(
    ({ name: each, element, targets }): DeviceToPlace => ({
      name: each,
      node: ownOf(host.diskNodes, sourcePathOf(element) ?? "") ?? null,
      queues: Number(valueAt(element, "driver/@queues") ?? 0) || null,
      isSequential: load.sequential.includes(each),
      ...busyOf(name, each, targets, load),
    }),
  );
  return {
    name,
    vcpus: isSilent ? (actual?.vcpus ?? declared.vcpus) : declared.vcpus,
    vcpuPins: { ...actual?.vcpuPins, ...declared.vcpuPins },
    cpuset: declared.cpuset ?? actual?.cpuset ?? null,
    memoryNodes: parseCpuset(valueAt(domain, "numatune/memory/@nodeset") ?? ""),
    devices,
  };
}

/** Requests that a disk must be expected to keep in flight for a second thread: measured, 16 starve a disk beside it. */
const busyDepth = 16;
/** The same in a profile. Requests that no thread has picked up yet are not counted, so a depth of 16 shows as less. */
const busyInFlight = 4;

/** What a profile says counts more than what the program expects. A controller has the load of its disks. */
function busyOf(
  guest: string,
  device: string,
  targets: readonly string[],
  { profiles, expectedDepth }: Load,
): Pick<DeviceToPlace, "busy"> {
  const profile = profiles.findLast(({ domain }) => domain === guest);
  const found = profile?.disks.filter(({ target }) => targets.includes(target)) ?? [];
  if (found.length > 0) {
    const inFlight = sum(found.map((disk) => median(disk.inFlight)));
    return inFlight >= busyInFlight ? { busy: { inFlight, by: "profile" } } : {};
  }
  const depth = ownOf(expectedDepth, device) ?? sum(targets.map((each) => ownOf(expectedDepth, each) ?? 0));
  return depth >= busyDepth ? { busy: { inFlight: depth, by: "expectedDepth" } } : {};
}

const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);

/** Sorts vdz before vdaa. */
function byTarget({ name: a }: ServedDevice, { name: b }: ServedDevice): number {
  return a.length - b.length || (a < b ? -1 : 1);
}
