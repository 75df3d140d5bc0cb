import { attributeOf } from "../../../xml/read.ts";
import { deviceFactOf, type Omission, ownFactOf } from "../../omission.ts";

interface Part {
  /** Places of parts that only some devices have. */
  readonly places: readonly string[];
  /** Place, under the device, of the value that decides. */
  readonly by: string;
  /** Values for which libvirt keeps the parts; for all others it drops them. */
  readonly only: RegExp;
  readonly reason: string;
}

/** Parts that libvirt reads or prints for some devices only (domain_conf.c of 9.0.0 and 11.3). */
const parts: readonly Part[] = [
  {
    places: ["devices/disk/target/@tray"],
    by: "@device",
    only: /^(?:cdrom|floppy)$/,
    reason: "only a drive has a tray",
  },
  {
    places: ["devices/disk/source/@startupPolicy", "devices/disk/source/seclabel"],
    by: "@type",
    only: /^(?!network$)/,
    reason: "not for a source on the network",
  },
  {
    places: ["devices/disk/source/auth"],
    by: "@type",
    only: /^(?!volume$)/,
    reason: "the pool of a volume knows how to log in",
  },
  {
    places: ["devices/controller/master"],
    by: "@type",
    only: /^usb$/,
    reason: "only USB controllers are companions of one another",
  },
  {
    places: ["devices/controller/@ports"],
    by: "@type",
    only: /^(?:virtio-serial|usb)$/,
    reason: "only these controllers have a number of ports",
  },
  {
    places: ["devices/controller/@vectors"],
    by: "@type",
    only: /^virtio-serial$/,
    reason: "only a virtio-serial controller has vectors",
  },
  {
    places: ["devices/video/model/**", "devices/video/driver", "devices/video/address"],
    by: "model/@type",
    only: /^(?!none$)/,
    reason: "no video has nothing",
  },
  {
    places: ["devices/sound/codec"],
    by: "@model",
    only: /^ich[679]$/,
    reason: "only Intel's high definition sound has codecs",
  },
  {
    places: ["devices/memballoon/address", "devices/memballoon/alias", "devices/memballoon/acpi"],
    by: "@model",
    only: /^(?!none$)/,
    reason: "no balloon stands nowhere",
  },
  {
    places: ["devices/memory/uuid"],
    by: "@model",
    only: /^nvdimm$/,
    reason: "only an NVDIMM has an identity",
  },
  {
    places: ["devices/memory/target/readonly", "devices/memory/target/label"],
    by: "@model",
    only: /^nvdimm$/,
    reason: "only an NVDIMM can be read-only and has labels",
  },
  {
    places: ["devices/hostdev/readonly", "devices/hostdev/shareable"],
    by: "@type",
    only: /^scsi$/,
    reason: "only a SCSI device of the host can be read-only or shared",
  },
  {
    places: ["devices/filesystem/binary"],
    by: "driver/@type",
    only: /^virtiofs$/,
    reason: "only virtiofs is served by a program",
  },
  {
    places: ["devices/tpm/backend/@version", "devices/tpm/backend/@persistent_state"],
    by: "backend/@type",
    only: /^emulator$/,
    reason: "only an emulated TPM has a version to choose and a state to keep",
  },
  {
    places: ["devices/input/source"],
    by: "@type",
    only: /^(?:passthrough|evdev)$/,
    reason: "only a device of the host has a source",
  },
  {
    places: ["devices/interface/@managed"],
    by: "@type",
    only: /^hostdev$/,
    reason: "only a device of the host is taken from it",
  },
];

/** Parts that libvirt ignores for this kind of device. */
export const partsOfOthers: readonly Omission[] = [
  ...parts.flatMap(({ places, by, only, reason }) =>
    places.map(
      (place): Omission => ({
        id: "not-for-this-kind",
        place,
        kind: "dropped",
        when: (site) => !only.test(deviceFactOf(site, by) ?? ""),
        reason,
      }),
    ),
  ),
  ...["format", "wrpolicy", "queue"].map(
    (name): Omission => ({
      id: "driver-without-type",
      place: `devices/filesystem/driver/@${name}`,
      kind: "dropped",
      when: (site) => ownFactOf(site, "@type") === undefined,
      reason: "options belong to a driver that is named",
    }),
  ),
  ...["passwdValidTo", "connected"].map(
    (name): Omission => ({
      id: "no-password",
      place: `devices/graphics/@${name}`,
      kind: "dropped",
      when: (site) => ownFactOf(site, "@passwd") === undefined,
      reason: "without a password there is none that ends",
    }),
  ),
  ...["format", "source", "backingStore"].map(
    (name): Omission => ({
      id: "end-of-chain",
      place: `**/backingStore/${name}`,
      kind: "dropped",
      when: ({ trail }) => attributeOf(trail.at(-1), "type") === undefined,
      reason: "a backing store without a type ends the chain",
    }),
  ),
  {
    id: "nvram-without-type",
    place: "os/nvram/source",
    kind: "dropped",
    when: ({ trail }) => attributeOf(trail.at(-1), "type") === undefined,
    reason: "an NVRAM without a type is the file that its text names",
  },
  ...["timezone", "start"].map(
    (name): Omission => ({
      id: "clock-of-another-kind",
      place: `clock/@${name}`,
      kind: "dropped",
      when: ({ element }) => attributeOf(element, "offset") !== (name === "start" ? "absolute" : "timezone"),
      reason: "belongs to a clock of another kind",
    }),
  ),
  {
    id: "stimer-indirect",
    place: "features/hyperv/stimer/direct",
    kind: "default",
    when: ({ element }) => attributeOf(element, "state") === "off",
    reason: "off is what silence says",
  },
  ...["spinlocks/@retries", "vendor_id/@value", "stimer/direct"].map(
    (place): Omission => ({
      id: "feature-off",
      place: `features/hyperv/${place}`,
      kind: "dropped",
      when: (site) =>
        ownFactOf(site, "@state") === "off" || attributeOf(site.trail.at(-1), "state") === "off",
      reason: "a feature that is off has no settings",
    }),
  ),
  {
    id: "feature-off",
    place: "features/smm/tseg",
    kind: "dropped",
    when: ({ trail }) => attributeOf(trail.at(-1), "state") === "off",
    reason: "a feature that is off has no settings",
  },
];
