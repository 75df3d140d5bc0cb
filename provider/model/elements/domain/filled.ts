import { elementsAt, valueAt } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { Filled } from "../schema.ts";
import { impliedBusRows } from "./buses.ts";

/** Whether `<boot dev='hd'/>` is the only boot entry: libvirt adds it to a definition without a boot order. */
function isUsualBoot(domain: XmlElement): boolean {
  const [boot, ...others] = elementsAt(domain, "os/boot");
  return boot !== undefined && others.length === 0 && valueAt(boot, "@dev") === "hd";
}

/**
 * Nodes that libvirt adds to a definition by itself. Measured on 9.0.0, by defining a domain that has only type, name,
 * memory and os/type, and dumping it.
 */
export const filled: readonly Filled[] = [
  { place: "@id" },
  { place: "uuid" },
  {
    place: "currentMemory",
    given: (domain) => valueAt(domain, "memory") === valueAt(domain, "currentMemory"),
  },
  { place: "os/boot", given: isUsualBoot },
  { place: "os/type/text()", when: { ".": /^hvm$/ } },
  { place: "resource", when: { partition: /^\/machine$/ } },
  { place: "seclabel", when: { "@type": /^dynamic$/ } },
  { place: "on_poweroff", when: { ".": /^destroy$/ } },
  { place: "on_reboot", when: { ".": /^restart$/ } },
  { place: "on_crash", when: { ".": /^destroy$/ } },
  { place: "clock", when: { "@offset": /^utc$/ }, isEmpty: true },
  { place: "vcpu/@placement", when: { "@placement": /^static$/ } },
  { place: "cpu", when: { "@mode": /^custom$/, "@check": /^none$/, model: /^(qemu64|qemu32)$/ } },
  { place: "cpu/@match", when: { "@match": /^exact$/ } },
  { place: "cpu/@check" },
  { place: "cpu/@migratable", when: { "@migratable": /^on$/ } },
  { place: "cpu/model/@fallback" },
  { place: "cpu/topology/@dies", when: { "@dies": /^1$/ } },
  { place: "devices/*/address" },
  { place: "devices/*/alias", when: { "@name": /^(?!ua-)/ } },
  {
    place: "devices/emulator",
    when: { ".": /^\/usr\/(?:bin|libexec)\/(?:qemu-system-\w+|qemu-kvm|kvm)$/ },
  },
  { place: "devices/controller", when: { "@type": /^(?:pci|usb|sata|ide|fdc|virtio-serial|ccid)$/ } },
  { place: "devices/input", when: { "@bus": /^ps2$/, "@type": /^(?:mouse|keyboard)$/ } },
  { place: "devices/audio", when: { "@id": /^1$/, "@type": /^(?:none|spice)$/ } },
  { place: "devices/memballoon", when: { "@model": /^virtio$/ } },
  { place: "devices/watchdog", when: { "@model": /^itco$/ } },
  {
    place: "devices/serial",
    when: { "@type": /^pty$/, "target/@type": /^isa-serial$/, "target/@port": /^0$/ },
  },
  { place: "devices/console/target/@type", when: { "@type": /^serial$/ } },
  { place: "devices/console/target/@port", when: { "@port": /^0$/ } },
  { place: "devices/disk/@type", when: { "@type": /^file$/, "source/@file": /^$/ } },
  { place: "devices/disk/@device", when: { "@device": /^disk$/ } },
  { place: "devices/disk/driver/@name", when: { "@name": /^qemu$/ } },
  { place: "devices/disk/backingStore" },
  ...impliedBusRows,
  { place: "devices/graphics/@port", when: { "@port": /^-1$/ } },
  { place: "devices/graphics/@autoport", when: { "@autoport": /^yes$/ } },
  { place: "devices/graphics/@listen", when: { "@listen": /^127\.0\.0\.1$/ } },
  { place: "devices/graphics/listen", when: { "@type": /^address$/, "@address": /^127\.0\.0\.1$/ } },
  { place: "devices/graphics/listen", when: { "@type": /^address$/, "@address": /^$/ } },
  { place: "devices/video/model/@vram" },
  { place: "devices/video/model/@ram" },
  { place: "devices/video/model/@vgamem" },
  { place: "devices/video/model/@heads", when: { "@heads": /^1$/ } },
  { place: "devices/video/model/@primary", when: { "@primary": /^yes$/ } },
];
