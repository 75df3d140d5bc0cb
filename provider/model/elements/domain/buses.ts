import { valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";

/** Bus that libvirt gives to a disk without one, by the first letters of its target (domain_conf.c, 9.0.0). */
const impliedBuses = new Map([
  ["vd", "virtio"],
  ["sd", "scsi"],
  ["hd", "ide"],
  ["fd", "fdc"],
]);

/** The same as rows of a table: a bus that need not be written. */
export const impliedBusRows = [...impliedBuses].map(([letters, bus]) => ({
  place: "devices/disk/target/@bus",
  when: { "@dev": new RegExp(`^${letters}`), "@bus": new RegExp(`^${bus}$`) },
}));

/** Bus of a disk with that target that names none; `undefined` for targets of hypervisors that QEMU does not run. */
export function impliedBus(target: string): string | undefined {
  return impliedBuses.get(target.slice(0, 2));
}

/** Bus that a disk names, or that its target implies. */
export function busOf(disk: XmlElement): string | undefined {
  return valueAt(disk, "target/@bus") ?? impliedBus(valueAt(disk, "target/@dev") ?? "");
}
