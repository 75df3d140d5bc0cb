import { attributeOf, childrenOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { PathStep } from "../merge/change.ts";
import { keyOf } from "../merge/pair.ts";
import { stepsOf, withKey } from "../merge/path.ts";
import { findVhostUserConflicts } from "./vhostUser.ts";

/** Something declared that can't be. */
export interface Refusal {
  /** Where it stands, or should stand. */
  readonly steps: readonly PathStep[];
  readonly reason: string;
}

/** What libvirt refuses, told before it is asked: rules on the declared part of a domain. */
export function lintDeclared(declared: XmlElement): Refusal[] {
  const failures: Refusal[] = [];
  const refuse = (place: string, element: XmlElement, at: string, reason: string) => {
    failures.push({ steps: [...withKey(stepsOf(place), keyOf(element, place)), ...stepsOf(at)], reason });
  };
  for (const disk of elementsAt(declared, "devices/disk")) {
    const refuseOfDisk = (at: string, reason: string) => refuse("devices/disk", disk, at, reason);
    const target = valueAt(disk, "target/@dev") ?? "?";
    const cache = valueAt(disk, "driver/@cache");
    if (valueAt(disk, "driver/@io") === "native" && cache !== "none" && cache !== "directsync") {
      refuseOfDisk("driver/@io", `"native" of disk ${target} needs cache "none" or "directsync"`);
    }
    for (const { place, reason } of findVhostUserConflicts(disk)) refuseOfDisk(place, reason);
    const bus = valueAt(disk, "target/@bus") ?? (target.startsWith("vd") ? "virtio" : "another bus");
    const thread = valueAt(disk, "driver/@iothread");
    if (thread !== undefined && bus !== "virtio") {
      refuseOfDisk(
        "driver/@iothread",
        `${thread} of disk ${target}: only virtio disks can have one, this is ${bus}; SCSI disks follow their virtio-scsi controller`,
      );
    }
    if (thread === "0") refuseOfDisk("driver/@iothread", `of disk ${target} must be 1 or more`);
    if (thread !== undefined && elementsAt(disk, "driver/iothreads").length > 0) {
      refuseOfDisk(
        "driver/iothreads",
        `of disk ${target} can't stand together with ioThread ${thread}; keep one`,
      );
    }
  }
  for (const thread of elementsAt(declared, "iothreadids/iothread")) {
    const refuseOfThread = (at: string, reason: string) => refuse("iothreadids/iothread", thread, at, reason);
    if (attributeOf(thread, "id") === "0") refuseOfThread("@id", "is 0; ids begin at 1");
    const min = Number(attributeOf(thread, "thread_pool_min") ?? 0);
    const max = attributeOf(thread, "thread_pool_max");
    if (min > 0 && (max === undefined || Number(max) < min)) {
      refuseOfThread(
        "@thread_pool_min",
        `${min} needs a threadPoolMax of at least as many; it is ${max ?? "absent"}`,
      );
    }
  }
  for (const controller of elementsAt(declared, "devices/controller")) {
    const thread = valueAt(controller, "driver/@iothread");
    const model = attributeOf(controller, "model") ?? "no model";
    if (thread !== undefined && !model.startsWith("virtio")) {
      refuse(
        "devices/controller",
        controller,
        "driver/@iothread",
        `${thread} of a controller with ${model}: only virtio-scsi controllers can have one`,
      );
    }
  }
  return failures;
}

/** Ids of IO threads that devices and pins of a domain name but that it does not have. */
export function findMissingThreads(domain: XmlElement, ids: readonly number[]): string[] {
  const uses = [
    ...elementsAt(domain, "devices/disk").map((each) => [
      `disk ${valueAt(each, "target/@dev")}`,
      valueAt(each, "driver/@iothread"),
    ]),
    ...elementsAt(domain, "devices/controller").map((each) => [
      `controller ${attributeOf(each, "type")} ${attributeOf(each, "index")}`,
      valueAt(each, "driver/@iothread"),
    ]),
    ...elementsAt(domain, "cputune/iothreadpin").map((each) => ["a pin", attributeOf(each, "iothread")]),
  ];
  return uses.flatMap(([what, id]) =>
    id === undefined || id === "0" || ids.includes(Number(id)) ? [] : [`${what} names IO thread ${id}`],
  );
}

/** Free hot-plug slots of a running guest; null where it is not known to be limited. */
export function countFreeSlots(live: XmlElement): number | null {
  const ports = elementsAt(live, "devices/controller").filter(
    (each) => attributeOf(each, "model") === "pcie-root-port",
  );
  if (ports.length === 0) return null;
  const used = new Set(
    elementsAt(live, "devices")
      .flatMap((devices) => childrenOf(devices))
      .map((each) => valueAt(each, "address/@bus"))
      .filter((bus) => bus !== undefined)
      .map(Number),
  );
  return ports.filter((port) => !used.has(Number(attributeOf(port, "index")))).length;
}
