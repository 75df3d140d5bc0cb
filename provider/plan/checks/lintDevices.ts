import { busOf } from "../../model/elements/domain/buses.ts";
import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { scsiIndexOf, threadsOfDevice, threadsOfDisk } from "../cpus/guestCpus.ts";
import type { LintFinding } from "./lintTypes.ts";
import { findMappingFaults } from "./mappings.ts";
import { isVhostUser } from "./vhostUser.ts";

const disksOf = (domain: XmlElement) => elementsAt(domain, "devices/disk");
const scsiOf = (domain: XmlElement) =>
  elementsAt(domain, "devices/controller").filter((each) => attributeOf(each, "type") === "scsi");
const targetOf = (disk: XmlElement) => valueAt(disk, "target/@dev") ?? "?";
const pathOf = (device: XmlElement) =>
  device.name === "disk"
    ? `devices/disk[${targetOf(device)}]`
    : `devices/controller[scsi ${attributeOf(device, "index") ?? "0"}]`;
const nameOf = (device: XmlElement) =>
  device.name === "disk"
    ? `disk ${targetOf(device)}`
    : `controller scsi ${attributeOf(device, "index") ?? "0"}`;
const hasThread = (device: XmlElement) => threadsOfDevice(device).length > 0;
const isMedium = (disk: XmlElement) => ["cdrom", "floppy"].includes(attributeOf(disk, "device") ?? "disk");

export function hasThreads(domain: XmlElement): boolean {
  return ioThreadIds(domain).length > 0;
}

export function findUnusedThreads(domain: XmlElement): LintFinding[] {
  const used = new Set([...disksOf(domain), ...scsiOf(domain)].flatMap(threadsOfDevice).map(Number));
  return ioThreadIds(domain)
    .filter((id) => !used.has(id))
    .map((id) => ({
      path: `iothreadids/iothread[${id}]`,
      message: `IO thread ${id} serves no disk and no controller`,
    }));
}

export function findWrongBus(domain: XmlElement): LintFinding[] {
  const disks = disksOf(domain)
    .filter((disk) => hasThread(disk) && busOf(disk) !== "virtio")
    .map((disk) => ({
      path: pathOf(disk),
      message: `${nameOf(disk)} has an IO thread on bus ${busOf(disk)}`,
    }));
  const controllers = scsiOf(domain)
    .filter((each) => hasThread(each) && !attributeOf(each, "model")?.startsWith("virtio"))
    .map((each) => ({
      path: pathOf(each),
      message: `${nameOf(each)} has an IO thread and ${attributeOf(each, "model") ?? "no"} model; it must be virtio-scsi`,
    }));
  return [...disks, ...controllers];
}

export function findBrokenMappings(domain: XmlElement): LintFinding[] {
  return [...disksOf(domain), ...scsiOf(domain)].flatMap((device) =>
    findMappingFaults(device).map(({ what }) => ({
      path: `${pathOf(device)}/driver/iothreads`,
      message: `${nameOf(device)}: ${what}`,
    })),
  );
}

export function findPooledIo(domain: XmlElement): LintFinding[] {
  return disksOf(domain)
    .filter((disk) => valueAt(disk, "driver/@io") === "threads" && threadsOfDisk(domain, disk).length > 0)
    .map((disk) => ({
      path: `${pathOf(disk)}/driver/@io`,
      message: `${nameOf(disk)} has io="threads" and IO thread ${threadsOfDisk(domain, disk).join(", ")}`,
    }));
}

export function findMovedDisks(definition: XmlElement, live: XmlElement): LintFinding[] {
  const running = new Map([...disksOf(live), ...scsiOf(live)].map((device) => [pathOf(device), device]));
  return [...disksOf(definition), ...scsiOf(definition)].flatMap((device) => {
    const now = running.get(pathOf(device));
    const [from, to] = [now ? threadsOfDevice(now) : [], threadsOfDevice(device)].map((ids) =>
      ids.join(", "),
    );
    if (!now || (from === to && queuesOf(now) === queuesOf(device))) return [];
    if (from === to)
      return [
        {
          path: `${pathOf(device)}/driver`,
          message: `${nameOf(device)}: its queues move between IO threads ${to}`,
        },
      ];
    const said = (ids = "") => (ids === "" ? "the main loop" : `IO thread ${ids}`);
    return [
      {
        path: `${pathOf(device)}/driver`,
        message: `${nameOf(device)} moves from ${said(from)} to ${said(to)}`,
      },
    ];
  });
}

/** The queues that each thread of a mapping has, as text to compare. */
function queuesOf(device: XmlElement): string {
  return elementsAt(device, "driver/iothreads/iothread")
    .map((each) => elementsAt(each, "queue").map((queue) => Number(attributeOf(queue, "id"))))
    .map((ids) => ids.toSorted((a, b) => a - b).join())
    .join(" ");
}

export function findCrowdedThreads(domain: XmlElement): LintFinding[] {
  const busy = disksOf(domain).filter((disk) => !isMedium(disk) && isBusy(domain, disk));
  return ioThreadIds(domain).flatMap((id) => {
    const threads = (disk: XmlElement) => threadsOfDisk(domain, disk);
    const own = busy.filter((disk) => threads(disk).includes(String(id)));
    // A disk that has other threads too gives way to others; one that has this thread alone can't.
    if (own.length < 2 || own.every((disk) => threads(disk).length > 1)) return [];
    const message = `IO thread ${id} serves the busy disks ${own.map(targetOf).join(", ")}`;
    return [{ path: `iothreadids/iothread[${id}]`, message }];
  });
}

/** A virtio-blk disk has its own queues; a virtio-scsi disk shares those of its controller. */
function isBusy(domain: XmlElement, disk: XmlElement): boolean {
  const index = scsiIndexOf(disk);
  const controller = scsiOf(domain).find((each) => (attributeOf(each, "index") ?? "0") === index);
  const driver = busOf(disk) === "scsi" ? controller : disk;
  const queues = Number((driver && valueAt(driver, "driver/@queues")) ?? 1);
  return queues > 1 && ["native", "io_uring"].includes(valueAt(disk, "driver/@io") ?? "");
}

export function findLeftBehind(domain: XmlElement): LintFinding[] {
  const virtioScsi = new Set(
    scsiOf(domain)
      .filter((each) => attributeOf(each, "model")?.startsWith("virtio"))
      .map((each) => attributeOf(each, "index") ?? "0"),
  );
  const canHave = (disk: XmlElement) =>
    busOf(disk) === "virtio" || (busOf(disk) === "scsi" && virtioScsi.has(scsiIndexOf(disk)));
  if (!hasThreads(domain)) return [];
  return disksOf(domain)
    .filter(
      (disk) =>
        !isMedium(disk) && !isVhostUser(disk) && canHave(disk) && threadsOfDisk(domain, disk).length === 0,
    )
    .map((disk) => ({ path: pathOf(disk), message: `${nameOf(disk)} is served by QEMU's main loop` }));
}

/** Finds disks that are volumes of pools which do not start with the host. */
export function findPoolsOff(domain: XmlElement, poolsOff: ReadonlySet<string>): LintFinding[] {
  return elementsAt(domain, "devices/disk").flatMap((disk) => {
    const [pool, target] = [valueAt(disk, "source/@pool"), valueAt(disk, "target/@dev")];
    if (pool === undefined || !poolsOff.has(pool)) return [];
    const message = `disk ${target} is a volume of the pool "${pool}", which does not start with the host`;
    return [{ path: `devices/disk[${target}]/source/@pool`, message }];
  });
}
