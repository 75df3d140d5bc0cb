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

/** Attributes of any `<address>`, and a few more, are numbers that may be written in base 8, 10 or 16. */
const number: Canonical = (value) => {
  const text = value.trim();
  if (/^0x[0-9a-f]+$/i.test(text)) return String(BigInt(text));
  if (/^0[0-7]+$/.test(text)) return String(BigInt(`0o${text.slice(1)}`));
  return text;
};
const numbers = /(?:^|\/)(?:address|zpci|master)\/@\w+$/;
const version: Canonical = (value) => value.replace(/^(\d+)\.0?(\d+?)0*$/, "$1.$2");

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
  if (place === "devices/redirfilter/usbdev/@version") return version(desired) === version(actual);
  const canon = canonical[place] ?? (numbers.test(place) ? number : undefined);
  return canon ? canon(desired) === canon(actual) : desired === actual;
}
