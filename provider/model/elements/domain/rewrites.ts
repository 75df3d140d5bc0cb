import { table } from "../../table.ts";
import { parseCpuset } from "../../values/cpuset.ts";
import { attributeOf, childrenOf } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";
import type { Rewrite } from "../schema.ts";

/** Place → rewrite. Measured on libvirt 11.3 unless a comment names another version. */
export const rewrites: Readonly<Record<string, Rewrite>> = table({
  "cputune/iothreadsched": (element) => split(element, "iothreads"),
  "cputune/vcpusched": (element) => split(element, "vcpus"),
  "cpu/numa": (numa) => withChildren(numa, childrenOf(numa).map(asCell)),
  // The LUN is part of the path; libvirt adds LUN 0 to a path without one (domain_postparse.c).
  "devices/disk/source": (source) => (attributeOf(source, "protocol") === "iscsi" ? withLun(source) : source),
  "devices/hostdev/source": (source) =>
    attributeOf(source, "protocol") === "iscsi" ? withLun(source) : source,
  // Old Xen tools wrote `ioemu:hda` for `hda` (domain_postparse.c).
  "devices/disk/target": (target) => {
    const dev = attributeOf(target, "dev");
    return dev?.startsWith("ioemu:") ? withAttribute(target, "dev", dev.slice("ioemu:".length)) : target;
  },
});

/** Splits an element for several threads: `iothreads='1-3'` means the same as three elements. */
function split(element: XmlElement, name: string): XmlElement | readonly XmlElement[] {
  const ids = parseCpuset(attributeOf(element, name) ?? "");
  return ids && ids.length > 1 ? ids.map((id) => withAttribute(element, name, String(id))) : element;
}

/** Gives a cell without an id its position as the id. */
function asCell(cell: XmlElement, position: number): XmlElement {
  return cell.name === "cell" && attributeOf(cell, "id") === undefined
    ? withAttribute(cell, "id", `${position}`)
    : cell;
}

function withLun(source: XmlElement): XmlElement {
  const name = attributeOf(source, "name");
  return name === undefined || name.includes("/") ? source : withAttribute(source, "name", `${name}/0`);
}

function withChildren(element: XmlElement, children: readonly XmlElement[]): XmlElement {
  const old = childrenOf(element);
  return children.every((child, i) => child === old[i]) ? element : { ...element, children };
}

function withAttribute(element: XmlElement, name: string, value: string): XmlElement {
  const has = attributeOf(element, name) !== undefined;
  const attributes = has
    ? element.attributes.map((each) => (each.name === name ? { name, value } : each))
    : [...element.attributes, { name, value }];
  return { ...element, attributes };
}
