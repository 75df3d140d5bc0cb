import { attributeOf, childrenOf, elementsAt, textOf } from "../../../xml/read.ts";
import { factOf, type Omission, ownFactOf, rootOf } from "../../omission.ts";

const ignored = (place: string, reason: string): Omission => ({
  id: "ignored",
  place,
  kind: "dropped",
  reason,
});

/** SMBIOS block → entries that libvirt reads from it. */
const entries: Readonly<Record<string, RegExp>> = {
  bios: /^(?:vendor|version|date|release)$/,
  system: /^(?:manufacturer|product|version|serial|uuid|sku|family)$/,
  baseBoard: /^(?:manufacturer|product|version|serial|asset|location)$/,
  chassis: /^(?:manufacturer|version|serial|asset|sku)$/,
};

/** Nodes that people and tools write and that libvirt 9.0.0 accepts and ignores without a message. */
export const ignoredParts: readonly Omission[] = [
  ...["init", "initarg", "initenv", "initdir", "inituser", "initgroup"].map(
    (name): Omission => ({
      id: "init-of-container",
      place: `os/${name}`,
      kind: "dropped",
      when: (site) => (factOf(site, "os/type") ?? "hvm") !== "exe",
      reason: "only a container has a first process to choose",
    }),
  ),
  {
    id: "smbios-none",
    place: "os/smbios",
    kind: "dropped",
    when: ({ element }) => attributeOf(element, "mode") === "none",
    reason: "none is what silence says",
  },
  {
    id: "nvram-of-other-format",
    place: "os/nvram/@format",
    kind: "dropped",
    evenOver: true,
    when: (site) => {
      const loader = factOf(site, "os/loader/@format") ?? "raw";
      return site.value !== loader && (site.there ?? "raw") === loader;
    },
    reason: "the NVRAM has the format of its firmware",
  },
  ...Object.entries(entries).flatMap(([name, known]): Omission[] => [
    {
      id: "sysinfo-empty",
      place: `sysinfo/${name}/entry`,
      kind: "dropped",
      when: ({ element }) => textOf(element) === "",
      reason: "an entry without a text says nothing",
    },
    {
      id: "sysinfo-unknown",
      place: `sysinfo/${name}/entry`,
      kind: "dropped",
      when: ({ element }) => !known.test(attributeOf(element, "name") ?? ""),
      reason: "libvirt knows no entry of that name there",
    },
  ]),
  {
    id: "sysinfo-empty",
    place: "sysinfo/oemStrings/entry",
    kind: "dropped",
    when: ({ element }) => textOf(element) === "",
    reason: "an entry without a text says nothing",
  },
  {
    id: "enabled-vcpus",
    place: "vcpu/@current",
    kind: "dropped",
    evenOver: true,
    when: (site) => {
      const domain = rootOf(site);
      const enabled = (domain ? elementsAt(domain, "vcpus/vcpu") : []).filter(
        (each) => attributeOf(each, "enabled") === "yes",
      );
      return enabled.length > 0 && (site.there ?? factOf(site, "vcpu")) === String(enabled.length);
    },
    reason: "the list of vCPUs says how many there are now",
  },
  {
    id: "nodeset-automatic",
    place: "numatune/memory/@nodeset",
    kind: "dropped",
    when: (site) => ownFactOf(site, "@placement") === "auto",
    reason: "with automatic placement numad chooses the nodes",
  },
  ...["adjustment", "basis"].map(
    (name): Omission => ({
      id: "clock-of-another-kind",
      place: `clock/@${name}`,
      kind: "dropped",
      when: ({ element, actual }) =>
        [element, actual].every((each) => attributeOf(each, "offset") !== "variable"),
      reason: "belongs to a clock of another kind",
    }),
  ),
  {
    id: "clock-adjustment-reset",
    place: "clock/@adjustment",
    kind: "dropped",
    values: /^\s*(?![-+]?\d)/,
    evenOver: true,
    when: ({ element, there }) => there === "0" && attributeOf(element, "offset") === "variable",
    reason: "a variable clock is adjusted by a number of seconds, zero without one",
  },
  {
    id: "timer-frequency",
    place: "clock/timer/@frequency",
    kind: "default",
    values: ["0"],
    reason: "zero leaves it to QEMU, as silence",
  },
  {
    id: "seclabel-of-device",
    place: "**/source/seclabel/@type",
    kind: "dropped",
    reason: "a label of a device has no type",
  },
  ...["arch", "microcode", "signature", "counter", "pages"].map((name) =>
    ignored(`cpu/${name}`, "belongs to the host's CPU, as capabilities print it"),
  ),
  ignored("clock/@sync", "no libvirt of today reads it"),
  ignored("devices/disk/target/@serial", "the serial number is an element of the disk"),
  {
    id: "zero-rate",
    place: "devices/rng/rate",
    kind: "default",
    when: ({ element }) =>
      /^0*$/.test(attributeOf(element, "bytes") ?? "") && childrenOf(element).length === 0,
    reason: "zero is no limit, as silence",
  },
  {
    id: "zero-iotune",
    place: "devices/disk/iotune/size_iops_sec",
    kind: "default",
    when: ({ element }) => /^0+$/.test(textOf(element)),
    reason: "zero is no limit, as silence",
  },
  {
    id: "group-without-name",
    place: "devices/disk/iotune/group_name",
    kind: "dropped",
    when: ({ element }) => textOf(element) === "",
    reason: "an empty element says nothing (9.0.0)",
  },
  ...["logical_block_size", "physical_block_size", "discard_granularity"].map(
    (name): Omission => ({
      id: "zero-block-size",
      place: `devices/disk/blockio/@${name}`,
      kind: "default",
      values: ["0"],
      reason: "zero leaves it to QEMU, as silence",
    }),
  ),
  {
    id: "zero-weight",
    place: "blkiotune/device",
    kind: "dropped",
    when: ({ element }) =>
      childrenOf(element).every((each) => each.name === "path" || /^0*$/.test(textOf(each))),
    reason: "a device without a limit is not kept",
  },
  {
    id: "no-threads-to-allocate",
    place: "memoryBacking/allocation/@threads",
    kind: "default",
    values: ["0"],
    reason: "zero leaves it to QEMU, as silence",
  },
  {
    id: "vga-by-default",
    place: "devices/video/driver/@vgaconf",
    kind: "default",
    values: ["io"],
    reason: "the default",
  },
  {
    id: "tpm-forgets",
    place: "devices/tpm/backend/@persistent_state",
    kind: "default",
    values: ["no"],
    reason: "no is what silence says",
  },
];
