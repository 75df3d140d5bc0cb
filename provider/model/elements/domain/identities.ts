import { table } from "../../table.ts";
import { canonicalCpuset } from "../../values/cpuset.ts";
import { canonicalMac } from "../../values/mac.ts";
import { decimal } from "../../values/number.ts";
import { attributeOf, childrenOf, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { Identity } from "../schema.ts";

const by = (...places: string[]): Identity => ({ places });
const numbered = (...places: string[]): Identity => ({ places, canonical: decimal });

/**
 * Path from `<domain>` → identity. Values are case-sensitive, as in libvirt 9.0.0: `HTTP_PROXY` and `http_proxy` are
 * two variables. Only a MAC address may be in either case.
 * @see formatdomain of libvirt; measured on 9.0.0.
 */
export const identities: Readonly<Record<string, Identity>> = table({
  "iothreadids/iothread": numbered("@id"),
  "vcpus/vcpu": numbered("@id"),
  "cputune/vcpupin": numbered("@vcpu"),
  "cputune/iothreadpin": numbered("@iothread"),
  "cputune/vcpusched": { places: ["@vcpus"], canonical: canonicalCpuset },
  "cputune/iothreadsched": { places: ["@iothreads"], canonical: canonicalCpuset },
  "cputune/cachetune": { places: ["@vcpus"], canonical: canonicalCpuset },
  "cputune/cachetune/cache": numbered("@id", "@level", "@type"),
  "cputune/memorytune": { places: ["@vcpus"], canonical: canonicalCpuset },
  "cputune/memorytune/node": numbered("@id"),
  "blkiotune/device": by("path"),
  "numatune/memnode": numbered("@cellid"),
  "os/firmware/feature": by("@name"),
  "cpu/feature": by("@name"),
  "cpu/numa/cell": numbered("@id"),
  "cpu/numa/cell/distances/sibling": numbered("@id"),
  "clock/timer": by("@name"),
  "keywrap/cipher": by("@name"),
  "perf/event": by("@name"),
  "sysinfo/entry": by("@name"),
  "sysinfo/bios/entry": by("@name"),
  "sysinfo/system/entry": by("@name"),
  "sysinfo/baseBoard/entry": by("@name"),
  "sysinfo/chassis/entry": by("@name"),
  "qemu:commandline/qemu:env": by("@name"),
  "devices/disk": by("target/@dev"),
  "devices/disk/driver/iothreads/iothread": numbered("@id"),
  "devices/disk/driver/iothreads/iothread/queue": numbered("@id"),
  "devices/controller": { ...numbered("@type", "@index"), given: givenController },
  "devices/controller/driver/iothreads/iothread": numbered("@id"),
  "devices/controller/driver/iothreads/iothread/queue": numbered("@id"),
  "devices/interface": { places: ["mac/@address"], canonical: canonicalMac },
  "devices/graphics": by("@type"),
  "devices/graphics/channel": by("@name"),
  "devices/channel": by("target/@name"),
  "devices/filesystem": by("target/@dir"),
  "devices/audio": numbered("@id"),
  "devices/shmem": by("@name"),
  "devices/lease": by("lockspace", "key"),
});

/** Lists whose order has a meaning. */
const ordered = new Set([
  "os/boot",
  "os/initarg",
  "os/acpi/table",
  "sysinfo/oemStrings/entry",
  "qemu:commandline/qemu:arg",
  "devices/redirfilter/usbdev",
]);

/**
 * Whether the order of elements at this place has a meaning. libvirt assigns SCSI devices of the host (`hostdev`) to
 * their controller in order, unless each has an address; the source of every other `hostdev` identifies it.
 */
export function isOrdered(place: string, declared: readonly XmlElement[]): boolean {
  // Without `<queue>` elements QEMU assigns the queues to the threads in turn, in this order.
  if (place.endsWith("/driver/iothreads/iothread"))
    return declared.every((each) => childrenOf(each, "queue").length === 0);
  if (place !== "devices/hostdev") return ordered.has(place);
  return declared.some(
    (each) => valueAt(each, "@type") === "scsi" && childrenOf(each, "address").length === 0,
  );
}

/** Devices that a domain has only one of, or whose place is enough to identify them. */
const single = new Set([
  "devices/emulator",
  "devices/memballoon",
  "devices/nvram",
  "devices/vsock",
  "devices/tpm",
  "devices/redirfilter",
]);

/** Whether a domain may have several devices of this name, with or without an identity. */
export const isListed = (place: string): boolean => /^devices\/[^/]+$/.test(place) && !single.has(place);

/** Elements that are removed whole although they have no identity. */
export const isWhole = (place: string): boolean => place === "os/boot" || /^metadata\/[^/]+$/.test(place);

/** No element of a domain takes children from other owners. */
export const isShared = (): boolean => false;

export const isBag = (place: string): boolean => /\/driver$/.test(place);

/**
 * The key of a controller without an index: libvirt gives it the lowest free index (domain_conf.c). `null` for USB,
 * whose companion controllers share an index.
 */
function givenController(controller: XmlElement, all: readonly XmlElement[]): string | null {
  const type = attributeOf(controller, "type");
  if (type === "usb") return null;
  const those = all.filter((each) => each.name === controller.name && attributeOf(each, "type") === type);
  const taken = new Set(those.map((each) => attributeOf(each, "index")));
  for (const each of those.filter((one) => attributeOf(one, "index") === undefined)) {
    let index = 0;
    while (taken.has(String(index))) index++;
    if (each === controller) return `${type} ${index}`;
    taken.add(String(index));
  }
  return null;
}
