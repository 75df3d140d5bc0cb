import { cpuLimit, parseCpuset } from "../../../values/cpuset.ts";
import { attributeOf, childrenOf, elementsAt, textOf, valueAt } from "../../../xml/read.ts";
import { factOf, type Omission, ownFactOf, rootOf, type Site } from "../../omission.ts";

const archOf = (site: Site) => factOf(site, "os/type/@arch") ?? "";
const cpuMode = (site: Site) => factOf(site, "cpu/@mode") ?? "custom";
const hasCpuModel = (site: Site) => factOf(site, "cpu/model") !== undefined;

/** Whether this is the first cell, and libvirt has only added the vCPUs to it that no cell lists. */
function isFirstCellFilled(site: Site): boolean {
  const domain = rootOf(site);
  const cells = domain ? elementsAt(domain, "cpu/numa/cell") : [];
  if (site.there === null || !cells[0]) return false;
  // Compare ids: all canonical cells have one, and the element may be a copy with its size in another unit.
  if (attributeOf(cells[0], "id") !== attributeOf(site.element, "id")) return false;
  const [own, ...others] = cells.map((cell) => parseCpuset(attributeOf(cell, "cpus") ?? ""));
  if (!own) return false;
  const elsewhere = new Set(others.flatMap((cpus) => cpus ?? []));
  const count = Number(factOf(site, "vcpu") ?? 0);
  if (!(count <= cpuLimit)) return false;
  const all = Array.from({ length: count }, (_, id) => id);
  const filled = new Set([...own, ...all.filter((id) => !elsewhere.has(id))]);
  const there = parseCpuset(site.there) ?? [];
  return there.length === filled.size && there.every((id) => filled.has(id));
}

/** Machine, firmware, CPU, features and clock. libvirt 11.3 unless the reason names another version. */
export const machines: readonly Omission[] = [
  {
    id: "acpi-s390",
    place: "features/acpi",
    kind: "dropped",
    when: (site) => archOf(site).startsWith("s390"),
    reason: "these machines have no ACPI",
  },
  {
    id: "cpu-fallback",
    place: "cpu/model",
    kind: "dropped",
    when: ({ element }) =>
      textOf(element) === "" && element.attributes.every(({ name }) => name === "fallback"),
    reason: "a fallback without a model means nothing for this mode",
  },
  {
    id: "cpu-fallback",
    place: "cpu/model/@fallback",
    kind: "dropped",
    when: ({ element, actual }) => textOf(element) === "" && textOf(actual) === "",
    reason: "a fallback without a model means nothing for this mode",
  },
  {
    id: "cpu-default-model",
    place: "cpu/model/@fallback",
    kind: "dropped",
    evenOver: true,
    when: (site) => textOf(site.element) === "" && site.there === "forbid" && cpuMode(site) === "custom",
    reason: "without a model libvirt takes QEMU's default and no other (qemu_postparse.c)",
  },
  {
    id: "cpu-vendor-of-host",
    place: "cpu/vendor",
    kind: "dropped",
    when: (site) => ["host-passthrough", "maximum"].includes(cpuMode(site)),
    reason: "the host's own CPU has its own vendor",
  },
  ...["match", "check"].map(
    (name): Omission => ({
      id: "cpu-default-model",
      place: `cpu/@${name}`,
      kind: "dropped",
      evenOver: true,
      when: ({ element, actual }) =>
        (attributeOf(element, "mode") ?? "custom") === "custom" &&
        !valueAt(element, "model") &&
        attributeOf(actual, "check") === "none" &&
        attributeOf(childrenOf(actual, "model")[0], "fallback") === "forbid",
      reason:
        "without a model libvirt takes QEMU's default, matched exactly and not checked (qemu_postparse.c)",
    }),
  ),
  {
    id: "cpu-fallback-allow",
    place: "cpu/model/@fallback",
    kind: "default",
    values: ["allow"],
    reason: "the default",
  },
  {
    id: "cpu-model-of-host",
    place: "cpu/model",
    kind: "dropped",
    when: (site) => ["host-passthrough", "maximum"].includes(cpuMode(site)),
    reason: "the host's own CPU has no model to choose",
  },
  {
    id: "cpu-match-of-host",
    place: "cpu/@match",
    kind: "dropped",
    when: (site) => cpuMode(site) !== "custom" || !hasCpuModel(site),
    reason: "only a CPU model can be matched",
  },
  {
    id: "cpu-check-without-model",
    place: "cpu/@check",
    kind: "dropped",
    when: (site) => cpuMode(site) === "custom" && !hasCpuModel(site),
    reason: "without a model there is nothing to check",
  },
  {
    id: "empty-cpu",
    place: "cpu",
    kind: "default",
    when: ({ element }) => element.attributes.length === 0 && childrenOf(element).length === 0,
    reason: "says nothing",
  },
  {
    id: "sve-required",
    place: "cpu/feature/@policy",
    kind: "dropped",
    evenOver: true,
    when: ({ element, there, trail }) =>
      there === "require" &&
      attributeOf(element, "name") === "sve" &&
      childrenOf(trail[1] ?? element, "feature").some((each) =>
        /^sve\d/.test(attributeOf(each, "name") ?? ""),
      ),
    reason: "vector lengths need SVE (qemu_postparse.c)",
  },
  {
    id: "clock-adjusted",
    place: "clock/@offset",
    kind: "default",
    values: ["utc", "localtime"],
    evenOver: true,
    when: ({ element, there, value, actual }) =>
      there === "variable" &&
      /^-?\d+$/.test(attributeOf(element, "adjustment") ?? "") &&
      attributeOf(actual, "basis") === value,
    reason: "a clock that is adjusted is written as a variable one with that basis",
  },
  {
    id: "menu-timeout-off",
    place: "os/bootmenu/@timeout",
    kind: "dropped",
    when: (site) => ownFactOf(site, "@enable") !== "yes",
    reason: "a boot menu that is off waits for nothing",
  },
  ...["threshold", "slew", "limit"].map(
    (name): Omission => ({
      id: "zero-catchup",
      place: `clock/timer/catchup/@${name}`,
      kind: "default",
      values: ["0"],
      reason: "zero leaves it to QEMU, as silence",
    }),
  ),
  ...["loader/@format", "nvram/@format", "nvram/@templateFormat"].map(
    (place): Omission => ({
      id: "firmware-raw",
      place: `os/${place}`,
      kind: "default",
      values: ["raw"],
      reason: "raw is what silence says",
    }),
  ),
  ...["associativity", "policy"].map(
    (name): Omission => ({
      id: "cache-none",
      place: `cpu/numa/cell/cache/@${name}`,
      kind: "default",
      values: ["none"],
      reason: "none is what silence says (9.0.0; 11.3 prints it)",
    }),
  ),
  {
    id: "first-cell-filled",
    place: "cpu/numa/cell/@cpus",
    kind: "dropped",
    evenOver: true,
    when: isFirstCellFilled,
    reason: "the vCPUs that no NUMA cell lists go to the first one (qemu_postparse.c)",
  },
  {
    id: "hugepages-node-0",
    place: "memoryBacking/hugepages/page/@nodeset",
    kind: "default",
    when: (site) => factOf(site, "cpu/numa/cell/@id") === undefined,
    reason: "without NUMA cells there is only one node",
  },
  ...["hap", "pmu", "pvspinlock"].map(
    (name): Omission => ({
      id: `${name}-on`,
      place: `features/${name}/@state`,
      kind: "default",
      values: ["on"],
      reason: "on is what the element says by itself",
    }),
  ),
];
