import { parseMemoryKiB } from "../../../values/units.ts";
import { attributeOf, childrenOf, elementsAt, textOf } from "../../../xml/read.ts";
import type { XmlElement } from "../../../xml/tree.ts";
import { deviceOf, factOf, type Omission, rootOf } from "../../omission.ts";

const sizeOf = (element: XmlElement | undefined): number | null =>
  element ? parseMemoryKiB(textOf(element), attributeOf(element, "unit")) : null;

/** Memory of a domain's cells and memory devices, in KiB; null when it has no cells. */
function memoryOfCells(domain: XmlElement | undefined): number | null {
  const cells = domain ? elementsAt(domain, "cpu/numa/cell") : [];
  if (!domain || cells.length === 0) return null;
  const sizes = cells.map((cell) =>
    parseMemoryKiB(attributeOf(cell, "memory") ?? "", attributeOf(cell, "unit")),
  );
  const devices = elementsAt(domain, "devices/memory/target/size").map(sizeOf);
  return [...sizes, ...devices].reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

const block = 256 * 1024;

/**
 * The size that libvirt gives a memory device on ppc64: rounded up to blocks. An NVDIMM is rounded down, and its label
 * is added.
 */
function inBlocks(size: number, device: XmlElement | undefined): number {
  if (!device || attributeOf(device, "model") !== "nvdimm") return Math.ceil(size / block) * block;
  const label = sizeOf(elementsAt(device, "target/label/size")[0]) ?? 0;
  return Math.floor((size - label) / block) * block + label;
}

/** Memory of the domain, its limits and its devices. libvirt 11.3 unless the reason names another version. */
export const memory: readonly Omission[] = [
  {
    id: "memory-of-cells",
    place: "memory",
    kind: "dropped",
    evenOver: true,
    when: (site) => {
      const [there] = site.actualTrail;
      const sums = [memoryOfCells(rootOf(site)), memoryOfCells(there)].filter((sum) => sum !== null);
      return sums.length > 0 && (site.there === null || sums.includes(Number(site.there)));
    },
    reason: "with NUMA cells, the memory is what the cells and memory devices add up to (9.0.0)",
  },
  {
    id: "current-memory-clamped",
    place: "currentMemory",
    kind: "dropped",
    evenOver: true,
    when: (site) => {
      const domain = rootOf(site);
      const [there] = site.actualTrail;
      const own = [domain, there].flatMap((each) => (each ? childrenOf(each, "memory") : []))[0];
      const wholes = [memoryOfCells(domain), memoryOfCells(there)].filter((sum) => sum !== null);
      if (wholes.length === 0) wholes.push(sizeOf(own) ?? Number.NaN);
      const wanted = Number(site.value);
      return wholes.some((whole) => Number(site.there) === whole && (wanted > whole || wanted === 0));
    },
    reason: "a guest can't have more memory now than it can have at all (9.0.0)",
  },
  ...["hard_limit", "soft_limit", "swap_hard_limit", "min_guarantee"].map(
    (name): Omission => ({
      id: "memtune-unlimited",
      place: `memtune/${name}`,
      kind: "default",
      when: ({ element }) => (sizeOf(element) ?? 0) >= 9007199254740991,
      reason: "unlimited is what silence says",
    }),
  ),
  {
    id: "memory-ppc64-blocks",
    place: "devices/memory/target/size",
    kind: "default",
    evenOver: true,
    when: (site) => {
      const isPpc64 = factOf(site, "os/type/@arch")?.startsWith("ppc64") ?? false;
      const size = parseMemoryKiB(site.value, attributeOf(site.element, "unit"));
      return isPpc64 && size !== null && inBlocks(size, deviceOf(site)) === Number(site.there);
    },
    reason: "memory comes in blocks of 256 MiB on ppc64 (qemu_postparse.c)",
  },
];
