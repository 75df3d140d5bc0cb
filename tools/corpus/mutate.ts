import { parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import type { XmlElement, XmlNode } from "../../provider/model/xml/tree.ts";

/** A declared domain with one change. */
export interface Mutation {
  readonly kind: "attribute" | "text" | "removal" | "addition";
  /** Names of the elements from the root to the place, without identities. */
  readonly place: string;
  /** The new value; `null` for a removal. */
  readonly value: string | null;
  readonly desired: XmlElement;
}

/**
 * Changes every attribute and text, removes every element, and adds an attribute and an element everywhere.
 */
export function mutationsOf(domain: XmlElement): Mutation[] {
  const found: Mutation[] = [];
  walk(domain, "", (desired) => desired);
  return found;

  function walk(element: XmlElement, place: string, put: (element: XmlElement) => XmlElement) {
    const at = (name: string) => (place === "" ? name : `${place}/${name}`);
    for (const { name, value } of element.attributes) {
      if (name.startsWith("xmlns")) continue;
      const other = otherThan(value);
      const attributes = element.attributes.map((each) =>
        each.name === name ? { name, value: other } : each,
      );
      const desired = put({ ...element, attributes });
      found.push({ kind: "attribute", place: at(`@${name}`), value: other, desired });
    }
    const attributes = [...element.attributes, { name: "novelty", value: "1" }];
    const more = put({ ...element, attributes });
    found.push({ kind: "addition", place: at("@novelty"), value: "1", desired: more });
    if (element.children.some((child) => child.kind === "element")) {
      const novelty: XmlElement = { kind: "element", name: "novelty", attributes: [], children: [] };
      const desired = put({ ...element, children: [...element.children, novelty] });
      found.push({ kind: "addition", place: at("novelty"), value: "<novelty/>", desired });
    }
    for (const child of place === "devices" ? novelties : []) {
      const desired = put({ ...element, children: [...element.children, child] });
      found.push({ kind: "addition", place: at(child.name), value: printXml(child), desired });
    }
    element.children.forEach((child, i) => {
      const replace = (...now: XmlNode[]) =>
        put({ ...element, children: element.children.toSpliced(i, 1, ...now) });
      if (child.kind === "text" && child.text.trim() !== "") {
        const value = otherThan(child.text.trim());
        found.push({ kind: "text", place, value, desired: replace({ kind: "text", text: value }) });
      }
      if (child.kind !== "element") return;
      found.push({ kind: "removal", place: at(child.name), value: null, desired: replace() });
      walk(child, at(child.name), (now) => replace(now));
    });
  }
}

/** Devices that no domain of the corpus has. */
const novelties = [
  "<disk type='file'><source file='/novelty'/><target dev='vdzz' bus='virtio'/></disk>",
  "<interface type='network'><mac address='52:54:00:00:00:99'/><source network='novelty'/></interface>",
  "<interface type='network'><source network='novelty' portgroup='p'/><model type='virtio'/></interface>",
  "<controller type='scsi' index='77' model='virtio-scsi'/>",
  "<input type='novelty' bus='virtio'/>",
  "<serial type='file'><source path='/novelty'/><target port='3'/></serial>",
  "<channel type='unix'><target type='virtio' name='novelty'/></channel>",
  "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/></source></hostdev>",
  "<graphics type='novelty'/>",
  "<filesystem type='mount'><source dir='/novelty'/><target dir='novelty'/></filesystem>",
].map((text) => parseXml(text));

const opposites: Readonly<Record<string, string>> = { yes: "no", no: "yes", on: "off", off: "on" };

function otherThan(value: string): string {
  if (/^\d+$/.test(value)) return String(BigInt(value) + 1n);
  if (/^0x[0-9a-f]+$/i.test(value)) return `0x${(BigInt(value) + 1n).toString(16)}`;
  return opposites[value] ?? `${value}-other`;
}
