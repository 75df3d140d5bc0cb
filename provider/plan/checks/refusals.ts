import { busOf } from "../../model/elements/domain/buses.ts";
import { printMemory } from "../../model/values/units.ts";
import { attributeOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { stepsOf } from "../merge/path.ts";
import { findBootConflicts } from "./bootOrder.ts";
import { findDuplicates } from "./duplicates.ts";
import { findMappingFaults } from "./mappings.ts";
import type { Refusal } from "./refusal.ts";
import { refusalAt } from "./refusal.ts";
import { findVhostUserConflicts } from "./vhostUser.ts";

/** Finds what libvirt would refuse in the declared part of a domain, without asking libvirt. */
export function lintDeclared(declared: XmlElement): Refusal[] {
  return [
    ...elementsAt(declared, "devices/disk").flatMap(refuseDisk),
    ...elementsAt(declared, "iothreadids/iothread").flatMap(refuseThread),
    ...elementsAt(declared, "devices/controller").flatMap(refuseController),
    ...["memory", "currentMemory", "maxMemory"].flatMap((place) => refuseMemory(declared, place)),
    ...refuseVcpus(declared),
    ...["cputune/vcpusched", "cputune/iothreadsched"].flatMap((place) => refuseScheds(declared, place)),
    ...findDuplicates(declared),
    ...findBootConflicts(declared),
  ];
}

function refuseDisk(disk: XmlElement): Refusal[] {
  const refuse = (at: string, reason: string, isAbsence = false): Refusal => ({
    ...refusalAt("devices/disk", disk, at, reason),
    isAbsence,
  });
  const found: Refusal[] = [];
  const target = valueAt(disk, "target/@dev") ?? "?";
  const cache = valueAt(disk, "driver/@cache");
  if (valueAt(disk, "driver/@io") === "native" && cache !== "none" && cache !== "directsync") {
    const reason = `"native" of disk ${target} needs cache "none" or "directsync"`;
    found.push(refuse("driver/@io", reason, cache === undefined));
  }
  for (const { place, reason } of findVhostUserConflicts(disk)) found.push(refuse(place, reason));
  const bus = busOf(disk) ?? "another bus";
  const thread = valueAt(disk, "driver/@iothread");
  const isMapped = elementsAt(disk, "driver/iothreads/iothread").length > 0;
  if ((thread !== undefined || isMapped) && bus !== "virtio") {
    const reason = `of disk ${target}: only virtio disks can have one, this is ${bus}; SCSI disks follow their virtio-scsi controller`;
    found.push(
      isMapped ? refuse("driver/iothreads", reason) : refuse("driver/@iothread", `${thread} ${reason}`),
    );
  }
  if (thread === "0") found.push(refuse("driver/@iothread", `of disk ${target} must be 1 or more`));
  return [...found, ...refuseMapping("devices/disk", disk, `disk ${target}`)];
}

function refuseMapping(place: string, device: XmlElement, name: string): Refusal[] {
  const thread = valueAt(device, "driver/@iothread");
  return findMappingFaults(device).map(({ what, isAbsence }) => ({
    ...refusalAt(
      place,
      device,
      "driver/iothreads",
      what.startsWith("iothread ")
        ? `of ${name} can't stand together with ioThread ${thread}; keep one`
        : `of ${name}: ${what}`,
    ),
    isAbsence,
  }));
}

function refuseThread(thread: XmlElement): Refusal[] {
  const refuse = (at: string, reason: string) => refusalAt("iothreadids/iothread", thread, at, reason);
  const min = Number(attributeOf(thread, "thread_pool_min") ?? 0);
  const max = attributeOf(thread, "thread_pool_max");
  const reason = `${min} needs a threadPoolMax of at least as many; it is ${max ?? "absent"}`;
  return [
    ...(attributeOf(thread, "id") === "0" ? [refuse("@id", "is 0; ids begin at 1")] : []),
    ...(min > 0 && (max === undefined || Number(max) < min)
      ? [{ ...refuse("@thread_pool_min", reason), isAbsence: max === undefined }]
      : []),
  ];
}

function refuseController(controller: XmlElement): Refusal[] {
  const thread = valueAt(controller, "driver/@iothread");
  const model = attributeOf(controller, "model");
  const name = `controller ${attributeOf(controller, "type") ?? ""} ${attributeOf(controller, "index") ?? ""}`;
  const mapping = refuseMapping("devices/controller", controller, name.trim());
  if (thread === undefined || model?.startsWith("virtio")) return mapping;
  const reason = `${thread} of a controller with ${model ?? "no model"}: only virtio-scsi controllers can have one`;
  return [
    {
      ...refusalAt("devices/controller", controller, "driver/@iothread", reason),
      isAbsence: model === undefined,
    },
    ...mapping,
  ];
}

/** Refuses memory that is too small to boot: `<memory>64</memory>` means 64 KiB, which nobody intends. */
function refuseMemory(declared: XmlElement, place: string): Refusal[] {
  return elementsAt(declared, place).flatMap((memory) => {
    const kib = Number(textOf(memory).trim());
    if (attributeOf(memory, "unit") !== undefined || !(kib > 0 && kib < 1024)) return [];
    const reason = `is ${kib} without a unit, which is ${printMemory(kib)}; did you mean ${kib} MiB? Give the unit`;
    return [{ steps: stepsOf(place), reason }];
  });
}

/** libvirt 9.0.0 refuses both at once: "must not be less than current vCPU count", "doesn't match maximum vcpu count". */
function refuseVcpus(declared: XmlElement): Refusal[] {
  const most = Number(valueAt(declared, "vcpu"));
  const now = Number(valueAt(declared, "vcpu/@current"));
  const [topology] = elementsAt(declared, "cpu/topology");
  const counts = ["sockets", "dies", "clusters", "cores", "threads"].map((name) =>
    Number((topology && attributeOf(topology, name)) ?? 1),
  );
  const product = counts.reduce((all, count) => all * count, 1);
  const refuse = (place: string, reason: string): Refusal => ({ steps: stepsOf(place), reason });
  return [
    ...(now > most
      ? [refuse("vcpu/@current", `${now} is more than vcpus ${most}; raise vcpus as well`)]
      : []),
    ...(topology && most > 0 && Number.isFinite(product) && product !== most
      ? [refuse("cpu/topology", `of a topology of ${product} vCPUs: vcpus is ${most}; make them the same`)]
      : []),
  ];
}

/** libvirt 9.0.0: "Missing required attribute 'priority' in element 'vcpusched'". */
function refuseScheds(declared: XmlElement, place: string): Refusal[] {
  return elementsAt(declared, place).flatMap((sched) => {
    const scheduler = attributeOf(sched, "scheduler");
    const isRealTime = scheduler === "fifo" || scheduler === "rr";
    if (!isRealTime || attributeOf(sched, "priority") !== undefined) return [];
    return [{ ...refusalAt(place, sched, "@scheduler", `"${scheduler}" needs a priority`), isAbsence: true }];
  });
}
