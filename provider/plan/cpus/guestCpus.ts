import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { attributeOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/** Where a guest's threads may run on its host. CPU sets are in libvirt's notation; `null` means no pin of its own. */
export interface GuestCpus {
  readonly name: string;
  /** Whether the guest runs. The pins of a stopped guest are those of its next start. */
  readonly isActive: boolean;
  readonly vcpus: number;
  /** Number of cells in the guest's own NUMA topology; 0 without one. */
  readonly numaCells: number;
  /** CPUs of all threads without a pin of their own (`<vcpu cpuset>`); `null` for any CPU. */
  readonly cpuset: string | null;
  /** vCPU → CPUs. vCPUs without a pin are left out. */
  readonly vcpuPins: Readonly<Record<string, string>>;
  readonly emulatorPin: string | null;
  /** IO thread → CPUs. */
  readonly ioThreads: Readonly<Record<string, string | null>>;
  /** Disk target → ids of the IO threads that serve it, separated by commas; `null` for QEMU's main loop. */
  readonly disks: Readonly<Record<string, string | null>>;
}

/** Upper bound on vCPUs: more than any machine type has. libvirt's CPU sets end there (9.0.0). */
const mostVcpus = 16_384;

/** Reads them from a domain's XML. Pass the live XML of a running guest, else the inactive one. */
export function guestCpus(domain: XmlElement, name: string, isActive: boolean): GuestCpus {
  const [vcpu] = elementsAt(domain, "vcpu");
  const vcpus = Math.min(Number(attributeOf(vcpu, "current") ?? (vcpu ? textOf(vcpu) : 1)), mostVcpus);
  const pinsOf = (place: string, id: string) =>
    new Map(elementsAt(domain, place).map((pin) => [attributeOf(pin, id), attributeOf(pin, "cpuset")]));
  const vcpuPins = pinsOf("cputune/vcpupin", "vcpu");
  const threadPins = pinsOf("cputune/iothreadpin", "iothread");
  return {
    name,
    isActive,
    vcpus,
    numaCells: elementsAt(domain, "cpu/numa/cell").length,
    // Threads without a pin of their own, IO threads included, follow this set, not the emulator's pin (measured,
    // 9.0.0).
    cpuset: valueAt(domain, "vcpu/@cpuset") ?? null,
    vcpuPins: Object.fromEntries(
      [...vcpuPins].flatMap(([id, cpus]) =>
        cpus !== undefined && id !== undefined && /^\d+$/.test(id) && Number(id) < vcpus ? [[id, cpus]] : [],
      ),
    ),
    emulatorPin: valueAt(domain, "cputune/emulatorpin/@cpuset") ?? null,
    ioThreads: Object.fromEntries(
      ioThreadIds(domain).map((id) => [String(id), threadPins.get(String(id)) ?? null]),
    ),
    disks: Object.fromEntries(
      elementsAt(domain, "devices/disk").map((disk) => [
        valueAt(disk, "target/@dev") ?? "?",
        threadsOfDisk(domain, disk).join(",") || null,
      ]),
    ),
  };
}

/** Ids of the IO threads that a device's own `<driver>` names, one or a mapping (libvirt 10.0.0). */
export function threadsOfDevice(device: XmlElement): string[] {
  const one = valueAt(device, "driver/@iothread");
  const mapped = elementsAt(device, "driver/iothreads/iothread").map((each) => attributeOf(each, "id") ?? "");
  return one !== undefined && one !== "0" ? [one] : mapped;
}

/** Ids of a disk's IO threads: its own, or those of its virtio-scsi controller. Empty for the main loop. */
export function threadsOfDisk(domain: XmlElement, disk: XmlElement): string[] {
  if (valueAt(disk, "target/@bus") !== "scsi") return threadsOfDevice(disk);
  const index = scsiIndexOf(disk);
  const controller = elementsAt(domain, "devices/controller").find(
    (each) => attributeOf(each, "type") === "scsi" && (attributeOf(each, "index") ?? "0") === index,
  );
  return controller ? threadsOfDevice(controller) : [];
}

/** Index of the controller that a disk on the SCSI bus is on. */
export function scsiIndexOf(disk: XmlElement): string {
  return valueAt(disk, "address/@controller") ?? "0";
}

/** The guest as it will be: applies the changes of its resources' records to its current CPUs. */
export function overlayCpus(
  now: GuestCpus,
  edits: readonly { readonly before: GuestCpus; readonly after: GuestCpus }[],
): GuestCpus {
  let guest = now;
  for (const { before, after } of edits) {
    guest = {
      ...guest,
      vcpus: after.vcpus === before.vcpus ? guest.vcpus : after.vcpus,
      cpuset: after.cpuset === before.cpuset ? guest.cpuset : after.cpuset,
      emulatorPin: after.emulatorPin === before.emulatorPin ? guest.emulatorPin : after.emulatorPin,
      vcpuPins: overlay(guest.vcpuPins, before.vcpuPins, after.vcpuPins),
      ioThreads: overlay(guest.ioThreads, before.ioThreads, after.ioThreads),
      disks: overlay(guest.disks, before.disks, after.disks),
    };
  }
  return guest;
}

type Table<T> = Readonly<Record<string, T>>;

function overlay<T>(now: Table<T>, before: Table<T>, after: Table<T>): Table<T> {
  const kept = Object.entries(now).filter(
    ([key]) => !Object.hasOwn(before, key) || Object.hasOwn(after, key),
  );
  const changed = Object.entries(after).filter(([key, value]) => before[key] !== value);
  return { ...Object.fromEntries(kept), ...Object.fromEntries(changed) };
}
