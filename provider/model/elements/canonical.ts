import { parseCpuset } from "../cpuset.ts";
import { attributeOf, childrenOf } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import { withoutNamespaces, withQemuPrefix } from "./namespace.ts";
import { normaliseDomain } from "./normalise.ts";

/** Canonical elements and what they stood for. */
export type Originals = Map<XmlNode, XmlElement>;

/** A declared domain in one way of writing. */
export function canonicalDeclared(domain: XmlElement): XmlElement {
  return withoutNamespaces(canonicalDomain(domain, new Map()));
}

/**
 * A domain in one way of writing: what libvirt renames, splits, moves or numbers. What is written that way
 * already stays the very same element, so that nothing but what differs is ever written anew.
 */
export function canonicalDomain(domain: XmlElement, originals: Originals): XmlElement {
  return rewrite(normaliseDomain(withQemuPrefix(domain)), "", originals);
}

/** Puts back what a canonical element stood for, wherever it was left as it was. */
export function restoreOriginals(node: XmlElement, originals: Originals): XmlElement {
  const original = originals.get(node);
  if (original) return original;
  let isSame = true;
  const children = node.children.map((child) => {
    const now = child.kind === "element" ? restoreOriginals(child, originals) : child;
    if (now !== child) isSame = false;
    return now;
  });
  return isSame ? node : { ...node, children };
}

type Rewrite = (element: XmlElement) => XmlElement | readonly XmlElement[];

/** By place. Measured on libvirt 11.3 unless another version is named. */
const rewrites: Readonly<Record<string, Rewrite>> = {
  "cputune/iothreadsched": (element) => split(element, "iothreads"),
  "cputune/vcpusched": (element) => split(element, "vcpus"),
  "cpu/numa": (numa) => withChildren(numa, childrenOf(numa).map(asCell)),
  // The lun stands in the path; libvirt adds the first one (domain_postparse.c).
  "devices/disk/source": (source) => (attributeOf(source, "protocol") === "iscsi" ? withLun(source) : source),
  "devices/hostdev/source": (source) =>
    attributeOf(source, "protocol") === "iscsi" ? withLun(source) : source,
  // `ioemu:hda` is what Xen once wrote (domain_postparse.c).
  "devices/disk/target": (target) => {
    const dev = attributeOf(target, "dev");
    return dev?.startsWith("ioemu:") ? withAttribute(target, "dev", dev.slice("ioemu:".length)) : target;
  },
};

function rewrite(element: XmlElement, place: string, originals: Originals): XmlElement {
  let isSame = true;
  const children = element.children.flatMap((child): readonly XmlNode[] => {
    if (child.kind !== "element") return [child];
    const below = place === "" ? child.name : `${place}/${child.name}`;
    const now = rewrites[below]?.(child) ?? child;
    const those = "kind" in now ? [now] : now;
    const deep = those.map((each) => rewrite(each, below, originals));
    if (deep.length !== 1 || deep[0] !== child) isSame = false;
    return deep;
  });
  if (isSame) return element;
  const changed = { ...element, children };
  originals.set(changed, element);
  return changed;
}

/** `iothreads='1-3'` and three elements are the same. */
function split(element: XmlElement, name: string): XmlElement | readonly XmlElement[] {
  const ids = parseCpuset(attributeOf(element, name) ?? "");
  return ids && ids.length > 1 ? ids.map((id) => withAttribute(element, name, String(id))) : element;
}

/** A cell is numbered by its position when it has no id. */
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

export function withAttribute(element: XmlElement, name: string, value: string): XmlElement {
  const has = attributeOf(element, name) !== undefined;
  const attributes = has
    ? element.attributes.map((each) => (each.name === name ? { name, value } : each))
    : [...element.attributes, { name, value }];
  return { ...element, attributes };
}
