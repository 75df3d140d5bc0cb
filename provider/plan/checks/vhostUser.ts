import { busOf } from "../../model/elements/domain/buses.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** What the process behind the socket decides; libvirt refuses it here (9.0.0), all but a format. */
const refused: readonly { readonly place: string; readonly except?: string }[] = [
  { place: "driver/@type", except: "raw" },
  { place: "driver/@cache", except: "default" },
  { place: "driver/@io" },
  { place: "driver/@discard" },
  { place: "driver/@detect_zeroes" },
  { place: "driver/@iothread" },
  { place: "driver/iothreads" },
  { place: "serial" },
  { place: "readonly" },
  { place: "shareable" },
  { place: "iotune" },
];

/** Whether another process serves the disk: no thread of QEMU does. */
export function isVhostUser(disk: XmlElement): boolean {
  return attributeOf(disk, "type") === "vhostuser";
}

/** What can't stand together with a vhost-user source, by its place in the disk. */
export function findVhostUserConflicts(disk: XmlElement): { place: string; reason: string }[] {
  const target = valueAt(disk, "target/@dev") ?? "?";
  if (!isVhostUser(disk)) return [];
  const named = valueAt(disk, "target/@bus");
  const bus = busOf(disk) ?? "another bus";
  const reason = `of disk ${target}: source.vhostUser needs virtio, this is ${bus}`;
  // Without a bus the target decides it.
  const wrongBus =
    bus === "virtio" ? [] : [{ place: named === undefined ? "target/@dev" : "target/@bus", reason }];
  const said = refused.filter(({ place, except }) => {
    const value = valueAt(disk, place);
    return (value !== undefined || elementsAt(disk, place).length > 0) && value !== except;
  });
  return [
    ...wrongBus,
    ...said.map(({ place }) => ({
      place,
      reason: `of disk ${target} can't stand together with source.vhostUser: the process behind the socket decides it; leave it out here`,
    })),
  ];
}

/** Without it the process can't see the guest's requests; libvirt refuses it with fewer words (9.0.0). */
export function findUnsharedMemory(next: XmlElement, live: XmlElement | null): string[] {
  const disks = elementsAt(next, "devices/disk").filter(isVhostUser);
  if (disks.length === 0) return [];
  const remedy =
    "give the Domain <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking> in xml";
  const names = disks.map((disk) => valueAt(disk, "target/@dev") ?? "?").join(", ");
  if (!sharesMemory(next))
    return [
      `source.vhostUser of disk ${names} needs memory that another process may map, and the domain has none; ${remedy}`,
    ];
  const isNew = disks.some((disk) => !hasDisk(live, valueAt(disk, "target/@dev")));
  return live && isNew && !sharesMemory(live)
    ? [
        `source.vhostUser of disk ${names} needs memory that another process may map, and the running guest was started without; power-cycle it first`,
      ]
    : [];
}

function hasDisk(live: XmlElement | null, target: string | undefined): boolean {
  return (
    live !== null && elementsAt(live, "devices/disk").some((disk) => valueAt(disk, "target/@dev") === target)
  );
}

function sharesMemory(domain: XmlElement): boolean {
  if (valueAt(domain, "memoryBacking/access/@mode") === "shared") return true;
  const cells = elementsAt(domain, "cpu/numa/cell");
  return cells.length > 0 && cells.every((cell) => attributeOf(cell, "memAccess") === "shared");
}
