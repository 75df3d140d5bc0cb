import { attributeOf, childrenOf, textOf } from "../xml/read.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";
import { normaliseDomain } from "./normalise.ts";

const qemuNamespace = "http://libvirt.org/schemas/domain/qemu/1.0";

/** A declared domain as libvirt would write it: what it renames, splits, fills in or counts in other units. */
export function normaliseDeclared(domain: XmlElement): XmlElement {
  return rewrite(normaliseDomain(withQemuPrefix(domain)), []);
}

type Rewrite = (element: XmlElement) => XmlElement | XmlElement[];

/** By place. Measured on libvirt 11.3. */
const rewrites: Readonly<Record<string, Rewrite>> = {
  "cputune/iothreadsched": (element) => split(element, "iothreads"),
  "cputune/vcpusched": (element) => split(element, "vcpus"),
  "memtune/hard_limit": (element) => inUnit(element, 1024, "KiB"),
  "memtune/soft_limit": (element) => inUnit(element, 1024, "KiB"),
  "memtune/swap_hard_limit": (element) => inUnit(element, 1024, "KiB"),
  "memtune/min_guarantee": (element) => inUnit(element, 1024, "KiB"),
  maxMemory: (element) => inUnit(element, 1024, "KiB"),
  "devices/memory/target/size": (element) => inUnit(element, 1024, "KiB"),
  "devices/memory/target/block": (element) => inUnit(element, 1024, "KiB"),
  "devices/memory/target/requested": (element) => inUnit(element, 1024, "KiB"),
  "devices/memory/target/label/size": (element) => inUnit(element, 1024, "KiB"),
  "cpu/numa": (element) => ({
    ...element,
    children: childrenOf(element).map((child, i) => (child.name === "cell" ? asCell(child, i) : child)),
  }),
};

function rewrite(element: XmlElement, steps: readonly string[]): XmlElement {
  const children = element.children.flatMap((child): XmlNode[] => {
    if (child.kind !== "element") return [child];
    const below = [...steps, child.name];
    const place = below.join("/");
    const apply = place.endsWith("/metadata_cache/max_size")
      ? (each: XmlElement) => inUnit(each, 1, "bytes")
      : rewrites[place];
    const found = apply ? apply(child) : child;
    return (Array.isArray(found) ? found : [found]).map((each) => rewrite(each, below));
  });
  return { ...element, children };
}

/** `iothreads='1-3'` is printed as three elements. */
function split(element: XmlElement, name: string): XmlElement[] | XmlElement {
  const match = /^(\d+)-(\d+)$/.exec(attributeOf(element, name) ?? "");
  if (name === "vcpus" || !match) return element;
  const [from, to] = [Number(match[1]), Number(match[2])];
  if (to < from || to - from > 65536) return element;
  return Array.from({ length: to - from + 1 }, (_, i) => withAttribute(element, name, String(from + i)));
}

const scales: Readonly<Record<string, number>> = {
  b: 0,
  bytes: 0,
  k: 1,
  m: 2,
  g: 3,
  t: 4,
};

function inUnit(element: XmlElement, unitBytes: number, unit: string): XmlElement {
  const given = (attributeOf(element, "unit") ?? unit).toLowerCase();
  const power = scales[given] ?? scales[given[0] ?? ""];
  const text = textOf(element);
  if (power === undefined || !/^\d+$/.test(text)) return element;
  const bytes = Number(text) * (/^[kmgt]b$/.test(given) ? 1000 : 1024) ** power;
  return {
    ...withAttribute(element, "unit", unit),
    children: [{ kind: "text", text: String(Math.ceil(bytes / unitBytes)) }],
  };
}

/** A cell is numbered by its position when it has no id; its memory is printed in KiB. */
function asCell(cell: XmlElement, position: number): XmlElement {
  const numbered = attributeOf(cell, "id") === undefined ? withAttribute(cell, "id", `${position}`) : cell;
  const memory = attributeOf(cell, "memory");
  if (memory === undefined) return numbered;
  const size: XmlElement = {
    kind: "element",
    name: "memory",
    attributes: cell.attributes.filter(({ name }) => name === "unit"),
    children: [{ kind: "text", text: memory }],
  };
  const kib = inUnit(size, 1024, "KiB");
  return withAttribute(withAttribute(numbered, "memory", textOf(kib)), "unit", "KiB");
}

/** Whatever prefix stands for QEMU's namespace, libvirt prints `qemu:`. */
function withQemuPrefix(domain: XmlElement): XmlElement {
  const attributes = domain.attributes.filter(
    ({ name, value }) => !name.startsWith("xmlns:") || (name === "xmlns:qemu" && value === qemuNamespace),
  );
  const prefixes = domain.attributes
    .filter(({ name, value }) => name.startsWith("xmlns:") && value === qemuNamespace)
    .map(({ name }) => name.slice("xmlns:".length));
  const rename = (element: XmlElement, prefix: string): XmlElement => ({
    ...element,
    name: `qemu:${prefix === "" ? element.name : element.name.slice(prefix.length + 1)}`,
    attributes: element.attributes.filter(({ value }) => value !== qemuNamespace),
    children: element.children.map((child) => (child.kind === "element" ? rename(child, prefix) : child)),
  });
  const children = domain.children.map((child) => {
    if (child.kind !== "element") return child;
    if (attributeOf(child, "xmlns") === qemuNamespace) return rename(child, "");
    const prefix = child.name.includes(":") ? (child.name.split(":")[0] ?? "") : "";
    const own = prefix !== "" && attributeOf(child, `xmlns:${prefix}`) === qemuNamespace;
    return own || (prefix !== "" && prefixes.includes(prefix)) ? rename(child, prefix) : child;
  });
  return { ...domain, attributes, children };
}

function withAttribute(element: XmlElement, name: string, value: string): XmlElement {
  const has = attributeOf(element, name) !== undefined;
  const attributes = has
    ? element.attributes.map((each) => (each.name === name ? { name, value } : each))
    : [...element.attributes, { name, value }];
  return { ...element, attributes };
}
