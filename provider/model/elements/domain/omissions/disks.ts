import { attributeOf, childrenOf, elementsAt, textOf } from "../../../xml/read.ts";
import { deviceFactOf, type Omission, ownFactOf } from "../../omission.ts";

/** Disks, their sources and controllers. libvirt 11.3 unless the reason names another version. */
export const disks: readonly Omission[] = [
  {
    id: "queues-zero",
    place: "devices/disk/driver/@queues",
    kind: "dropped",
    values: ["0"],
    reason: "no queues means QEMU's own number (9.0.0)",
  },
  {
    id: "disk-iothread-zero",
    place: "devices/disk/driver/@iothread",
    kind: "dropped",
    values: ["0"],
    reason: "there is no IO thread 0",
  },
  {
    id: "controller-iothread-zero",
    place: "devices/controller/driver/@iothread",
    kind: "dropped",
    values: ["0"],
    reason: "there is no IO thread 0 (9.0.0)",
  },
  ...["disk", "controller"].map(
    (name): Omission => ({
      id: `${name}-mapping-empty`,
      place: `devices/${name}/driver/iothreads`,
      kind: "default",
      values: /^<iothreads\s*(?:\/>|>\s*<\/iothreads>)$/,
      reason: "an empty mapping is none, libvirt drops it (11.3, 12.8)",
    }),
  ),
  ...["queues", "cmd_per_lun", "max_sectors"].map(
    (name): Omission => ({
      id: `controller-${name}-zero`,
      place: `devices/controller/driver/@${name}`,
      kind: "default",
      values: ["0"],
      reason: "zero leaves it to QEMU, as silence",
    }),
  ),
  {
    id: "controller-model-auto",
    place: "devices/controller/@model",
    kind: "default",
    values: ["auto"],
    evenOver: true,
    when: ({ element }) => attributeOf(element, "type") === "scsi",
    reason: "libvirt chooses one at define",
  },
  ...["address", "alias", "master"].map(
    (name): Omission => ({
      id: "usb-none-address",
      place: `devices/controller/${name}`,
      kind: "dropped",
      when: (site) => deviceFactOf(site, "@model") === "none",
      reason: "no USB at all stands nowhere",
    }),
  ),
  {
    id: "snapshot-readonly",
    place: "devices/disk/@snapshot",
    kind: "default",
    values: ["no"],
    when: (site) => ownFactOf(site, "readonly") !== undefined || ownFactOf(site, "@device") === "cdrom",
    reason: "a read-only disk takes part in no snapshot",
  },
  {
    id: "removable-usb",
    place: "devices/disk/target/@removable",
    kind: "dropped",
    when: (site) => ownFactOf(site, "@bus") !== "usb",
    reason: "only a USB disk can be removable",
  },
  {
    id: "tray-closed",
    place: "devices/disk/target/@tray",
    kind: "default",
    values: ["closed"],
    reason: "closed is what silence says",
  },
  {
    id: "no-medium",
    place: "devices/disk/source",
    kind: "default",
    when: ({ element }) =>
      childrenOf(element).length === 0 &&
      element.attributes.every(
        ({ name, value }) => value === "" || name === "startupPolicy" || name === "index",
      ),
    reason: "an empty drive has no source",
  },
  {
    id: "port-unknown",
    place: "**/host/@port",
    kind: "default",
    values: ["0"],
    reason: "no port is what silence says",
  },
  ...["driver/metadata_cache", "backingStore/format/metadata_cache"].map(
    (place): Omission => ({
      id: "empty-metadata-cache",
      place: `devices/disk/${place}`,
      kind: "default",
      when: ({ element }) => childrenOf(element).length === 0,
      reason: "says nothing",
    }),
  ),
  {
    id: "no-shared-backing",
    place: "devices/disk/transient/@shareBacking",
    kind: "default",
    values: ["no"],
    reason: "no is what silence says",
  },
  {
    id: "type-without-source",
    place: "devices/disk/@type",
    kind: "dropped",
    evenOver: true,
    when: ({ element, actual, there }) =>
      there === "file" && [element, actual].every((each) => childrenOf(each, "source").length === 0),
    reason: "an empty drive is of type file, whatever it says (domain_conf.c)",
  },
  {
    id: "transport-tcp",
    place: "**/host/@transport",
    kind: "default",
    values: ["tcp"],
    reason: "the default",
  },
  ...[
    "total_bytes_sec",
    "read_bytes_sec",
    "write_bytes_sec",
    "total_iops_sec",
    "read_iops_sec",
    "write_iops_sec",
  ].flatMap((name) =>
    ["", "_max", "_max_length"].map(
      (more): Omission => ({
        id: "zero-iotune",
        place: `devices/disk/iotune/${name}${more}`,
        kind: "default",
        when: ({ element }) => /^0+$/.test(textOf(element)),
        reason: "zero is no limit, as silence",
      }),
    ),
  ),
  {
    id: "group-of-another-disk",
    place: "devices/disk/iotune/group_name",
    kind: "dropped",
    when: (site) => {
      const [domain] = site.trail;
      const named = domain ? elementsAt(domain, "devices/disk/iotune/group_name") : [];
      const isAlone = childrenOf(site.trail.at(-1) ?? site.element).length === 1;
      const isShared = named.filter((each) => textOf(each) === textOf(site.element)).length > 1;
      return isAlone && isShared && childrenOf(site.actual).length > 0;
    },
    reason: "a disk that only names a group gets that group's limits",
  },
  {
    id: "aio-is-raw",
    place: "devices/disk/driver/@type",
    kind: "dropped",
    values: ["aio"],
    evenOver: true,
    when: ({ there }) => there === "raw",
    reason: "aio is what Xen called raw (domain_conf.c)",
  },
  {
    id: "zero-rotation",
    place: "devices/disk/target/@rotation_rate",
    kind: "default",
    values: ["0"],
    reason: "unknown is what silence says",
  },
  {
    id: "pci-source-type",
    place: "devices/hostdev/source/address/@type",
    kind: "default",
    values: ["pci"],
    when: (site) => deviceFactOf(site, "@type") === "pci",
    reason: "the device says so",
  },
];
