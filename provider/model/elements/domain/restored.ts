import { childrenOf, elementsAt, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { Restored } from "../schema.ts";
import { impliedBusRows } from "./buses.ts";

/** Whether the domain has no boot order: no `<boot dev>`, and no device with a place in the order. */
const hasNoBoot = (domain: XmlElement) =>
  elementsAt(domain, "os/boot").length === 0 &&
  elementsAt(domain, "devices")
    .flatMap((all) => childrenOf(all))
    .every((device) => valueAt(device, "boot/@order") === undefined);
const isSerial = (console: XmlElement) => /^(?:serial)?$/.test(valueAt(console, "target/@type") ?? "");

/**
 * Nodes that libvirt adds again after their removal, so that the removal would never take effect. Measured on 9.0.0, by
 * defining a domain without each.
 */
export const restored: readonly Restored[] = [
  { place: "os/boot", when: { "@dev": /^hd$/ }, given: hasNoBoot },
  { place: "on_poweroff", when: { ".": /^destroy$/ } },
  { place: "on_reboot", when: { ".": /^restart$/ } },
  { place: "on_crash", when: { ".": /^destroy$/ } },
  { place: "clock", when: { "@offset": /^utc$/ }, isBare: true },
  { place: "clock/@offset", when: { "@offset": /^utc$/ } },
  { place: "vcpu/@placement", when: { "@placement": /^static$/ } },
  { place: "devices/emulator", when: { ".": /^\/usr\/(?:bin|libexec)\/(?:qemu-system-\w+|qemu-kvm|kvm)$/ } },
  { place: "devices/memballoon", when: { "@model": /^virtio$/ }, isBare: true },
  { place: "devices/input", when: { "@bus": /^ps2$/, "@type": /^(?:mouse|keyboard)$/ } },
  { place: "devices/controller", when: { "@type": /^pci$/, "@index": /^0$/ } },
  { place: "devices/disk/@device", when: { "@device": /^disk$/ } },
  { place: "devices/disk/driver/@name", when: { "@name": /^qemu$/ } },
  ...impliedBusRows,
  // The first serial port and the first console are one device: libvirt derives each from the other.
  {
    place: "devices/serial",
    given: (domain) => elementsAt(domain, "devices/console").slice(0, 1).some(isSerial),
  },
  { place: "devices/console", given: (domain) => elementsAt(domain, "devices/serial").length > 0 },
];
