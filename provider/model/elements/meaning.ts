import { parseCpuset, printCpuset } from "../cpuset.ts";
import { parseMemoryKiB } from "../units.ts";

type Canonical = (value: string) => string;

const cpuset: Canonical = (value) => {
  const cpus = parseCpuset(value);
  return cpus ? printCpuset(cpus) : value.trim();
};
const lower: Canonical = (value) => value.toLowerCase();
const uuid: Canonical = (value) => value.toLowerCase().replaceAll("-", "");

/** Values that mean the same though written otherwise: place → its canonical text. */
const canonical: Readonly<Record<string, Canonical>> = {
  uuid,
  "vcpu/@cpuset": cpuset,
  "cputune/vcpupin/@cpuset": cpuset,
  "cputune/emulatorpin/@cpuset": cpuset,
  "cputune/iothreadpin/@cpuset": cpuset,
  "cputune/vcpusched/@vcpus": cpuset,
  "cputune/iothreadsched/@iothreads": cpuset,
  "numatune/memory/@nodeset": cpuset,
  "devices/interface/mac/@address": lower,
  memory: (value) => String(parseMemoryKiB(value) ?? value),
  currentMemory: (value) => String(parseMemoryKiB(value) ?? value),
};

/** Machine aliases and what libvirt makes of them: `q35` → `pc-q35-7.2`. */
const machineAliases: Readonly<Record<string, RegExp>> = {
  q35: /^pc-q35-/,
  pc: /^pc-i440fx-/,
  virt: /^virt-/,
  pseries: /^pseries-/,
  "s390-ccw-virtio": /^s390-ccw-virtio-/,
};

/** Whether the value that is there satisfies the declared one. */
export function meansSame(place: string, desired: string, actual: string): boolean {
  if (place === "os/type/@machine" && machineAliases[desired]?.test(actual)) return true;
  const canon = canonical[place];
  return canon ? canon(desired) === canon(actual) : desired === actual;
}
