import { attributeOf, childrenOf, textOf, valueAt } from "../xml/read.ts";
import type { XmlElement } from "../xml/tree.ts";

/** What is known of a declared node that libvirt does not print. */
export interface Omission {
  readonly id: string;
  /** Where: `devices/disk/driver/@cache`; a leading `**` stands for any elements above. */
  readonly place: string;
  /**
   * `default`: not printed because it says what silence says. `dropped`: accepted, then ignored; always told.
   * `renumbered`: likewise, and what is printed instead is libvirt's own.
   */
  readonly kind: "default" | "dropped" | "renumbered";
  /** Values this holds for. Absent: all. */
  readonly values?: readonly string[];
  /** Holds only then; `parent` has the node, `domain` is the declared one. */
  readonly when?: (parent: XmlElement, domain: XmlElement, value: string) => boolean;
  readonly reason: string;
}

const hasNoContent = (name: string) => (parent: XmlElement) =>
  childrenOf(parent, name).every((each) => isEmpty(each));

/** No text below it, and no attribute that says more than zero. */
function isEmpty(element: XmlElement): boolean {
  return (
    textOf(element) === "" &&
    element.attributes.every(({ value }) => value === "0") &&
    childrenOf(element).every(isEmpty)
  );
}

const liveOnly = "belongs to a running guest; a definition has none";

