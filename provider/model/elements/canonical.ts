import { table } from "../table.ts";
import { parseCpuset } from "../values/cpuset.ts";
import { attributeOf, childrenOf } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import { normaliseDomain } from "./domain/ioThreads.ts";
import { withOwnNamespaces, withoutNamespaces } from "./namespace.ts";

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
  return rewrite(normaliseDomain(withOwnNamespaces(domain, originals)), "", originals);
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
const rewrites: Readonly<Record<string, Rewrite>> = table({
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
});

function rewrite(element: XmlElement, place: string, originals: Originals): XmlElement {
  let children: XmlNode[] | null = null;
  const { length } = element.children;
  for (let i = 0; i < length; i++) {
    const child = element.children[i];
    if (child === undefined) continue;
    const now = child.kind === "element" ? rewriteOne(child, place, originals) : child;
    if (now !== child && children === null) children = element.children.slice(0, i);
    if (children === null) continue;
    if ("kind" in now) children.push(now);
    else children.push(...now);
  }
  if (children === null) return element;
  const changed = { ...element, children };
  originals.set(changed, element);
  return changed;
}

function rewriteOne(
  child: XmlElement,
  above: string,
  originals: Originals,
): XmlElement | readonly XmlElement[] {
  const place = above === "" ? child.name : `${above}/${child.name}`;
  const now = rewrites[place]?.(child) ?? child;
  return "kind" in now ? rewrite(now, place, originals) : now.map((each) => rewrite(each, place, originals));
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

function withAttribute(element: XmlElement, name: string, value: string): XmlElement {
  const has = attributeOf(element, name) !== undefined;
  const attributes = has
    ? element.attributes.map((each) => (each.name === name ? { name, value } : each))
    : [...element.attributes, { name, value }];
  return { ...element, attributes };
}
