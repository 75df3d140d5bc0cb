import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

/**
 * Finds an architecture, hypervisor or machine type that the host's QEMU lacks according to `virsh
 * capabilities`. Skips a domain whose emulator the capabilities don't name, because that emulator may support
 * anything. (libvirt itself writes an emulator from the capabilities into each definition.)
 */
export function findLackingMachine(desired: XmlElement, capabilities: XmlElement | null): string[] {
  const os = valueAt(desired, "os/type") ?? "hvm";
  if (!capabilities || os !== "hvm") return [];
  const arches = elementsAt(capabilities, "guest")
    .filter((guest) => valueAt(guest, "os_type") === "hvm")
    .flatMap((guest) => childrenOf(guest, "arch"));
  const name = valueAt(desired, "os/type/@arch") ?? valueAt(capabilities, "host/cpu/arch");
  const arch = arches.find((each) => attributeOf(each, "name") === name);
  if (arches.length === 0 || name === undefined || hasOtherEmulator(desired, capabilities)) return [];
  if (!arch) {
    const known = arches.map((each) => attributeOf(each, "name")).join(", ");
    return [`arch ${name} has no emulator on the host; it has ${known}`];
  }
  return [...lackingType(desired, arch, name), ...lackingMachine(desired, arch, name)];
}

function hasOtherEmulator(desired: XmlElement, capabilities: XmlElement): boolean {
  const emulator = valueAt(desired, "devices/emulator");
  const known = ["guest/arch/emulator", "guest/arch/domain/emulator"].flatMap((place) =>
    elementsAt(capabilities, place).map(textOf),
  );
  return emulator !== undefined && !known.includes(emulator);
}

function lackingType(desired: XmlElement, arch: XmlElement, name: string): string[] {
  const type = attributeOf(desired, "type") ?? "kvm";
  const types = childrenOf(arch, "domain").map((each) => attributeOf(each, "type"));
  if (types.length === 0 || types.includes(type)) return [];
  return [`type "${type}" is not there for ${name} on the host; it has ${types.join(", ")}`];
}

function lackingMachine(desired: XmlElement, arch: XmlElement, name: string): string[] {
  const wanted = valueAt(desired, "os/type/@machine");
  const listed = [arch, ...childrenOf(arch, "domain")].flatMap((each) => childrenOf(each, "machine"));
  const names = listed.flatMap((each) => [textOf(each), attributeOf(each, "canonical") ?? textOf(each)]);
  if (wanted === undefined || names.length === 0 || names.includes(wanted)) return [];
  const near = nearestMachine(wanted, [...new Set(names)]);
  return [
    `machine "${wanted}" is no machine type of ${name} on the host${near && `; the nearest is "${near}"`}`,
  ];
}

/** Splits `pc-q35-7.2` into `pc-q35` and 7.2 as a number. */
function versionOf(machine: string): { readonly family: string; readonly version: number } | null {
  const found = /^(.*)-(\d+)\.(\d+)(?:\.\d+)?$/.exec(machine);
  return found ? { family: found[1] ?? "", version: Number(found[2]) * 1000 + Number(found[3]) } : null;
}

/**
 * Returns the newest machine type of the same family up to the wanted version, or else the one spelled most
 * alike.
 */
export function nearestMachine(wanted: string, names: readonly string[]): string {
  const own = versionOf(wanted);
  const family = names
    .map((name) => ({ name, ...versionOf(name) }))
    .filter((each) => own && each.family === own.family)
    .toSorted((a, b) => (a.version ?? 0) - (b.version ?? 0));
  const older = family.filter((each) => (each.version ?? 0) <= (own?.version ?? 0));
  const found = older.at(-1) ?? family[0];
  if (found) return found.name;
  return nearestName(wanted, names);
}

/** Returns the name spelled most alike. */
export function nearestName(wanted: string, names: readonly string[]): string {
  const alike = names.toSorted(
    (a, b) => countEdits(wanted, a) - countEdits(wanted, b) || a.length - b.length,
  );
  return alike[0] ?? "";
}

/**
 * Counts the letters to insert, delete or replace. Swapping two neighbours counts as one edit (`q53`, `q35`).
 */
function countEdits(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= one.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= other.length; j++) {
      const isSame = one[i - 1] === other[j - 1];
      const isSwapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (isSame ? 0 : 1));
      rows[i]?.push(isSwapped ? Math.min(least, at(i - 2, j - 2) + 1) : least);
    }
  }
  return at(one.length, other.length);
}