/** Measured on libvirt 11.3 unless the reason names another version. */
export const omissions: readonly Omission[] = [
  { id: "live-domain-id", place: "@id", kind: "dropped", reason: liveOnly },
  { id: "live-source-index", place: "**/source/@index", kind: "dropped", reason: liveOnly },
  { id: "live-chain-index", place: "**/backingStore/@index", kind: "dropped", reason: liveOnly },
  { id: "live-mirror", place: "devices/disk/mirror", kind: "dropped", reason: liveOnly },
  { id: "live-label", place: "seclabel/imagelabel", kind: "dropped", reason: liveOnly },
  { id: "live-alias", place: "**/alias", kind: "dropped", reason: "only names with the prefix ua- are kept" },
  {
    id: "live-labelskip",
    place: "**/source/seclabel",
    kind: "dropped",
    when: (parent) => childrenOf(parent, "seclabel").some((each) => attributeOf(each, "labelskip") === "yes"),
    reason: "whether labelling was skipped is state of a running guest",
  },
  {
    id: "cpu-fallback",
    place: "cpu/model",
    kind: "dropped",
    when: (parent) => childrenOf(parent, "model").every((each) => textOf(each) === ""),
    reason: "a fallback without a model means nothing for this mode",
  },
  {
    id: "cache-default",
    place: "devices/disk/driver/@cache",
    kind: "default",
    values: ["default"],
    reason: "the default",
  },
  {
    id: "queues-zero",
    place: "devices/disk/driver/@queues",
    kind: "dropped",
    values: ["0"],
    reason: "no queues means QEMU's own number (9.0.0)",
  },
  {
    id: "controller-iothread-zero",
    place: "devices/controller/driver/@iothread",
    kind: "dropped",
    values: ["0"],
    reason: "there is no IO thread 0 (9.0.0)",
  },
  {
    id: "iothreads-zero",
    place: "iothreads",
    kind: "default",
    when: (parent) => childrenOf(parent, "iothreads").every((each) => /^0*$/.test(textOf(each))),
    reason: "none is what silence says",
  },
  {
    id: "empty-iothreadids",
    place: "iothreadids",
    kind: "default",
    when: hasNoContent("iothreadids"),
    reason: "an empty list names no thread",
  },
  {
    id: "empty-defaultiothread",
    place: "defaultiothread",
    kind: "default",
    when: (parent) => childrenOf(parent, "defaultiothread").every((each) => each.attributes.length === 0),
    reason: "says nothing",
  },
  {
    id: "vcpupin-beyond",
    place: "cputune/vcpupin",
    kind: "dropped",
    when: (_, domain, value) =>
      Number(/ vcpu='(\d+)'/.exec(value)?.[1] ?? 0) >= Number(valueAt(domain, "vcpu") ?? Number.NaN),
    reason: "pins a vCPU that does not exist (9.0.0)",
  },
  {
    id: "snapshot-readonly",
    place: "devices/disk/@snapshot",
    kind: "default",
    values: ["no"],
    when: (disk) => childrenOf(disk, "readonly").length > 0 || attributeOf(disk, "device") === "cdrom",
    reason: "a read-only disk takes part in no snapshot",
  },
  {
    id: "removable-usb",
    place: "devices/disk/target/@removable",
    kind: "dropped",
    when: (target) => attributeOf(target, "bus") !== "usb",
    reason: "only a USB disk can be removable",
  },
  {
    id: "driver-not-virtio",
    place: "devices/interface/driver",
    kind: "dropped",
    when: (nic) => !(valueAt(nic, "model/@type") ?? "").startsWith("virtio"),
    reason: "only a virtio interface has driver options",
  },
  {
    id: "vhost-not-virtio",
    place: "devices/interface/backend/@vhost",
    kind: "dropped",
    reason: "only a virtio interface has a vhost device",
  },
  {
    id: "one-queue",
    place: "devices/interface/driver/@queues",
    kind: "default",
    values: ["1"],
    reason: "one queue is what silence says",
  },
  {
    id: "filter-vhostuser",
    place: "devices/interface/filterref",
    kind: "dropped",
    when: (nic) => attributeOf(nic, "type") === "vhostuser",
    reason: "the host filters no packets that go past it",
  },
  {
    id: "empty-coalesce",
    place: "devices/interface/coalesce",
    kind: "default",
    when: hasNoContent("coalesce"),
    reason: "no frames means no coalescing",
  },
  {
    id: "channel-bind",
    place: "devices/channel/source",
    kind: "default",
    when: (channel) => valueAt(channel, "source/@path") === undefined,
    reason: "a path is made at each start",
  },
  {
    id: "raw-smartcard",
    place: "devices/smartcard/protocol",
    kind: "default",
    reason: "only TCP has other protocols than raw",
  },
  {
    id: "raw-rng",
    place: "devices/rng/backend/protocol",
    kind: "default",
    reason: "only TCP has other protocols than raw",
  },
  {
    id: "not-primary",
    place: "devices/video/model/@primary",
    kind: "default",
    values: ["no"],
    reason: "the default",
  },
  {
    id: "no-autoport",
    place: "devices/graphics/@autoport",
    kind: "default",
    values: ["no"],
    reason: "the default",
  },
  ...["class", "vendor", "product", "version"].map(
    (name): Omission => ({
      id: `redirect-any-${name}`,
      place: `devices/redirfilter/usbdev/@${name}`,
      kind: "default",
      values: ["-1"],
      reason: "any is what silence says",
    }),
  ),
  {
    id: "acpi-s390",
    place: "features/acpi",
    kind: "dropped",
    when: (_, domain) => (valueAt(domain, "os/type/@arch") ?? "").startsWith("s390"),
    reason: "these machines have no ACPI",
  },
  {
    id: "empty-features",
    place: "features",
    kind: "dropped",
    when: (domain) =>
      (valueAt(domain, "os/type/@arch") ?? "").startsWith("s390") &&
      childrenOf(domain, "features").every((each) =>
        childrenOf(each).every((child) => child.name === "acpi"),
      ),
    reason: "nothing is left of it: these machines have no ACPI",
  },
  ...["memory", "currentMemory"].map(
    (place): Omission => ({
      id: "memory-of-cells",
      place,
      kind: "renumbered",
      when: (_, domain) => valueAt(domain, "cpu/numa/cell/@memory") !== undefined,
      reason: "with NUMA cells, the memory is what the cells and memory devices add up to (9.0.0)",
    }),
  ),
  {
    id: "placement-numad",
    place: "vcpu/@placement",
    kind: "renumbered",
    values: ["static"],
    when: (vcpu, domain) =>
      attributeOf(vcpu, "cpuset") === undefined && valueAt(domain, "numatune/memory/@placement") === "auto",
    reason: "without a cpuset, the vCPUs follow the automatic placement of memory",
  },
  {
    id: "console-port",
    place: "devices/console/target/@port",
    kind: "renumbered",
    reason: "libvirt numbers consoles as they come",
  },
  {
    id: "virtio-serial-bus",
    place: "devices/channel/address/@bus",
    kind: "renumbered",
    when: (address) => attributeOf(address, "type") === "virtio-serial",
    reason: "a virtio-serial controller has one bus, number 0",
  },
  {
    id: "seclabel-without-model",
    place: "seclabel/@type",
    kind: "renumbered",
    values: ["dynamic"],
    when: (label) => attributeOf(label, "model") === undefined,
    reason: "without a security driver on the host there is no label to make",
  },
  {
    id: "relabel-without-model",
    place: "seclabel/@relabel",
    kind: "dropped",
    when: (label) => attributeOf(label, "model") === undefined,
    reason: "without a security driver on the host there is no label to make",
  },
];

const byTail = new Map<string, Omission[]>();
for (const row of omissions) {
  const tail = row.place.split("/").at(-1) ?? "";
  byTail.set(tail, [...(byTail.get(tail) ?? []), row]);
}

/** The row that explains why a declared node is not printed as declared; null when none does. */
export function findOmission(
  place: string,
  value: string | null,
  parent: XmlElement,
  domain: XmlElement,
  isThere: "absent" | "different",
): Omission | null {
  const rows = byTail.get(place.split("/").at(-1) ?? "") ?? [];
  return (
    rows.find(
      (row) =>
        (isThere === "absent" || row.kind === "renumbered") &&
        (row.place.startsWith("**") ? place.endsWith(row.place.slice(2)) : place === row.place) &&
        (!row.values || (value !== null && row.values.includes(value))) &&
        (!row.when || row.when(parent, domain, value ?? "")),
    ) ?? null
  );
}
