import { busOf } from "../../model/elements/domain/buses.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/**
 * Settings that the process behind the socket controls. libvirt refuses them for vhost-user disks (9.0.0),
 * except a format.
 */
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

/** Whether another process serves the disk. Then no thread of QEMU serves it. */
export function isVhostUser(disk: XmlElement): boolean {
  return attributeOf(disk, "type") === "vhostuser";
}

/** Finds settings that can't be combined with a vhost-user source, by their place in the disk. */
export function findVhostUserConflicts(disk: XmlElement): { place: string; reason: string }[] {
  const target = valueAt(disk, "target/@dev") ?? "?";
  if (!isVhostUser(disk)) return [];
  const named = valueAt(disk, "target/@bus");
  const bus = busOf(disk) ?? "another bus";
  const reason = `of disk ${target}: source.vhostUser needs virtio, this is ${bus}`;
  // Without a bus, the target's name determines it.
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

/**
 * Finds memory that is not shared. The process can't see the guest's requests without shared memory. libvirt
 * refuses this too, with a less helpful message (9.0.0).
 */
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
