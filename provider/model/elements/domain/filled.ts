import { childrenOf, valueAt } from "../../xml/read.ts";
import type { XmlElement, XmlNode } from "../../xml/tree.ts";

interface Row {
  /** Path from `<domain>` of an element, attribute or `text()`; `*` stands for any one element. */
  readonly place: string;
  /** Values that libvirt's own has, by place under the element (of an attribute: its owner). Absent: always its own. */
  readonly when?: Readonly<Record<string, RegExp>>;
  /** Only an element without children. */
  readonly isEmpty?: true;
}

/**
 * What libvirt puts into a definition by itself, so that nobody has to write it. Measured on 9.0.0: a domain with
 * type, name, memory and os/type alone, dumped again.
 */
const rows: readonly Row[] = [
  { place: "@id" },
  { place: "uuid" },
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
  { place: "devices/disk/target/@bus", when: { "@dev": /^vd/, "@bus": /^virtio$/ } },
  { place: "devices/disk/target/@bus", when: { "@dev": /^sd/, "@bus": /^scsi$/ } },
  { place: "devices/disk/target/@bus", when: { "@dev": /^hd/, "@bus": /^ide$/ } },
  { place: "devices/disk/target/@bus", when: { "@dev": /^fd/, "@bus": /^fdc$/ } },
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

/** A normalised definition without what libvirt put into it, and without white space between elements. */
export function withoutFilled(domain: XmlElement): XmlElement {
  const [memory, current] = [valueAt(domain, "memory"), valueAt(domain, "currentMemory")];
  const boots = childrenOf(domain, "os").flatMap((os) => childrenOf(os, "boot"));
  const isUsualBoot = boots.length === 1 && boots[0] && valueAt(boots[0], "@dev") === "hd";
  const isOwn = (place: string) =>
    (place === "currentMemory" && memory === current) || (place === "os/boot" && isUsualBoot === true);
  return strip(domain, "", isOwn);
}

function strip(element: XmlElement, place: string, isOwn: (place: string) => boolean): XmlElement {
  const at = (step: string) => (place === "" ? step : `${place}/${step}`);
  const kept = element.attributes.filter(({ name }) => !isFilled(at(`@${name}`), element));
  const children = element.children.flatMap((child): XmlNode[] => {
    if (child.kind === "text")
      return child.text.trim() === "" || isFilled(at("text()"), element) ? [] : [child];
    if (child.kind !== "element") return [];
    const here = at(child.name);
    if (isFilled(here, child) || isOwn(here)) return [];
    const left = strip(child, here, isOwn);
    return isNothing(left) && !isNothing(child) ? [] : [left];
  });
  return { ...element, attributes: kept, children };
}

const isNothing = ({ attributes, children }: XmlElement) => attributes.length === 0 && children.length === 0;

function isFilled(place: string, element: XmlElement): boolean {
  return rows.some(
    (row) =>
      fits(row.place, place) &&
      !(row.isEmpty && childrenOf(element).length > 0) &&
      Object.entries(row.when ?? {}).every(([at, value]) => value.test(valueAt(element, at) ?? "")),
  );
}

function fits(pattern: string, place: string): boolean {
  const [wanted, there] = [pattern.split("/"), place.split("/")];
  return (
    wanted.length === there.length && wanted.every((step, index) => step === "*" || step === there[index])
  );
}
