import { printXml } from "../../xml/print.ts";
import { attributeOf, childrenOf, elementsAt, valueAt } from "../../xml/read.ts";
import type { XmlElement, XmlNode } from "../../xml/tree.ts";
import { identities, isWhole } from "../identity.ts";

interface Row {
  /** Path from `<domain>`. */
  readonly place: string;
  /** Only an element without children: with some it says more than libvirt's own. */
  readonly isBare?: true;
  /** Values with which libvirt puts it back, by place under the element (of an attribute: its owner). */
  readonly when?: Readonly<Record<string, RegExp>>;
  /** What else must hold of the domain as it will be. */
  readonly given?: (domain: XmlElement) => boolean;
}

/** Nothing says from what it boots: no kind of device, and no device that has a place in the order. */
const hasNoBoot = (domain: XmlElement) =>
  elementsAt(domain, "os/boot").length === 0 &&
  elementsAt(domain, "devices")
    .flatMap((all) => childrenOf(all))
    .every((device) => valueAt(device, "boot/@order") === undefined);
const isSerial = (console: XmlElement) => /^(?:serial)?$/.test(valueAt(console, "target/@type") ?? "");

/**
 * What libvirt puts back into a definition that was defined without it: its removal would be a change that never
 * comes true. Measured on 9.0.0 by defining a domain without each.
 */
const rows: readonly Row[] = [
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
  { place: "devices/disk/target/@bus", when: { "@dev": /^vd/, "@bus": /^virtio$/ } },
  { place: "devices/disk/target/@bus", when: { "@dev": /^sd/, "@bus": /^scsi$/ } },
  { place: "devices/disk/target/@bus", when: { "@dev": /^hd/, "@bus": /^ide$/ } },
  { place: "devices/disk/target/@bus", when: { "@dev": /^fd/, "@bus": /^fdc$/ } },
  // The first serial port and the first console are one device: either brings the other back.
  {
    place: "devices/serial",
    given: (domain) => elementsAt(domain, "devices/console").slice(0, 1).some(isSerial),
  },
  { place: "devices/console", given: (domain) => elementsAt(domain, "devices/serial").length > 0 },
];

/**
 * What was declared, without what libvirt would put back: that is left where it is, as if nobody had declared it.
 * @param desired What is declared now: of what it declares itself nothing is left out.
 * @param merged The domain as it would be without what is declared no more.
 */
export function withoutRestored(recorded: XmlElement, desired: XmlElement, merged: XmlElement): XmlElement {
  return strip(recorded, desired, "", merged);
}

function strip(was: XmlElement, now: XmlElement | null, place: string, merged: XmlElement): XmlElement {
  const at = (step: string) => (place === "" ? step : `${place}/${step}`);
  const attributes = was.attributes.filter(
    ({ name }) => (now && attributeOf(now, name) !== undefined) || !comesBack(at(`@${name}`), was, merged),
  );
  const children = was.children.flatMap((child): XmlNode[] => {
    if (child.kind !== "element") return [child];
    const here = at(child.name);
    const same = now && counterpartOf(child, was, now, here);
    if (!same && comesBack(here, child, merged)) return [];
    // A device that goes, goes whole.
    if (!same && isWhole(here)) return [child];
    const left = strip(child, same ?? null, here, merged);
    return left !== child && isEmpty(left) ? [] : [left];
  });
  const isUntouched =
    attributes.length === was.attributes.length &&
    children.length === was.children.length &&
    children.every((each, index) => each === was.children[index]);
  return isUntouched ? was : { ...was, attributes, children };
}

const isEmpty = ({ attributes, children }: XmlElement) => attributes.length + children.length === 0;

/** The element that is declared now for one that was: of the same identity, or the only ones of their name. */
function counterpartOf(
  child: XmlElement,
  was: XmlElement,
  now: XmlElement,
  place: string,
): XmlElement | undefined {
  const others = childrenOf(now, child.name);
  const key = (each: XmlElement) =>
    identities[place]?.places.map((part) => valueAt(each, part) ?? "").join(" ");
  if (key(child) !== undefined) return others.find((other) => key(other) === key(child));
  const isLone = others.length === 1 && childrenOf(was, child.name).length === 1;
  return isLone ? others[0] : others.find((other) => printXml(other) === printXml(child));
}

function comesBack(place: string, element: XmlElement, merged: XmlElement): boolean {
  return rows.some(
    (row) =>
      row.place === place &&
      (row.place.includes("@") || !row.isBare || childrenOf(element).length === 0) &&
      Object.entries(row.when ?? {}).every(([at, value]) => value.test(valueAt(element, at) ?? "")) &&
      (row.given?.(merged) ?? true),
  );
}
